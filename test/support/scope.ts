import { openRegistry } from "../../src/platform/db.ts";
import { shardsOf } from "../../src/platform/env.ts";
import type { Scope } from "../../src/platform/scope.ts";
import { testEnv } from "./env.ts";

/** A scope of a project nobody else uses. It has no row in `project`; `freshProject` makes a real one. */
export function freshScope(now = new Date("2026-11-20T12:00:00.000Z")): Scope {
  const env = testEnv();
  const tenant = 1_000_000 + Math.floor(Math.random() * 1_000_000_000);
  return {
    projectId: `prj_test${tenant}`,
    tenant,
    grants: ["scores", "read", "ingest", "write", "admin"],
    actor: { kind: "system", id: "test" },
    db: openRegistry(env.DB),
    shards: shardsOf(env),
    env,
    now,
    defer: (work) => void work.catch(() => undefined),
  };
}
