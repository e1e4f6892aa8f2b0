import { describe, it } from "vitest";

import { putAb, readAb } from "../../../src/features/comparisons/ab/actions.ts";
import { PutAb } from "../../../src/features/comparisons/ab/contract.ts";
import { readComparison } from "../../../src/features/comparisons/actions.ts";
import { ComparisonQuery } from "../../../src/features/comparisons/contract.ts";
import { marginsOf } from "../../../src/features/comparisons/index.ts";
import type { Margins } from "../../../src/features/comparisons/margins/contract.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { registryOf } from "../../support/registry.ts";
import { plant, PROMPT } from "./plant.ts";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const OF_PROMPT = `/api/public/prompts/${PROMPT}/margins`;
const OF_PROJECT = "/api/public/margins";

async function project() {
  const made = await freshProject(NOW);
  const registry = registryOf(made.scope);
  for (const labels of [["production"], []]) {
    const body = { name: PROMPT, type: "text", prompt: "Hello", labels };
    const { status } = await registry.call("POST", "/api/public/v2/prompts", { body });
    if (status >= 300) throw new Error(`creating a version answered ${status}`);
  }
  const put = (path: string, margins: unknown) =>
    call("PUT", path, { authorization: made.basic, body: { margins } });
  const get = async (path: string) => {
    const { json } = await call("GET", path, { authorization: made.basic });
    const { data } = json as Margins;
    return Object.fromEntries(data.map(({ metric, margin, setBy }) => [metric, [margin, setBy]]));
  };
  return { ...made, put, get };
}

describe("margins", () => {
  it("are a prompt's, else the project's, else the default ones", async ({ expect }) => {
    const { put, get } = await project();
    expect(await get(OF_PROMPT)).toEqual({
      latencyMs: [1.1, "default"],
      timeToFirstTokenMs: [1.1, "default"],
      outputTokens: [1.1, "default"],
      costUsd: [0.1, "default"],
      errors: [2, "default"],
      slowShare: [1.5, "default"],
    });
    expect((await put(OF_PROJECT, { latencyMs: 1.3, costUsd: 0.2 })).status).toBe(200);
    expect((await put(OF_PROMPT, { latencyMs: 1.05, "score:quality": 0.01 })).status).toBe(200);
    expect(await get(OF_PROMPT)).toMatchObject({
      latencyMs: [1.05, "prompt"],
      costUsd: [0.2, "project"],
      errors: [2, "default"],
      "score:quality": [0.01, "prompt"],
    });
    expect(await get(OF_PROJECT)).toMatchObject({ latencyMs: [1.3, "project"] });
    await put(OF_PROMPT, {});
    expect(await get(OF_PROMPT)).toMatchObject({ latencyMs: [1.3, "project"] });
    expect(await get(OF_PROMPT)).not.toHaveProperty("score:quality");
  });

  it("are refused by the field that is wrong", async ({ expect }) => {
    const { put, get } = await project();
    for (const [margins, path] of [
      [{ latencyMs: 0 }, "margins.latencyMs"],
      [{ costUsd: -0.1 }, "margins.costUsd"],
      [{ errors: 1 }, "margins.errors"],
      [{ "score:quality": 0 }, "margins.score:quality"],
      [{ speed: 2 }, "margins.speed"],
      [{ "score:": 2 }, "margins.score:"],
      [undefined, "margins"],
    ] as const) {
      for (const where of [OF_PROMPT, OF_PROJECT]) {
        const { status, json } = await put(where, margins);
        expect([status, json], path).toMatchObject([400, { issues: [{ path }] }]);
      }
    }
    expect(await get(OF_PROMPT)).toMatchObject({ latencyMs: [1.1, "default"] });
  });

  it("are no other project's, and of no unknown prompt", async ({ expect }) => {
    const [mine, theirs] = [await project(), await project()];
    await mine.put(OF_PROMPT, { latencyMs: 1.5 });
    await mine.put(OF_PROJECT, { errors: 3 });
    expect(await theirs.get(OF_PROMPT)).toMatchObject({
      latencyMs: [1.1, "default"],
      errors: [2, "default"],
    });
    const unknown = "/api/public/prompts/nobody/margins";
    expect((await mine.put(unknown, { latencyMs: 1.5 })).status).toBe(404);
    const { status } = await call("GET", unknown, { authorization: mine.basic });
    expect(status).toBe(404);
  });

  it("judge comparisons, unless the question brings its own", async ({ expect }) => {
    const { scope, put } = await project();
    const atMs = NOW.getTime() - 3_600_000;
    await plant(
      scope,
      [1, 2].flatMap((version) => [{ version, atMs, latencyMs: 5, costUsd: 1, quality: 0.5 }]),
    );
    await put(OF_PROJECT, { costUsd: 0.5 });
    await put(OF_PROMPT, { latencyMs: 1.05, "score:quality": 0.2 });
    const margins = async (query: Record<string, string>) => {
      const asked = ComparisonQuery.parse({ control: "1", candidate: "2", ...query });
      const { metrics } = await readComparison(scope, PROMPT, asked);
      return Object.fromEntries(metrics.map(({ metric, margin }) => [metric, margin?.margin]));
    };
    expect(await margins({})).toMatchObject({
      latencyMs: 1.05,
      costUsd: 0.5,
      errors: 2,
      "score:quality": 0.2,
    });
    expect(await margins({ margins: "latencyMs:1.4" })).toMatchObject({
      latencyMs: 1.4,
      "score:quality": 0.2,
    });
    expect(Object.fromEntries(await marginsOf(scope, PROMPT))).toEqual({
      costUsd: 0.5,
      latencyMs: 1.05,
      "score:quality": 0.2,
    });
  });

  it("of an A/B test are those of its start", async ({ expect }) => {
    const { scope, put } = await project();
    await put(OF_PROMPT, { latencyMs: 1.05, costUsd: 0.3 });
    const said = PutAb.parse({
      name: "shorter",
      label: "production",
      versions: [1, 2],
      unit: "request",
      control: 1,
      primaryMetric: "latencyMs",
      margins: { costUsd: 0.4 },
    });
    const { id } = await putAb(scope, PROMPT, said);
    await put(OF_PROMPT, { latencyMs: 3 });
    const { method } = await readAb(scope, PROMPT, id);
    expect(method.margins).toEqual({ latencyMs: 1.05, costUsd: 0.4 });
  });
});
