import {
  all,
  decodeCell,
  decodePart,
  encodeCell,
  type IsWanted,
  partSql,
  pathOf,
} from "./cell-text.ts";
import type { Cell } from "./cell.ts";
import { cellId, type CellKey } from "./model.ts";
import type { Level } from "./slots.ts";

/** Bytes of one JSON parameter; D1 takes 2 MB. */
export const MAX_PARAMETER = 900_000;
/** Characters of keys per look-up. */
const MAX_KEYS = 60_000;

/** Cuts values into lists whose JSON stays below a number of characters. */
export function chunks<T>(values: readonly T[], textOf: (value: T) => string, max: number): T[][] {
  const cut: T[][] = [];
  let size = Infinity;
  for (const value of values) {
    const length = textOf(value).length + 1;
    if (size + length > max) {
      cut.push([]);
      size = 0;
    }
    cut.at(-1)?.push(value);
    size += length;
  }
  return cut;
}

type KeyColumns = {
  level: Level;
  project: number;
  prompt: string;
  version: number;
  slot: number;
  env: string;
  model: string;
};
export type BucketRow = KeyColumns & { data: string };

export const KEY_COLUMNS = "level, project, prompt, version, slot, env, model";
const ON_KEY = `b.level = k.value ->> 0 AND b.project = k.value ->> 1 AND b.prompt = k.value ->> 2
  AND b.version = k.value ->> 3`;

export const keyOf = ({ env, ...rest }: KeyColumns): CellKey => ({
  level: rest.level,
  project: rest.project,
  prompt: rest.prompt,
  version: rest.version,
  slot: rest.slot,
  environment: env,
  model: rest.model,
});

async function cellsWhere(
  shard: D1Database,
  sql: string,
  keys: readonly string[],
): Promise<Map<string, { key: CellKey; cell: Cell }>> {
  const found = new Map<string, { key: CellKey; cell: Cell }>();
  for (const chunk of chunks(keys, (key) => key, MAX_KEYS)) {
    const { results } = await shard
      .prepare(sql)
      .bind(`[${chunk.join(",")}]`)
      .all<BucketRow>();
    for (const row of results) {
      const key = keyOf(row);
      found.set(cellId(key), { key, cell: decodeCell(row.data) });
    }
  }
  return found;
}

/** The stored cells among the keys, by `cellId`. */
export const loadCells = (shard: D1Database, keys: readonly CellKey[]) =>
  cellsWhere(
    shard,
    `SELECT b.* FROM json_each(?1) k CROSS JOIN bucket b ON ${ON_KEY} AND b.slot = k.value ->> 4
       AND b.env = k.value ->> 5 AND b.model = k.value ->> 6`,
    keys.map(cellId),
  );

/** Stretches of slots of one level, environment and model. */
export type CellRange = { key: CellKey; from: number; to: number };

/** The stored cells in the ranges (`to` exclusive), by `cellId`. */
export const loadRanges = (shard: D1Database, ranges: readonly CellRange[]) =>
  cellsWhere(
    shard,
    `SELECT b.* FROM json_each(?1) k CROSS JOIN bucket b ON ${ON_KEY} AND b.slot >= k.value ->> 4
       AND b.slot < k.value ->> 5 AND b.env = k.value ->> 6 AND b.model = k.value ->> 7`,
    ranges.map(({ key, from, to }) =>
      JSON.stringify([
        key.level,
        key.project,
        key.prompt,
        key.version,
        from,
        to,
        key.environment,
        key.model,
      ]),
    ),
  );

/** A condition with its parameters ?2, ?3, ... that must hold for a statement to do anything. */
export type Guard = { sql: string; parameters: (string | number)[] };

const UPSERT = `INSERT INTO bucket (${KEY_COLUMNS}, data)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
    value ->> 7 FROM json_each(?1)`;
const DELETE = `DELETE FROM bucket WHERE (${KEY_COLUMNS}) IN (
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
  FROM json_each(?1))`;

