import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import type { Distributions } from "../../../src/features/rollups/distribution/contract.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { untilQuiet } from "./comparison.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const NOW_MS = NOW.getTime();

type Generation = StoredRows["observations"][number];
type Score = StoredRows["scores"][number];

const generation = (id: string, promptVersion: number, tookMs: number): Generation => ({
  id,
  traceId: `t-${id}`,
  clock: clockOf(false, NOW_MS, id),
  type: "GENERATION",
  startUs: (NOW_MS - 3_600_000) * 1000,
  endUs: (NOW_MS - 3_600_000 + tookMs) * 1000,
  environment: "production",
  promptName: "greet",
  promptVersion,
  parentId: "root",
});

const score = (of: string, id: string, part: Partial<Score>): Score => ({
  id,
  clock: clockOf(false, NOW_MS, id),
  traceId: `t-${of}`,
  observationId: of,
  name: "quality",
  source: "API",
  dataType: "NUMERIC",
  timestampUs: NOW_MS * 1000,
  ...part,
});

async function lab() {
  const project = await freshProject(NOW);
  const rows: StoredRows = {
    v: 1,
    traces: [],
    observations: [
      generation("a", 1, 100),
      generation("b", 1, 100),
      generation("c", 1, 3000),
      generation("d", 2, 100),
    ],
    scores: [
      score("a", "s1", { value: 0.5 }),
      score("b", "s2", { value: 0.5, source: "EVAL" }),
      score("c", "s3", { name: "tone", dataType: "CATEGORICAL", stringValue: "curt" }),
      score("d", "s4", { name: "tone", dataType: "CATEGORICAL", stringValue: "kind" }),
    ],
  };
  await applyRows(project.scope, [rows], true);
  await untilQuiet(project.scope);
  const get = (query: string) =>
    call("GET", `/api/public/prompts/greet/distribution?${query}`, {
      authorization: project.basic,
    });
  return { get, read: async (query: string) => (await get(query)).json as Distributions };
}

describe("GET /api/public/prompts/{name}/distribution", () => {
  it("counts values per version between edges that versions share", async ({ expect }) => {
    const { read } = await lab();
    const { unit, scale, data } = await read("metric=latency");
    expect({ unit, scale }).toEqual({ unit: "ms", scale: "log" });
    expect(data.map(({ version, n }) => [version, n])).toEqual([
      [1, 3],
      [2, 1],
    ]);
    const [first, second] = data;
    expect(first?.bins?.map(({ count }) => count)).toEqual([2, 1]);
    const [fast, slow] = first?.bins ?? [];
    expect(fast!.low).toBeLessThan(100);
    expect(fast!.high).toBeGreaterThanOrEqual(100);
    expect(slow!.high / 3000).toBeCloseTo(1, 1);
    expect(second?.bins).toEqual([{ ...fast, count: 1 }]);
    expect(first?.observations).toContain("promptVersion=1");
  });

  it("tells categories by name, and scores of one source", async ({ expect }) => {
    const { read } = await lab();
    expect(await read("metric=score:tone")).toMatchObject({
      scale: "linear",
      data: [
        { version: 1, dataType: "CATEGORICAL", n: 1, bins: null, categories: { curt: 1 } },
        { version: 2, n: 1, categories: { kind: 1 } },
      ],
    });
    expect((await read("metric=score:quality")).data).toMatchObject([{ version: 1, n: 2 }]);
    expect((await read("metric=score:quality&source=EVAL")).data).toMatchObject([{ n: 1 }]);
  });

  it("is of the range, version and environment that are asked for", async ({ expect }) => {
    const { read } = await lab();
    const ofOne = await read("metric=latencyMs&version=2");
    expect(ofOne.data.map(({ version, n }) => [version, n])).toEqual([[2, 1]]);
    const before = await read("metric=latencyMs&to=2026-11-20T10:00:00Z&version=1");
    expect(before.data).toMatchObject([{ n: 0, bins: [] }]);
    const elsewhere = await read("metric=latencyMs&version=1&environment=staging");
    expect(elsewhere.data).toMatchObject([{ n: 0, bins: [] }]);
  });

  it.for([
    ["", "metric", "is required"],
    ["metric=speed", "metric", "must be one of"],
    ["metric=toString", "metric", "must be one of"],
    ["metric=errors", "metric", "has no distribution"],
    ["metric=latency&from=2026-11-02&to=2026-11-01", "from", "must not be after to"],
  ])("refuses %s", async ([query, path, says], { expect }) => {
    const { get } = await lab();
    const { status, json } = await get(query ?? "");
    expect(status).toBe(400);
    const { issues } = json as { issues: { path: string; message: string }[] };
    expect(issues.find((issue) => issue.path === path)?.message).toContain(says);
  });
});
