import { beforeEach, describe, it } from "vitest";

import { drain, drainerOf } from "../../../src/features/delivery/publish/actions.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { createVersion } from "../../../src/features/prompts/actions.ts";
import { CreatePrompt } from "../../../src/features/prompts/contract.ts";
import { putSplit } from "../../../src/features/prompts/index.ts";
import type { Env } from "../../../src/platform/env.ts";
import { call } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";
import { broken } from "../../support/registry.ts";

const PATH = "/api/public/v2/prompts/team%2Fgreet";

beforeEach(forgetAll);

/** A project whose keys this isolate has never seen, with a prompt that is in KV. */
async function published(): Promise<FreshProject> {
  const project = await freshProject();
  const { scope } = project;
  const draft = { name: "team/greet", prompt: "hi", labels: ["production"] };
  await createVersion(scope, CreatePrompt.parse(draft));
  const drainer = drainerOf(scope.env, () => new Date());
  await drain(drainer, { project: scope.projectId, budgetMs: 10_000 });
  forgetAll();
  return project;
}

describe("a fetch through the whole Worker, by a key that it has not seen", () => {
  it("is served while D1 is down", async ({ expect }) => {
    for (const scheme of ["basic", "bearer"] as const) {
      const project = await published();
      const answer = await call("GET", PATH, {
        authorization: project[scheme],
        env: { ...testEnv(), DB: broken("D1"), EVENTS_0: broken("D1") },
      });
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ prompt: "hi", projectId: project.scope.projectId });
    }
  });

  it("is served while KV is down", async ({ expect }) => {
    const project = await published();
    const answer = await call("GET", PATH, {
      authorization: project.basic,
      env: { ...testEnv(), PROMPTS: broken("KV") },
    });
    expect(answer.status).toBe(200);
  });

  it("is a 503 with Retry-After while both are down", async ({ expect }) => {
    const project = await published();
    const answer = await call("GET", PATH, {
      authorization: project.basic,
      env: { ...testEnv(), PROMPTS: broken("KV"), DB: broken("D1") },
    });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("of a split label gives every user the same arm and bytes, whichever store is down", async ({
    expect,
  }) => {
    const project = await published();
    const { scope, basic: authorization } = project;
    await createVersion(scope, CreatePrompt.parse({ name: "team/greet", prompt: "ho" }));
    const at = { name: "team/greet", label: "production" };
    const arms = [1, 2].map((version) => ({ version, weight: 5_000 }));
    await putSplit(scope, at, { arms });
    const drainer = drainerOf(scope.env, () => new Date());
    await drain(drainer, { project: scope.projectId, budgetMs: 10_000 });
    const answers = async (env: Env) => {
      const said: [string, string | null][] = [];
      // So many that one arm for all of them happens once in a thousand million runs.
      for (let user = 0; user < 30; user++) {
        forgetAll();
        const path = `${PATH}?targetingKey=user-${user}`;
        const { status, text, headers } = await call("GET", path, { authorization, env });
        expect(status).toBe(200);
        said.push([text, headers.get("x-promptside-arm")]);
      }
      return said;
    };
    const healthy = await answers(testEnv());
    expect(new Set(healthy.map(([, arm]) => arm))).toEqual(new Set(["1", "2"]));
    const noD1 = { ...testEnv(), DB: broken("D1"), EVENTS_0: broken("D1") } as Env;
    expect(await answers(noD1)).toEqual(healthy);
    expect(await answers({ ...testEnv(), PROMPTS: broken("KV") })).toEqual(healthy);
  });

  it("is refused to the public key as Bearer, which may only score", async ({ expect }) => {
    const project = await published();
    const answer = await call("GET", PATH, { authorization: project.publicBearer });
    expect(answer.status).toBe(403);
  });

  it("is a 404 to another project's key", async ({ expect }) => {
    await published();
    const other = await freshProject();
    const answer = await call("GET", PATH, { authorization: other.basic });
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({
      message: "Prompt not found: 'team/greet' with label 'production'",
    });
  });
});