/** Statements that store cells and delete those that became empty, each under the guard. */
export function saveCells(
  shard: D1Database,
  cells: readonly { key: CellKey; cell: Cell; isEmpty: boolean }[],
  { sql, parameters }: Guard,
): D1PreparedStatement[] {
  const full = cells
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ key, cell }) => `${cellId(key).slice(0, -1)},${JSON.stringify(encodeCell(cell))}]`);
  const empty = cells.filter(({ isEmpty }) => isEmpty).map(({ key }) => cellId(key));
  const statements = (texts: readonly string[], statement: string): D1PreparedStatement[] =>
    chunks(texts, (text) => text, MAX_PARAMETER).map((chunk) =>
      shard.prepare(statement).bind(`[${chunk.join(",")}]`, ...parameters),
    );
  return [
    ...statements(full, `${UPSERT} WHERE ${sql} ON CONFLICT DO UPDATE SET data = excluded.data`),
    ...statements(empty, `${DELETE} AND ${sql}`),
  ];
}

const closedCursor = (project: number): string => `closed/${project}`;

/** Instants in µs before which rows of a project may be gone from this shard; absent: none are. */
export async function closedAt(
  shard: D1Database,
  projects: Iterable<number>,
): Promise<Map<number, number>> {
  const { results } = await shard
    .prepare(
      `SELECT k.value AS project, c.value FROM json_each(?1) k CROSS JOIN cursor c
       ON c.name = 'closed/' || k.value`,
    )
    .bind(JSON.stringify([...new Set(projects)]))
    .all<{ project: number; value: string }>();
  return new Map(results.map(({ project, value }) => [project, Number(value)]));
}

/** Says that rows before an instant may go from now on. Never moves back: what is gone stays gone. */
export const closeBefore = (
  shard: D1Database,
  project: number,
  closedUs: number,
): D1PreparedStatement =>
  shard
    .prepare(
      `INSERT INTO cursor (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE
       SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))`,
    )
    .bind(closedCursor(project), String(closedUs));

/** Stretches of slots of one version, and whose environment and model (null: any). */
export type Wanted = {
  level: Level;
  project: number;
  prompt: string;
  version: number;
  from: number;
  to: number;
};
export type Filter = { environment: string | null; model: string | null };

/** Which metrics of the cells are read; both left out: all of them. */
export type Wish = {
  /** The one metric that D1 sends, "" for none: a cell's other sketches stay where they are. */
  only?: string | undefined;
  isWanted?: IsWanted | undefined;
};

const PAGE_ROWS = 1000;
const STATEMENTS_PER_BATCH = 40;

/** The stored cells of the wanted slots, page by page, each once. */
export async function* selectCells(
  shard: D1Database,
  wanted: readonly Wanted[],
  { environment, model }: Filter,
  { only, isWanted = all }: Wish = {},
): AsyncGenerator<{ key: CellKey; cell: Cell }> {
  const text = only === undefined ? "data" : partSql("?11");
  const path = only === undefined ? [] : [pathOf(only)];
  const decode = (data: string): Cell =>
    only === undefined ? decodeCell(data, isWanted) : decodePart(data, only);
  type Want = Wanted & { after: [slot: number, env: string, model: string] };
  let open: Want[] = wanted.map((want) => ({ ...want, after: [want.from, "", ""] }));
  while (open.length > 0) {
    const page = open.slice(0, STATEMENTS_PER_BATCH);
    const results = await shard.batch<BucketRow>(
      page.map(({ level, project, prompt, version, to, after }) =>
        shard
          .prepare(
            // (slot, "", "") itself is no stored key of a cell: an environment is never empty.
            `SELECT ${KEY_COLUMNS}, ${text} AS data FROM bucket WHERE level = ?1 AND project = ?2 AND prompt = ?3 AND version = ?4
               AND (slot, env, model) > (?5, ?6, ?7) AND slot < ?8
               AND (?9 IS NULL OR env = ?9) AND (?10 IS NULL OR model = ?10)
             ORDER BY slot, env, model LIMIT ${PAGE_ROWS}`,
          )
          .bind(level, project, prompt, version, ...after, to, environment, model, ...path),
      ),
    );
    const again: Want[] = [];
    for (const [i, { results: rows }] of results.entries()) {
      for (const row of rows) yield { key: keyOf(row), cell: decode(row.data) };
      const last = rows.at(-1);
      const want = page[i];
      if (want && last && rows.length === PAGE_ROWS) {
        again.push({ ...want, after: [last.slot, last.env, last.model] });
      }
    }
    open = [...again, ...open.slice(page.length)];
  }
}
