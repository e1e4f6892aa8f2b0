import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

import type { Env } from "../../src/platform/env.ts";

type TestEnv = Env & {
  EVENTS_1: D1Database;
  REGISTRY_MIGRATIONS: D1Migration[];
  EVENTS_MIGRATIONS: D1Migration[];
};

/** The real bindings of the test's workerd: D1 with two events shards, KV, R2, queue. */
export const testEnv = (): TestEnv => env as unknown as TestEnv;
