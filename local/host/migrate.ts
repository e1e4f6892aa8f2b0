import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** wrangler's own bookkeeping, so that `wrangler d1 migrations apply` and this agree. */
const BOOK = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

const BREAKPOINT = "--> statement-breakpoint";

/**
 * Applies the migrations of a folder that the database does not have yet, each in one transaction.
 *
 * @returns the names that were applied
 */
export async function migrate(database: D1Database, folder: string): Promise<string[]> {
  await database.prepare(BOOK).run();
  const { results } = await database
    .prepare("SELECT name FROM d1_migrations")
    .all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const due = readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !applied.has(name))
    .sort();
  for (const name of due) {
    const statements = readFileSync(join(folder, name), "utf8")
      .split(BREAKPOINT)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== "");
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
  return due;
}
