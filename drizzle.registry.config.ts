import { defineConfig } from "drizzle-kit";

/** Tables of the registry: everything a person or a program configures. */
export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./src/features/projects/tables.ts",
    "./src/features/notifications/tables.ts",
    "./src/features/prompts/tables.ts",
    "./src/features/prompts/splits/tables.ts",
    "./src/features/delivery/tables.ts",
    "./src/features/pricing/tables.ts",
    "./src/features/scores/kinds/tables.ts",
    "./src/features/ingest/webhook/tables.ts",
    "./src/features/comparisons/ab/tables.ts",
    "./src/features/comparisons/margins/tables.ts",
    "./src/features/rollouts/tables.ts",
    "./src/features/monitors/tables.ts",
    "./src/features/reports/tables.ts",
    "./src/features/dashboards/tables.ts",
  ],
  out: "./migrations/registry",
});
