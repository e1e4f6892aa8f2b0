import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { encodeCell } from "../cell-text.ts";
import { type Cell, emptyCell } from "../cell.ts";
import { foldOnce } from "../fold/actions.ts";
import { apply, atAllLevels, count, type Deltas } from "../fold/delta.ts";
import { cellId, type CellKey } from "../model.ts";
import { isLiving, LEVELS, slotOf, type Span, US_PER_DAY } from "../slots.ts";
import { closedAt, saveCells, selectCells } from "../store.ts";
import { askStill, readState, rowItems, sessionItems, stillGuard, type Version } from "./store.ts";

/** Attempts at a shard that keeps getting new rows. */
const MAX_ATTEMPTS = 10;
/** Folds that one attempt may make to empty the log. */
const MAX_FOLDS = 20;
const US_PER_HOUR = 3_600_000_000;

type Changed = { key: CellKey; cell: Cell; isEmpty: boolean };

/** The cells of a day as its rows say, at every living level. */
async function rebuild(
  shard: D1Database,
  version: Version,
  { day, hours, nowUs }: { day: Span; hours: readonly number[]; nowUs: number },
): Promise<Map<string, { key: CellKey; cell: Cell }>> {
  const deltas: Deltas = new Map();
  const add = (items: Awaited<ReturnType<typeof rowItems>>): void => {
    for (const item of items) if (item[0] !== "Z") count(deltas, item, 1);
  };
  // Hour by hour: a busy day's items would not fit into memory at once.
  for (const hour of hours) {
    add(await rowItems(shard, version, { from: hour * US_PER_HOUR, to: (hour + 1) * US_PER_HOUR }));
  }
  add(await sessionItems(shard, version, day));
  const cells = new Map<string, { key: CellKey; cell: Cell }>();
  for (const delta of Object.values(atAllLevels(deltas, nowUs)).flat()) {
    const cell = emptyCell();
    apply(cell, delta);
    cells.set(cellId(delta.key), { key: delta.key, cell });
  }
  return cells;
}

/** Cells that are stored otherwise than they should be. */
async function differences(
  shard: D1Database,
  version: Version,
  {
    day,
    rebuilt,
    nowUs,
  }: { day: Span; rebuilt: Map<string, { key: CellKey; cell: Cell }>; nowUs: number },
): Promise<Changed[]> {
  const wanted = LEVELS.map((level) => ({
    ...version,
    level,
    from: slotOf(level, day.from),
    to: slotOf(level, day.to),
  }));
  const changed = new Map<string, Changed>(
    [...rebuilt].map(([id, entry]) => [id, { ...entry, isEmpty: false }] as const),
  );
  for await (const { key, cell } of selectCells(shard, wanted, {
    environment: null,
    model: null,
  })) {
    const id = cellId(key);
    const right = rebuilt.get(id);
    if (right && encodeCell(right.cell) === encodeCell(cell)) changed.delete(id);
    else if (!right && isLiving(key.level, key.slot, nowUs)) {
      changed.set(id, { key, cell, isEmpty: true });
    }
  }
  return [...changed.values()];
}

async function repairShard(
  { shards, now }: Scope,
  shard: D1Database,
  { version, day }: { version: Version; day: Span },
): Promise<number> {
  const nowUs = now.getTime() * 1000;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    for (let folds = 0; folds < MAX_FOLDS; folds++) {
      if (!(await foldOnce(shard, { shards, now }))) break;
    }
    const state = await readState(shard, version, day);
    if (state.waiting > 0) continue;
    const rebuilt = await rebuild(shard, version, { day, hours: state.hours, nowUs });
    const changed = await differences(shard, version, { day, rebuilt, nowUs });
    const results = await shard.batch<{ held: number }>([
      askStill(shard, state),
      ...saveCells(shard, changed, stillGuard(state)),
    ]);
    if (results[0]?.results[0]?.held === 1) return changed.length;
  }
  throw new Refusal("unavailable", "rows keep arriving faster than they are folded; try again", {
    retryAfterSeconds: 60,
  });
}

/** What was found on one day: `changed` buckets were not as the rows say, and now are. */
export type RepairedDay = { day: string; changed: number };

/**
 * Makes the buckets of a version on some days what its rows say.
 *
 * @param days `YYYY-MM-DD`, UTC
 * @throws Refusal for a day whose rows may be deleted: its buckets are final
 */
export async function repair(
  scope: Scope,
  { prompt, version }: { prompt: string; version: number },
  days: readonly string[],
): Promise<RepairedDay[]> {
  const spans = days.map((day) => {
    const from = Date.parse(`${day}T00:00:00Z`) * 1000;
    return { day, span: { from, to: from + US_PER_DAY } };
  });
  for (const shard of scope.shards) {
    const closedUs = (await closedAt(shard, [scope.tenant])).get(scope.tenant) ?? -Infinity;
    const closed = spans.find(({ span }) => span.from < closedUs);
    if (closed) {
      throw new Refusal("invalid_request", `from: the rows of ${closed.day} are deleted by now`, {
        issues: [{ path: "from", message: "is before the retention; these buckets are final" }],
      });
    }
  }
  const repaired: RepairedDay[] = [];
  for (const { day, span } of spans) {
    let changed = 0;
    for (const shard of scope.shards) {
      changed += await repairShard(scope, shard, {
        version: { project: scope.tenant, prompt, version },
        day: span,
      });
    }
    repaired.push({ day, changed });
  }
  return repaired;
}
