import { describe, it } from "vitest";

import { listProjects, settingsOf } from "../../../src/features/projects/index.ts";
import { DEFAULT_SETTINGS, settingsDocument } from "../../../src/features/projects/model.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Env } from "../../../src/platform/env.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { call } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";

const patch = ({ basic: authorization }: FreshProject, body: unknown) =>
  call("PATCH", "/api/public/settings", { authorization, body });

const down = (): never =>
  new Proxy(
    {},
    {
      get: () => () => {
        throw new Error("down");
      },
    },
  ) as never;

function without(scope: Scope, ...bindings: ("DB" | "PROMPTS")[]): Scope {
  const env: Env = { ...scope.env };
  for (const binding of bindings) env[binding] = down();
  return { ...scope, env, db: openRegistry(env.DB) };
}

describe("settings", () => {
  it("begin with the defaults", async ({ expect }) => {
    const project = await freshProject();
    const answer = await call("GET", "/api/public/settings", { authorization: project.basic });
    expect(answer).toMatchObject({ status: 200, json: DEFAULT_SETTINGS });
    expect(await settingsOf(project.scope)).toEqual(DEFAULT_SETTINGS);
  });

  it("change field by field, and ingestion sees it at once in this isolate", async ({ expect }) => {
    const project = await freshProject();
    expect(await settingsOf(project.scope)).toMatchObject({ capturePayloads: true });
    await patch(project, { capturePayloads: false });
    const answer = await patch(project, { timeZone: "Europe/Vienna", masks: ["\\d{16}"] });
    const expected = {
      ...DEFAULT_SETTINGS,
      capturePayloads: false,
      timeZone: "Europe/Vienna",
      masks: ["\\d{16}"],
    };
    expect(answer).toMatchObject({ status: 200, json: expected });
    expect(await settingsOf(project.scope)).toEqual(expected);
  });

  it("replace a field as a whole: score configs can be taken away again", async ({ expect }) => {
    const project = await freshProject();
    const config = {
      id: "tone",
      name: "tone",
      dataType: "CATEGORICAL",
      categories: [{ label: "good", value: 1 }],
    };
    const given = await patch(project, { scoreConfigs: [config] });
    expect(given.json).toMatchObject({
      scoreConfigs: [{ ...config, minValue: null, maxValue: null }],
    });
    expect((await patch(project, { scoreConfigs: [] })).json).toMatchObject({ scoreConfigs: [] });
  });

  it("refuse what makes no sense, and name the field", async ({ expect }) => {
    const project = await freshProject();
    const twice = { id: "a", name: "a", dataType: "BOOLEAN" };
    const cases: [unknown, string][] = [
      [{ retentionDays: 0 }, "retentionDays"],
      [{ retentionDays: 1.5 }, "retentionDays"],
      [{ capturePayloads: "no" }, "capturePayloads"],
      [{ timeZone: "Mars/Olympus" }, "timeZone"],
      [{ masks: ["("] }, "masks.0"],
      [{ scoreConfigs: [twice, twice] }, "scoreConfigs.1.id"],
      [{ limits: { eventsPerRequest: -1 } }, "limits.eventsPerRequest"],
      [{ retentionDay: 7 }, ""],
      [[], ""],
    ];
    for (const [body, path] of cases) {
      const answer = await patch(project, body);
      expect(answer.status, JSON.stringify(body)).toBe(400);
      expect(answer.json).toMatchObject({ issues: [{ path }] });
    }
    expect((await patch(project, { retentionDay: 7 })).text).toContain("retentionDay");
    expect((await patch(project, "{")).status).toBe(400);
    expect(await settingsOf(project.scope)).toEqual(DEFAULT_SETTINGS);
  });

  it("need no D1 where ingestion reads them", async ({ expect }) => {
    const { scope } = await freshProject();
    expect(await settingsOf(without(scope, "DB"))).toEqual(DEFAULT_SETTINGS);
  });

  it("come from D1 while KV does not answer or has lost them", async ({ expect }) => {
    const first = await freshProject();
    await patch(first, { capturePayloads: false });
    expect(await settingsOf(without(first.scope, "PROMPTS"))).toMatchObject({
      capturePayloads: false,
    });

    const second = await freshProject();
    const lost = settingsDocument(second.scope.projectId);
    await testEnv().PROMPTS.delete(lost);
    const deferred: Promise<unknown>[] = [];
    const scope = { ...second.scope, defer: (work: Promise<unknown>) => void deferred.push(work) };
    expect(await settingsOf(scope)).toEqual(DEFAULT_SETTINGS);
    await Promise.all(deferred);
    expect(await testEnv().PROMPTS.get(lost, "json")).toEqual(DEFAULT_SETTINGS);
  });

  it("are never guessed: 503 while neither answers, because capture might be off", async ({
    expect,
  }) => {
    const { scope } = await freshProject();
    await expect(settingsOf(without(scope, "DB", "PROMPTS"))).rejects.toMatchObject({
      code: "unavailable",
      retryAfterSeconds: 5,
    });
  });
});

describe("listProjects", () => {
  it("gives jobs every project with its number and settings", async ({ expect }) => {
    const project = await freshProject();
    await patch(project, { retentionDays: 9 });
    expect(await listProjects(testEnv())).toContainEqual({
      projectId: project.scope.projectId,
      tenant: project.scope.tenant,
      name: "test",
      settings: { ...DEFAULT_SETTINGS, retentionDays: 9 },
    });
  });
});
