import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { priceBook } from "../../pricing/index.ts";
import type { Price } from "../../pricing/model.ts";
import { settingsOf } from "../../projects/index.ts";
import { retainedFromUs } from "../accept/window.ts";
import { labelReader } from "../consumer/actions.ts";
import { observationColumns } from "../consumer/derive.ts";
import type { ObservationRow } from "../consumer/plan.ts";
import { loadStored, RowsMoved, writePlan } from "../consumer/store.ts";
import { emptyTouched, pair, type Touched } from "../consumer/touched.ts";
import { decodeDoc } from "../doc.ts";
import type { ObservationPatch } from "../model.ts";
import type { Reprice, Repriced } from "./contract.ts";
import { decodePlace, encodePlace, type Place, START } from "./place.ts";
import { countRows, type PricedRow, selectRows } from "./store.ts";

/** Rows that one step looks at: what one transaction may write. */
const STEP_ROWS = 500;
/** JSON of the rows of one transaction, in UTF-16 code units; a D1 parameter may have 2 MB. */
const MAX_PART_LENGTH = 500_000;
/** Attempts at rows that others keep changing. */
const MAX_ATTEMPTS = 8;

type PriceOf = (observation: Partial<ObservationPatch>) => Price;

function costsOtherwise(row: PricedRow, priceOf: PriceOf): boolean {
  const now = priceOf(decodeDoc(row.doc).values);
  const pairs = [
    [now.total, row.cost],
    [now.input, row.cost_in],
    [now.output, row.cost_out],
    [now.cached, row.cost_cached],
  ];
  return pairs.some(([after, before]) => after !== before);
}

const isWithin = ({ start }: PricedRow, { from, to }: Reprice): boolean =>
  (from === undefined || (start !== null && start >= from.getTime() * 1000)) &&
  (to === undefined || (start !== null && start < to.getTime() * 1000));

/** Rows cut into transactions of bounded size. */
function partsOf(rows: readonly PricedRow[]): PricedRow[][] {
  const parts: PricedRow[][] = [];
  let size = Infinity;
  for (const row of rows) {
    if (size + row.doc.length > MAX_PART_LENGTH) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(row);
    size += row.doc.length;
  }
  return parts;
}

/** The rows as the guarded write wants them: keys, and what is merged into them, which is nothing. */
function touchedBy(rows: readonly PricedRow[]): Touched {
  const touched = emptyTouched();
  for (const { trace, id, doc } of rows) {
    touched.observations.set(pair(trace, id), { trace, id, state: decodeDoc(doc) });
  }
  return touched;
}

/**
 * Writes rows anew at today's prices, as the consumer does: with a guard on what was read, and with
 * what they contributed before and after, so that the fold corrects the buckets.
 */
async function rewrite(
  scope: Scope,
  shard: D1Database,
  rows: readonly PricedRow[],
  priceOf: PriceOf,
): Promise<void> {
  const touched = touchedBy(rows);
  const readLabels = labelReader(scope);
  for (let attempt = 1; ; attempt++) {
    const stored = await loadStored(shard, scope.tenant, touched);
    const versions = await readLabels(touched, stored);
    const observations = [...touched.observations].flatMap(([key, { trace, id }]) => {
      const row = stored.observations.get(key);
      // Expired since it was looked at.
      if (!row) return [];
      const columns = observationColumns(decodeDoc(row.doc), priceOf, versions);
      return [{ ...columns, trace, id, rev: row.rev + 1, doc: row.doc } satisfies ObservationRow];
    });
    try {
      const nothing = { traces: [], scores: [], erased: [], buried: new Set<string>() };
      const plan = { observations, ...nothing };
      await writePlan(shard, scope.tenant, { touched, stored, plan });
      return;
    } catch (error) {
      if (!(error instanceof RowsMoved) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function placeOf(cursor: string | null | undefined, shards: number): Place {
  if (cursor === null || cursor === undefined) return START;
  const place = decodePlace(cursor);
  if (place && place.shard >= 0 && place.shard < shards) return place;
  const message = "is not one that this gave";
  throw new Refusal("invalid_request", `body cursor: ${message}`, {
    issues: [{ path: "cursor", message }],
  });
}

/** After a full page: its last row; after the last page of a shard: the next shard, if there is one. */
function nextPlace(place: Place, rows: readonly PricedRow[], shards: number): Place | null {
  const last = rows.at(-1);
  if (last && rows.length === STEP_ROWS) {
    return { shard: place.shard, trace: last.trace, id: last.id };
  }
  return place.shard + 1 < shards ? { ...START, shard: place.shard + 1 } : null;
}

/**
 * One step of pricing stored calls anew, at the prices that hold now for when they began. Bounded;
 * it may be cut short or repeated, and goes on where `nextCursor` says. It reaches back as far as
 * rows do: what older calls cost is final in the buckets.
 *
 * @throws Refusal invalid_request for a foreign cursor
 */
export async function repriceStep(scope: Scope, asked: Reprice): Promise<Repriced> {
  const { shards, tenant, now } = scope;
  const place = placeOf(asked.cursor, shards.length);
  const shard = shards[place.shard] as D1Database;
  const [rows, priceOf, { retentionDays }, total] = await Promise.all([
    selectRows(shard, tenant, place, STEP_ROWS),
    priceBook(scope),
    settingsOf(scope),
    place === START ? countRows(shards, tenant) : null,
  ]);
  const changed = rows.filter((row) => isWithin(row, asked) && costsOtherwise(row, priceOf));
  for (const part of partsOf(changed)) await rewrite(scope, shard, part, priceOf);
  const next = nextPlace(place, rows, shards.length);
  return {
    scanned: rows.length,
    changed: changed.length,
    total,
    nextCursor: next && encodePlace(next),
    reachesBackTo: new Date(retainedFromUs(now, retentionDays) / 1000).toISOString(),
    retentionDays,
  };
}
