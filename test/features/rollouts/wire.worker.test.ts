import { beforeAll, describe, it } from "vitest";

import {
  CheckList,
  Rollout,
  RolloutForecast,
  RolloutList,
} from "../../../src/features/rollouts/contract.ts";
import { call } from "../../support/call.ts";
import { freshProject, type FreshProject } from "../../support/project.ts";

const PATH = "/api/public/rollouts";
const BODY = { prompt: "greet", label: "production", candidate: 2 };

let house: FreshProject;
const ask = (method: string, path: string, body?: unknown) =>
  call(method, path, { authorization: house.basic, body });

beforeAll(async () => {
  house = await freshProject();
  for (const labels of [["production", "pilot"], [], []]) {
    await ask("POST", "/api/public/v2/prompts", { name: "greet", prompt: "Hi", labels });
  }
});

describe("POST /api/public/rollouts", () => {
  it.for([
    { over: { prompt: "nobody" }, path: "prompt" },
    { over: { prompt: "" }, path: "prompt" },
    { over: { label: "canary" }, path: "label" },
    { over: { label: "latest" }, path: "label" },
    { over: { label: "No Label" }, path: "label" },
    { over: { candidate: 9 }, path: "candidate" },
    { over: { candidate: 1 }, path: "candidate" },
    { over: { candidate: 0 }, path: "candidate" },
    { over: { candidate: "2" }, path: "candidate" },
    { over: { stages: [] }, path: "stages" },
    { over: { stages: [{ share: 25 }, { share: 25 }] }, path: "stages.1.share" },
    { over: { stages: [{ share: 50 }, { share: 5 }] }, path: "stages.1.share" },
    { over: { stages: [{ share: 0 }] }, path: "stages.0.share" },
    { over: { stages: [{ share: 100 }] }, path: "stages.0.share" },
    { over: { stages: [{ share: 5.005 }] }, path: "stages.0.share" },
    { over: { stages: [{ share: 5, minMinutes: -1 }] }, path: "stages.0.minMinutes" },
    { over: { unit: "user" }, path: "unit" },
    { over: { guardrails: [] }, path: "guardrails" },
    { over: { guardrails: [{ metric: "speed" }] }, path: "guardrails.0.metric" },
    { over: { guardrails: [{ metric: "latencyMs", margin: 0 }] }, path: "guardrails.0.margin" },
    { over: { guardrails: [{ metric: "latencyMs", margin: 1 }] }, path: "guardrails.0.margin" },
    { over: { guardrails: [{ metric: "costUsd", margin: -0.1 }] }, path: "guardrails.0.margin" },
    { over: { guardrails: [{ metric: "latencyMs", bad: ["x"] }] }, path: "guardrails.0.bad" },
    {
      over: { guardrails: [{ metric: "errors" }, { metric: "errors" }] },
      path: "guardrails.1.metric",
    },
    { over: { guardrails: [{ metric: "errors", required: false }] }, path: "guardrails" },
    // The control had no traffic, so nothing says what slow is, and no such scores.
    { over: { guardrails: [{ metric: "slowShare" }] }, path: "guardrails.0.metric" },
    { over: { guardrails: [{ metric: "score:quality" }] }, path: "guardrails.0.metric" },
    { over: { environment: "Prod !" }, path: "environment" },
    { over: { warmupMinutes: -1 }, path: "warmupMinutes" },
    { over: { maxHours: 0 }, path: "maxHours" },
    { over: { onInconclusive: "shrug" }, path: "onInconclusive" },
    { over: { holdback: { share: 100 } }, path: "holdback.share" },
    { over: { force: "yes" }, path: "force" },
    { over: { reason: "x".repeat(501) }, path: "reason" },
    { over: { colour: "blue" }, path: "" },
  ])("refuses $over, naming $path", async ({ over, path }, { expect }) => {
    for (const place of [PATH, `${PATH}/forecast`]) {
      const { status, json } = await ask("POST", place, { ...BODY, ...over });
      expect(status).toBe(400);
      expect((json as { issues: { path: string }[] }).issues.map((issue) => issue.path)).toContain(
        path,
      );
    }
    expect((await ask("GET", PATH)).json).toMatchObject({ data: [] });
  });

  it("forecasts and starts nothing; then starts, is listed, shown, and handed", async ({
    expect,
  }) => {
    const forecast = await ask("POST", `${PATH}/forecast`, BODY);
    expect(forecast.status).toBe(200);
    const told = RolloutForecast.parse(forecast.json);
    expect(told).toMatchObject({ control: 1, problem: null });
    expect(told.forecast).toMatchObject({ generationsPerHour: 0, hours: null, finishes: false });
    expect(told.forecast.message).toMatch(/^It cannot finish in 48 h at this traffic/);
    expect(told.leftOut.map(({ metric }) => metric)).toEqual(["slowShare", "costUsd"]);

    const started = await ask("POST", PATH, BODY);
    expect(started.status).toBe(201);
    const rollout = Rollout.parse(started.json);
    expect(rollout).toMatchObject({
      state: "warming",
      share: 5,
      unit: "process",
      environment: "default",
      stages: [{ share: 5 }, { share: 25 }, { share: 50 }],
      holdback: null,
      onInconclusive: "hold",
    });
    expect(rollout.guardrails.map(({ metric }) => metric)).toEqual(["latencyMs", "errors"]);
    expect((await ask("POST", PATH, { ...BODY, candidate: 3 })).status).toBe(409);
    const other = Rollout.parse((await ask("POST", PATH, { ...BODY, label: "pilot" })).json);

    const list = RolloutList.parse((await ask("GET", `${PATH}?limit=1`)).json);
    expect(list.data.map(({ id }) => id)).toEqual([other.id]);
    const next = RolloutList.parse(
      (await ask("GET", `${PATH}?limit=1&cursor=${list.nextCursor}`)).json,
    );
    expect(next).toMatchObject({ data: [{ id: rollout.id }], nextCursor: null });
    const narrowed = await ask("GET", `${PATH}?prompt=greet&label=pilot&state=live`);
    expect(RolloutList.parse(narrowed.json).data).toHaveLength(1);
    expect((await ask("GET", `${PATH}?cursor=nonsense`)).status).toBe(400);
    expect((await ask("GET", `${PATH}?state=odd`)).status).toBe(400);

    const one = `${PATH}/${rollout.id}`;
    expect(Rollout.parse((await ask("GET", one)).json).events).toHaveLength(1);
    expect(CheckList.parse((await ask("GET", `${one}/checks`)).json).data).toEqual([]);
    expect((await ask("GET", `${PATH}/rol_none`)).status).toBe(404);
    expect((await ask("POST", `${one}/pause`, { why: "?" })).status).toBe(400);
    expect((await ask("POST", `${one}/pause`)).json).toMatchObject({ state: "paused" });
    expect((await ask("POST", `${one}/resume`, {})).json).toMatchObject({ state: "warming" });
    expect((await ask("POST", `${one}/promote`, { reason: "sure" })).json).toMatchObject({
      state: "promoted",
      because: "sure",
    });
    expect((await ask("POST", `${one}/abort`)).status).toBe(409);
  });

  it("ends at once when the label is moved by force, and serves what the person chose", async ({
    expect,
  }) => {
    const label = "/api/public/prompts/greet/labels/pilot";
    const [living] = RolloutList.parse((await ask("GET", `${PATH}?state=live`)).json).data;
    expect((await ask("PUT", label, { version: 3 })).status).toBe(409);
    expect((await ask("PUT", `${label}?force=true`, { version: 3 })).status).toBe(200);
    const after = Rollout.parse((await ask("GET", `${PATH}/${living?.id}`)).json);
    expect(after).toMatchObject({
      state: "aborted",
      because: "Label pilot was moved to version 3 by hand",
    });
    const fetched = await ask("GET", "/api/public/v2/prompts/greet?label=pilot");
    expect(fetched.json).toMatchObject({ version: 3 });
  });
});
