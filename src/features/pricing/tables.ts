import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Prices that a project sets itself; they win over the price book. */
export const priceOverrides = sqliteTable(
  "price",
  {
    /** The project's number (Scope.tenant). */
    project: integer().notNull(),
    /** A model name in lower case; `*` stands for any characters. */
    model: text().notNull(),
    /** Generations that start at or after this instant cost this. */
    validFrom: integer("valid_from", { mode: "timestamp_ms" }).notNull(),
    /** USD per million tokens by kind: `input`, `output`, and kinds of usage such as `input_cached_tokens`. */
    usdPerMillion: text("usd_per_million", { mode: "json" })
      .$type<Record<string, number>>()
      .notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.project, t.model, t.validFrom] })],
);
