import { shardIndex } from "../../ingest/index.ts";
import { type Cell, dropEmpty, emptyCell, isEmptyCell } from "../cell.ts";
import { cohortsAfter } from "../cohorts/actions.ts";
import { NO_COHORTS, readRevision, saveCohort, stillCounts } from "../cohorts/store.ts";
import { cellId, type CellKey } from "../model.ts";
import { type Level, LEVELS, slotOf, spanOf } from "../slots.ts";
import { closedAt, loadCells, loadRanges, saveCells } from "../store.ts";
import { apply, atAllLevels, type CellDelta, countChange, type Deltas } from "./delta.ts";
import {
  childLevel,
  extremesOfCells,
  extremesOfItems,
  resolve,
  type Suspect,
  suspectOf,
} from "./extremes.ts";
import { net, type NetChange } from "./items.ts";
import {
  deleteLog,
  type LogRow,
  logGuard,
  LOOK_UPS_PER_BATCH,
  markSessions,
  readLog,
  rowExtremes,
} from "./store.ts";

/** What one commit may cover. */
const MAX_ROWS = 400;
const MAX_ITEMS = 100_000;
const MAX_CELLS = 2_000;

export type Shards = readonly D1Database[];

type Page = {
  first: number;
  last: number;
  deltas: Deltas;
  /** The changes themselves, kept only where there are cohorts to count them. */
  changes: NetChange[] | undefined;
  sessions: Map<string, [project: number, session: string]>;
  rows: number;
  items: number;
};

const isFull = ({ rows, items, deltas }: Page): boolean =>
  rows >= MAX_ROWS || items >= MAX_ITEMS || deltas.size >= MAX_CELLS;

function addRow(page: Page, { seq, before, after }: LogRow): void {
  const change = net(before, after);
  countChange(page.deltas, change);
  page.changes?.push(change);
  for (const [project, session] of change.sessions) {
    page.sessions.set(`${project}/${session}`, [project, session]);
  }
  page.first ||= seq;
  page.last = seq;
  page.rows++;
  page.items += before.length + after.length;
}

/** Reads the log from its beginning, as far as one commit may go; undefined when it is empty. */
async function readPage(shard: D1Database, hasCohorts: boolean): Promise<Page | undefined> {
  const page: Page = {
    first: 0,
    last: 0,
    deltas: new Map(),
    changes: hasCohorts ? [] : undefined,
    sessions: new Map(),
    rows: 0,
    items: 0,
  };
  while (!isFull(page)) {
    const log = await readLog(shard, page.last);
    if (log.length === 0) break;
    for (const row of log) {
      if (isFull(page)) break;
      addRow(page, row);
    }
  }
  return page.rows > 0 ? page : undefined;
}

/** Tells the homes of sessions that what their scores count for may have moved. */
async function sendMarks(shards: Shards, sessions: Page["sessions"]): Promise<void> {
  const byHome = new Map<number, [number, string][]>();
  for (const entry of sessions.values()) {
    const home = shardIndex(entry[1], shards.length);
    byHome.set(home, [...(byHome.get(home) ?? []), entry]);
  }
  for (const [home, entries] of byHome) {
    const shard = shards[home];
    if (shard) await markSessions(shard, entries);
  }
}

type Changed = { key: CellKey; cell: Cell };

/** The children of suspects, as this run is about to write them and otherwise as stored. */
async function lookUpInCells(
  shard: D1Database,
  suspects: readonly { suspect: Suspect; finer: Level }[],
  written: ReadonlyMap<string, Changed>,
): Promise<void> {
  const ranges = suspects.map(({ suspect: { key }, finer }) => {
    const { from, to } = spanOf(key.level, key.slot);
    return { key: { ...key, level: finer }, from: slotOf(finer, from), to: slotOf(finer, to) };
  });
  const stored = await loadRanges(shard, ranges);
  suspects.forEach(({ suspect }, i) => {
    const range = ranges[i];
    if (!range) return;
    const children: Cell[] = [];
    for (let slot = range.from; slot < range.to; slot++) {
      const id = cellId({ ...range.key, slot });
      const child = written.get(id) ?? stored.get(id);
      if (child) children.push(child.cell);
    }
    resolve(suspect, extremesOfCells(children));
  });
}

