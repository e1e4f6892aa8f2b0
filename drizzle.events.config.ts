import { defineConfig } from "drizzle-kit";

/** Tables of an events shard: rows as they arrive, and the buckets folded from them. */
export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./src/features/ingest/tables.ts",
    "./src/features/scores/tables.ts",
    "./src/features/rollups/tables.ts",
  ],
  out: "./migrations/events",
});
