import type { Server } from "./server.ts";

/** Where the traces of the benchmarks end: generations in one table, root spans and traces in the other. */
const TABLES = ["obs", "trace"] as const;
export type Row = Record<string, unknown>;
export type FinishedRows = { obs: Row[]; trace: Row[] };

/** The rows that the traces ended in. */
export async function finishedRows(
  server: Server,
  traceIds: readonly string[],
): Promise<FinishedRows> {
  const events = await server.events();
  const rowsOf = async (table: string, key: string): Promise<Row[]> => {
    const { results } = await events
      .prepare(`SELECT * FROM ${table} WHERE ${key} IN (SELECT value FROM json_each(?1))`)
      .bind(JSON.stringify(traceIds))
      .all<Row>();
    return results;
  };
  return { trace: await rowsOf("trace", "id"), obs: await rowsOf("obs", "trace") };
}

/** Rows as bodies for the bare inserting Worker, so many traces in each. */
export function peerBodies(finished: FinishedRows, tracesPerRequest: number): string[] {
  const bodies: string[] = [];
  for (let from = 0; from < finished.trace.length; from += tracesPerRequest) {
    const trace = finished.trace.slice(from, from + tracesPerRequest);
    const ids = new Set(trace.map((row) => row["id"]));
    const obs = finished.obs.filter((row) => ids.has(row["trace"]));
    const lines = [obs, trace].map((rows) => JSON.stringify(rows.map((row) => Object.values(row))));
    bodies.push(lines.join("\n"));
  }
  return bodies;
}

/** The tables with their columns in the order of the rows, for the bare inserting Worker. */
export async function columnsOf(server: Server): Promise<{ table: string; columns: string[] }[]> {
  const events = await server.events();
  return Promise.all(
    TABLES.map(async (table) => {
      const { results } = await events
        .prepare(`SELECT name FROM pragma_table_info('${table}')`)
        .all<{ name: string }>();
      return { table, columns: results.map(({ name }) => name) };
    }),
  );
}
