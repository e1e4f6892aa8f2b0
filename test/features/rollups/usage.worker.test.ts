import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { readUsage } from "../../../src/features/rollups/usage/actions.ts";
import { UsageQuery } from "../../../src/features/rollups/usage/contract.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { untilQuiet } from "./comparison.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const PATH = "/api/public/usage";

type Generation = StoredRows["observations"][number];

let serial = 0;
function at(instant: string, over: Partial<Generation> = {}): Generation {
  const id = `usage-${++serial}`;
  const startUs = Date.parse(instant) * 1000;
  return {
    id,
    traceId: `t-${id}`,
    clock: clockOf(false, startUs / 1000, id),
    type: "GENERATION",
    startUs,
    endUs: startUs + 1000,
    environment: "production",
    model: "no-such-model",
    promptName: "greet",
    promptVersion: 1,
    cost: { total: 0.25 },
    parentId: "root",
    ...over,
  };
}

async function projectWith(observations: Generation[]) {
  const project = await freshProject(NOW);
  await applyRows(project.scope, [{ v: 1, observations, traces: [], scores: [] }], true);
  await untilQuiet(project.scope);
  return project;
}

describe("usage", () => {
  it("adds up all versions, environments and shards of each prompt, per UTC day", async ({
    expect,
  }) => {
    const { scope } = await projectWith([
      at("2026-11-20T00:00:00Z"),
      at("2026-11-20T11:00:00Z", { promptVersion: 2, environment: "staging" }),
      at("2026-11-19T23:59:59Z", { promptVersion: 7 }),
      at("2026-11-18T10:00:00Z", { cost: {} }),
      at("2026-11-17T23:00:00Z"),
      at("2026-11-20T10:00:00Z", { promptName: "other", cost: { total: 0.5 } }),
      at("2026-11-20T10:00:00Z", { promptName: "not asked" }),
    ]);
    const query = UsageQuery.parse({ prompt: ["greet", "other", "silent"], days: "3" });
    expect(await readUsage(scope, query)).toEqual({
      days: ["2026-11-18", "2026-11-19", "2026-11-20"],
      data: [
        { prompt: "greet", generations: [1, 1, 2], costUsd: [null, 0.25, 0.5] },
        { prompt: "other", generations: [0, 0, 1], costUsd: [null, null, 0.5] },
        { prompt: "silent", generations: [0, 0, 0], costUsd: [null, null, null] },
      ],
    });
  });

  it("counts what belongs to a version only: no fallback text", async ({ expect }) => {
    const { scope } = await projectWith([
      at("2026-11-20T10:00:00Z"),
      at("2026-11-20T10:00:00Z", { promptVersion: 0 }),
    ]);
    const { data } = await readUsage(scope, UsageQuery.parse({ prompt: "greet", days: "1" }));
    expect(data).toEqual([{ prompt: "greet", generations: [1], costUsd: [0.25] }]);
  });

  it("takes its prompts by repeating the parameter, each once", async ({ expect }) => {
    const { basic: authorization } = await freshProject();
    const ask = (query: string) => call("GET", `${PATH}?${query}`, { authorization });
    const named = async (query: string): Promise<unknown> => {
      const { json } = await ask(query);
      return (json as { data: { prompt: string }[] }).data.map(({ prompt }) => prompt);
    };
    expect(await named("prompt=a%2Fb")).toEqual(["a/b"]);
    expect(await named("prompt=b&prompt=a&prompt=b")).toEqual(["b", "a"]);
    const days = ((await ask("prompt=a")).json as { days: string[] }).days;
    expect(days).toHaveLength(14);
  });

  it.for([
    ["", "prompt"],
    ["prompt=", "prompt"],
    [Array.from({ length: 101 }, (_, i) => `prompt=p${i}`).join("&"), "prompt"],
    ["prompt=a&prompt=%7C", "prompt"],
    ["prompt=a&days=0", "days"],
    ["prompt=a&days=91", "days"],
    ["prompt=a&days=x", "days"],
  ])("names what is wrong with ?%s", async ([query, field], { expect }) => {
    const { basic: authorization } = await freshProject();
    const { status, json } = await call("GET", `${PATH}?${query}`, { authorization });
    expect(status).toBe(400);
    expect(json).toMatchObject({ issues: [{ path: field }] });
  });
});
