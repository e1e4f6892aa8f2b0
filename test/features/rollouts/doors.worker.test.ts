import { afterAll, beforeAll, describe, it } from "vitest";

import type { AbTest } from "../../../src/features/comparisons/ab/contract.ts";
import { BUILT_IN } from "../../../src/features/monitors/model.ts";
import type { Rollout } from "../../../src/features/rollouts/contract.ts";
import { setNow } from "../../../src/platform/clock.ts";
import { type Answer, call } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { freshProject, type FreshProject } from "../../support/project.ts";
import { DAY_MS, HOUR_MS, hourly, lab, MINUTE_MS, PROMPT } from "../monitors/lab.ts";

/*
 * Whoever moves a label that a rollout steers is refused, and with force ends the rollout in the
 * same call: nobody has to wait for the next minute's job.
 */

const V2 = "/api/public/v2/prompts";
const ROLLOUTS = "/api/public/rollouts";

let house: FreshProject;
const ask = (method: string, path: string, body?: unknown) =>
  call(method, path, { authorization: house.basic, body });

beforeAll(async () => {
  house = await freshProject();
});
afterAll(() => setNow(testEnv(), new Date()));

let serial = 0;

/** A prompt of three versions whose `production`, on the first, is rolled out to the second. */
async function steered(): Promise<{ name: string; rollout: string }> {
  const name = `door${serial++}`;
  for (const labels of [["production"], [], []]) {
    await ask("POST", V2, { name, prompt: `Hi ${labels.join()}`, labels });
  }
  const { json } = await begin(name);
  return { name, rollout: (json as Rollout).id };
}

const begin = (prompt: string): Promise<Answer> =>
  ask("POST", ROLLOUTS, { prompt, label: "production", candidate: 2 });

/** What MCP's tool answered, as an answer of HTTP would have it. */
async function mcp(tool: string, args: object): Promise<{ status: number; text: string }> {
  const { text } = await call("POST", "/mcp", {
    authorization: house.bearer,
    headers: { accept: "application/json, text/event-stream", "content-type": "application/json" },
    body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: args } },
  });
  const isRefused = text.includes("force=true") || text.includes('"error"');
  return { status: isRefused ? 409 : 200, text };
}

type Door = (name: string, force: boolean) => Promise<{ status: number; text: string }>;

const label = (name: string): string => `/api/public/prompts/${name}/labels/production`;

const DOORS: Record<string, { door: Door; because: string }> = {
  "a move of the label": {
    door: (name, force) => ask("PUT", label(name), { version: 3, force }),
    because: "Label production was moved to version 3 by hand",
  },
  "the removal of the label": {
    door: (name, force) => ask("DELETE", `${label(name)}?force=${force}`),
    because: "Label production was taken away by hand",
  },
  "a label of an SDK": {
    door: (name, force) =>
      ask("PATCH", `${V2}/${name}/versions/3?force=${force}`, { newLabels: ["production"] }),
    because: "Label production was moved to version 3 by hand",
  },
  "a new version with the label": {
    door: (name, force) =>
      ask("POST", `${V2}?force=${force}`, { name, prompt: "Hey", labels: ["production"] }),
    because: "Label production was moved to version 4 by hand",
  },
  "the deletion of the candidate": {
    door: (name, force) => ask("DELETE", `${V2}/${name}?version=2&force=${force}`),
    because: "Its split was ended by hand",
  },
  "the deletion of the control": {
    door: (name, force) => ask("DELETE", `${V2}/${name}?version=1&force=${force}`),
    because: "Label production was taken away by hand",
  },
  "the end of the split": {
    door: (name, force) =>
      ask("DELETE", `/api/public/prompts/${name}/labels/production/split?force=${force}`),
    because: "Its split was ended by hand",
  },
  "another split": {
    door: (name, force) =>
      ask("PUT", `/api/public/prompts/${name}/labels/production/split?force=${force}`, {
        arms: [
          { version: 1, weight: 5000 },
          { version: 3, weight: 5000 },
        ],
      }),
    because: "Its split was taken over by hand",
  },
  "MCP's deploy": {
    door: (name, force) => mcp("deploy", { name, version: 3, force }),
    because: "Label production was moved to version 3 by hand",
  },
};

