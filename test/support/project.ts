import { createProject, systemScope } from "../../src/features/projects/index.ts";
import type { Scope } from "../../src/platform/scope.ts";
import { basic, bearer } from "./call.ts";
import { testEnv } from "./env.ts";
import { freshScope } from "./scope.ts";

export type FreshProject = {
  scope: Scope;
  publicKey: string;
  secretKey: string;
  abvKey: string;
  /** Authorization headers: the pair, the Bearer key, the public key as Bearer. */
  basic: string;
  bearer: string;
  publicBearer: string;
};

/** A real project of one test's own, with its keys and a scope that may do everything. */
export async function freshProject(
  now = new Date("2026-11-20T12:00:00.000Z"),
): Promise<FreshProject> {
  const env = testEnv();
  const { project, publicKey, secretKey, abvKey } = await createProject(freshScope(now), {
    name: "test",
  });
  const row = await env.DB.prepare("SELECT num FROM project WHERE id = ?")
    .bind(project.id)
    .first<{ num: number }>();
  const tenant = row?.num ?? 0;
  return {
    scope: systemScope(env, now, { projectId: project.id, tenant }),
    publicKey,
    secretKey,
    abvKey,
    basic: basic(publicKey, secretKey),
    bearer: bearer(abvKey),
    publicBearer: bearer(publicKey),
  };
}
