import type { Env } from "../../src/platform/env.ts";
import worker from "../../src/worker.ts";

/*
 * The production Worker, unchanged, with D1 bindings that add up what D1 says it wrote:
 * `meta.rows_written`, the number that is billed. GET /bench/rows-written answers the sums by
 * statement and forgets them.
 */

const written = new Map<string, number>();

const WRITES = /\b(insert (?:or \w+ )?into|update|delete from)\s+["`]?(\w+)/i;

/** `insert into obs`, or undefined for what only reads. */
function statementKind(sql: string): string | undefined {
  const [, verb, table] = WRITES.exec(sql) ?? [];
  return verb && table ? `${verb.toLowerCase()} ${table}` : undefined;
}

function count<T extends D1Result>(sql: string, result: T): T {
  const rows = result.meta.rows_written;
  if (rows > 0) {
    const kind = statementKind(sql) ?? sql;
    written.set(kind, (written.get(kind) ?? 0) + rows);
  }
  return result;
}

/** A statement whose every way to run is counted. */
class CountedStatement {
  readonly inner: D1PreparedStatement;
  readonly sql: string;

  constructor(inner: D1PreparedStatement, sql: string) {
    this.inner = inner;
    this.sql = sql;
  }

  bind(...values: unknown[]): CountedStatement {
    return new CountedStatement(this.inner.bind(...values), this.sql);
  }

  async run(): Promise<D1Result> {
    return count(this.sql, await this.inner.run());
  }

  async all(): Promise<D1Result> {
    return count(this.sql, await this.inner.all());
  }

  async first(column?: string): Promise<unknown> {
    const { results } = await this.all();
    const row = results[0] as Record<string, unknown> | undefined;
    if (row === undefined) return null;
    return column === undefined ? row : row[column];
  }

  /** D1's own raw() tells nothing of what it wrote; a write has no two columns of one name to lose. */
  async raw(options?: { columnNames?: boolean }): Promise<unknown[]> {
    if (statementKind(this.sql) !== undefined) {
      const { results } = await this.all();
      return results.map((row) => Object.values(row as Record<string, unknown>));
    }
    return options?.columnNames
      ? this.inner.raw({ columnNames: true })
      : this.inner.raw({ columnNames: false });
  }
}

const counted = (database: D1Database): D1Database =>
  ({
    prepare: (sql: string) => new CountedStatement(database.prepare(sql), sql),
    async batch(statements: CountedStatement[]) {
      const results = await database.batch(statements.map(({ inner }) => inner));
      return results.map((result, i) => count(statements[i]?.sql ?? "", result));
    },
    exec: () => Promise.reject(new Error("a write through exec() cannot be counted")),
  }) as unknown as D1Database;

const countedEnv = (env: Env): Env => ({
  ...env,
  DB: counted(env.DB),
  EVENTS_0: counted(env.EVENTS_0),
});

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/bench/rows-written") {
      return worker.fetch(request, countedEnv(env), ctx);
    }
    const sums = Object.fromEntries(written);
    written.clear();
    return Response.json(sums);
  },
  queue: (batch, env) => worker.queue(batch, countedEnv(env)),
} satisfies ExportedHandler<Env, { object: string }>;
