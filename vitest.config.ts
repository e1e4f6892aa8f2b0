import { availableParallelism } from "node:os";

import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Two events shards in tests, so that everything which scatters over shards is exercised. */
const workerd = cloudflareTest(async () => ({
  wrangler: { configPath: "./wrangler.toml" },
  miniflare: {
    d1Databases: { DB: "registry", EVENTS_0: "events-0", EVENTS_1: "events-1" },
    bindings: {
      ADMIN_TOKEN: "test-admin-token",
      TEST_CLOCK: "1",
      REGISTRY_MIGRATIONS: await readD1Migrations("./migrations/registry"),
      EVENTS_MIGRATIONS: await readD1Migrations("./migrations/events"),
    },
  },
}));

/** One file a processor; more than four, and what the files start would fight for memory. */
const maxWorkers = Math.min(4, Math.max(2, availableParallelism()));

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          maxWorkers,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.worker.test.ts", "test/**/*.e2e.test.ts"],
          setupFiles: ["test/support/properties.ts"],
          // Far above what any test takes: on a busy machine slow is no fault, endless is.
          testTimeout: 120_000,
        },
      },
      {
        plugins: [workerd],
        test: {
          name: "worker",
          maxWorkers,
          include: ["test/**/*.worker.test.ts"],
          setupFiles: ["test/support/properties.ts", "test/support/migrate.ts"],
          // Files share one isolate and its storage: every test has a project of its own.
          isolate: false,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          maxWorkers,
          include: ["test/**/*.e2e.test.ts"],
          exclude: ["test/dashboard/**"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: "dashboard",
          maxWorkers,
          include: ["test/dashboard/**/*.e2e.test.ts"],
          // One instance and one browser for all files.
          globalSetup: ["test/dashboard/support/setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
          // After everything else: a browser on a busy machine is slow.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
