import { decodeCursor, encodeCursor } from "../../../lib/cursor.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { CheckList, CheckQuery, Rollout, RolloutList, RolloutQuery } from "../contract.ts";
import {
  findRollout,
  type RolloutRow,
  selectChecks,
  selectEvents,
  selectHistory,
  selectRollouts,
} from "../store.ts";
import { rolloutView, summaryView } from "../view.ts";

const MAX_EVENTS = 500;
/** Points of a chart. */
const MAX_POINTS = 200;

const US_PER_MS = 1000;

/** Where a page goes on. @throws Refusal invalid_request for a cursor of another list */
function placeOf(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const place = decodeCursor(cursor);
  if (place) return place;
  const message = "is not one that this list gave";
  throw new Refusal("invalid_request", `query cursor: ${message}`, {
    issues: [{ path: "cursor", message }],
  });
}

const cursorOf = (at: Date, id: string): string =>
  encodeCursor({ timestampUs: at.getTime() * US_PER_MS, id });

/** @throws Refusal not_found */
export async function requireRollout(scope: Scope, id: string): Promise<RolloutRow> {
  const row = await findRollout(scope, id);
  if (!row) throw new Refusal("not_found", `there is no rollout ${id}`);
  return row;
}

/** One rollout with its evidence, what happened to it, and its course for a chart. @throws Refusal not_found */
export async function readRollout(scope: Scope, id: string): Promise<Rollout> {
  const row = await requireRollout(scope, id);
  const [events, history] = await Promise.all([
    selectEvents(scope, id, MAX_EVENTS),
    selectHistory(scope, id, MAX_POINTS),
  ]);
  return rolloutView(row, events, history);
}

/** Rollouts, newest first. */
export async function readRollouts(
  scope: Scope,
  { cursor, limit, ...filter }: RolloutQuery,
): Promise<RolloutList> {
  const rows = await selectRollouts(scope, {
    ...filter,
    after: placeOf(cursor)?.id,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(summaryView),
    nextCursor: last && rows.length > limit ? cursorOf(last.startedAt, last.id) : null,
  };
}

/** The checks that were kept, newest first, with the sums that each can be recomputed from. */
export async function readChecks(
  scope: Scope,
  id: string,
  { cursor, limit }: CheckQuery,
): Promise<CheckList> {
  await requireRollout(scope, id);
  const place = placeOf(cursor);
  const before = place && new Date(place.timestampUs / US_PER_MS);
  const rows = await selectChecks(scope, id, { before, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(({ at, view, inputs }) => ({ at: at.toISOString(), ...view, inputs })),
    nextCursor: last && rows.length > limit ? cursorOf(last.at, id) : null,
  };
}
