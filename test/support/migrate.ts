import { applyD1Migrations } from "cloudflare:test";

import { testEnv } from "./env.ts";

const env = testEnv();
await applyD1Migrations(env.DB, env.REGISTRY_MIGRATIONS);
await applyD1Migrations(env.EVENTS_0, env.EVENTS_MIGRATIONS);
await applyD1Migrations(env.EVENTS_1, env.EVENTS_MIGRATIONS);