describe("a label that a rollout steers is taken from it by force only, and at once, by", () => {
  it.for(Object.entries(DOORS))("%s", async ([, { door, because }], { expect }) => {
    const { name, rollout } = await steered();
    const refused = await door(name, false);
    expect(refused.status, refused.text).toBe(409);
    expect(refused.text).toContain(rollout);
    expect((await ask("GET", `${ROLLOUTS}/${rollout}`)).json).toMatchObject({ state: "warming" });
    const done = await door(name, true);
    expect(done.status, done.text).toBeLessThan(300);
    const { json } = await ask("GET", `${ROLLOUTS}/${rollout}`);
    expect(json).toMatchObject({ state: "aborted", isLive: false, because });
  });

  it("no import, which knows no force", async ({ expect }) => {
    const { name, rollout } = await steered();
    const line = { kind: "label", name, label: "production", version: 3 };
    const { status, json } = await ask("POST", "/api/public/import", line);
    expect(status).toBe(207);
    const message = expect.stringContaining(rollout) as string;
    expect(json).toMatchObject({ labels: 0, errors: [{ line: 1, message }] });
    expect((await ask("GET", `${ROLLOUTS}/${rollout}`)).json).toMatchObject({ state: "warming" });
  });

  it("MCP's rollback", async ({ expect }) => {
    const { name, rollout: first } = await steered();
    await ask("POST", `${ROLLOUTS}/${first}/promote`, {});
    await ask("POST", ROLLOUTS, { prompt: name, label: "production", candidate: 3 });
    const { json } = await ask("GET", `${ROLLOUTS}?prompt=${name}&live=true`);
    const { id } = (json as { data: Rollout[] }).data[0]!;
    expect((await mcp("rollback", { name, force: false })).text).toContain(id);
    await mcp("rollback", { name, force: true });
    expect((await ask("GET", `${ROLLOUTS}/${id}`)).json).toMatchObject({
      state: "aborted",
      because: "Label production was moved to version 1 by hand",
    });
  });

  it("the promotion of an A/B test that is over", async ({ expect }) => {
    const name = `door${serial++}`;
    for (const labels of [["production"], [], []])
      await ask("POST", V2, { name, prompt: "Hi", labels });
    const path = `/api/public/prompts/${name}/ab`;
    const { json: test } = await ask("PUT", path, {
      name: "t",
      label: "production",
      unit: "request",
      control: 1,
      weights: [
        { version: 1, weight: 5000 },
        { version: 3, weight: 5000 },
      ],
      primaryMetric: "latencyMs",
    });
    await ask("DELETE", `/api/public/prompts/${name}/labels/production/split`);
    const begun = await begin(name);
    expect(begun.status, begun.text).toBe(201);
    const { id } = begun.json as Rollout;
    const promote = `${path}/${(test as AbTest).id}/promote`;
    for (const version of [3, 1]) {
      const refused = await ask("POST", promote, { version });
      expect(refused.status, refused.text).toBe(409);
      expect(refused.text).toContain(id);
    }
    const done = await ask("POST", promote, { version: 3, force: true });
    expect(done.status, done.text).toBe(200);
    expect((await ask("GET", `${ROLLOUTS}/${id}`)).json).toMatchObject({ state: "aborted" });
  });

  it("the rollback of an incident", async ({ expect }) => {
    const begunAt = Date.parse("2026-11-02T00:00:00.000Z");
    const deployedAt = begunAt + DAY_MS;
    const at = deployedAt + HOUR_MS;
    const ours = await lab(new Date(begunAt), { versions: 3 });
    await ours.bring(
      at,
      { at: hourly(begunAt, deployedAt, 10) },
      { version: 2, at: hourly(deployedAt, at, 60), failed: () => true },
    );
    await ours.monitor(BUILT_IN, deployedAt - HOUR_MS);
    await ours.deploy(deployedAt, 2);
    await ours.tick(at + 3 * MINUTE_MS, [BUILT_IN]);
    const [incident] = await ours.incidents(at + 3 * MINUTE_MS);

    setNow(ours.env, new Date(at + 5 * MINUTE_MS));
    const say = (method: string, path: string, body?: unknown) =>
      call(method, path, { authorization: ours.project.basic, env: ours.env, body });
    const begun = await say("POST", ROLLOUTS, {
      prompt: PROMPT,
      label: "production",
      candidate: 3,
    });
    const { id } = begun.json as Rollout;
    const path = `/api/public/incidents/${incident?.id ?? ""}/rollback`;
    const refused = await say("POST", path, {});
    expect(refused.status, refused.text).toBe(409);
    expect(refused.text).toContain(id);
    const done = await say("POST", path, { force: true });
    expect(done.status, done.text).toBe(200);
    expect((await say("GET", `${ROLLOUTS}/${id}`)).json).toMatchObject({
      state: "aborted",
      because: "Label production was moved to version 1 by hand",
    });
  });
});