async function lookUpInRows(shard: D1Database, suspects: readonly Suspect[]): Promise<void> {
  for (let from = 0; from < suspects.length; from += LOOK_UPS_PER_BATCH) {
    const batch = suspects.slice(from, from + LOOK_UPS_PER_BATCH);
    const found = await rowExtremes(
      shard,
      batch.map(({ key }) => key),
    );
    batch.forEach((suspect, i) => resolve(suspect, extremesOfItems(found[i] ?? [])));
  }
}

/** Applies one level's changes and mends its extremes; finer levels of this run are in `written`. */
async function changeLevel(
  shard: D1Database,
  deltas: readonly CellDelta[],
  { written, closed, nowUs }: { written: Map<string, Changed>; closed: Closed; nowUs: number },
): Promise<number> {
  const stored = await loadCells(
    shard,
    deltas.map(({ key }) => key),
  );
  const inRows: Suspect[] = [];
  const inCells: { suspect: Suspect; finer: Level }[] = [];
  for (const delta of deltas) {
    const { key } = delta;
    const id = cellId(key);
    const cell = stored.get(id)?.cell ?? emptyCell();
    apply(cell, delta);
    dropEmpty(cell);
    written.set(id, { key, cell });
    const suspect = suspectOf(cell, delta, spanOf(key.level, key.slot).from < closed(key.project));
    if (!suspect) continue;
    const finer = childLevel(key, nowUs);
    if (finer === undefined) inRows.push(suspect);
    else inCells.push({ suspect, finer });
  }
  await lookUpInRows(shard, inRows);
  if (inCells.length > 0) await lookUpInCells(shard, inCells, written);
  return inRows.length + inCells.length;
}

/** From when on a project's rows are all there, in µs. */
type Closed = (project: number) => number;

async function closedIn(shard: D1Database, deltas: Deltas): Promise<Closed> {
  const projects = new Set([...deltas.values()].map(({ key }) => key.project));
  const closed = await closedAt(shard, projects);
  return (project) => closed.get(project) ?? -Infinity;
}

export type Folded = { rows: number; items: number; cells: number; lookUps: number };

/**
 * Moves what the first log rows of a shard changed into its buckets and cohorts, in one transaction
 * that also removes those rows. Interrupted, doubled or interleaved with other runs and with ingestion, it
 * either does all of it once or nothing.
 *
 * @returns undefined when the log was empty
 */
export async function foldOnce(
  shard: D1Database,
  { shards, now }: { shards: Shards; now: Date },
): Promise<Folded | undefined> {
  const revision = await readRevision(shard);
  const page = await readPage(shard, revision !== NO_COHORTS);
  if (!page) return undefined;
  await sendMarks(shards, page.sessions);

  const nowUs = now.getTime() * 1000;
  const closed = await closedIn(shard, page.deltas);
  const byLevel = atAllLevels(page.deltas, nowUs);
  const written = new Map<string, Changed>();
  let lookUps = 0;
  for (const level of LEVELS) {
    lookUps += await changeLevel(shard, byLevel[level], { written, closed, nowUs });
  }

  const { first, last, rows, items } = page;
  const cells = [...written.values()].map((changed) => ({
    ...changed,
    isEmpty: isEmptyCell(changed.cell),
  }));
  const cohorts = page.changes ? await cohortsAfter(shard, page.changes) : [];
  const guard = stillCounts(logGuard(first), revision);
  await shard.batch([
    ...saveCells(shard, cells, guard),
    ...cohorts.map((cohort) => saveCohort(shard, cohort, guard)),
    deleteLog(shard, last, guard),
  ]);
  return { rows, items, cells: cells.length, lookUps };
}
