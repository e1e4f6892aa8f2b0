import type { DesignEffect } from "../../../lib/stats/design-effect.ts";
import { baselineDays } from "../../../lib/stats/margins.ts";
import { thresholdBin, winsorisedMoments } from "../../../lib/stats/winsorised.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { newestCalls } from "../../ingest/index.ts";
import { newestDeployments } from "../../prompts/index.ts";
import { readGroupedCells } from "../../rollups/index.ts";
import {
  type Cell,
  coverInside,
  emptyCell,
  mergeCellInto,
  type SlotRange,
  slotOf,
} from "../../rollups/model.ts";
import type { CellStage } from "../judge.ts";
import type { FrozenBaseline } from "../model.ts";
import type { Pairing, SplitEvent } from "../stages.ts";
import { usersEffect } from "../units.ts";

/** Who is looked at: a prompt's generations of one environment and model, null for any. */
export type Subject = {
  prompt: string;
  environment: string | null;
  model: string | null;
};

const US_PER_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Splits and their changes that one answer goes back. */
const MAX_SPLIT_EVENTS = 1000;
/** Newest generations of each arm whose users are looked at. */
const USERS_LOOKED_AT = 1000;
const EPOCH = new Date(0);

export const refuseFrom = (message: string): Refusal =>
  new Refusal("invalid_request", `query from: ${message}`, { issues: [{ path: "from", message }] });

/** @throws Refusal invalid_request for a range that begins after its end, or without one after now */
export function requireBegun(
  { from, to }: { from?: Date | undefined; to?: Date | undefined },
  now: Date,
): void {
  if (from && from > (to ?? now))
    throw refuseFrom("must not be after to, which is now when absent");
}

/** Cells by version and model, merged over all else. */
export type ByModel = Map<number, Map<string, Cell>>;

/** What the ledger says of the prompt's splits until an instant, oldest first. */
export async function splitEvents(scope: Scope, name: string, to: Date): Promise<SplitEvent[]> {
  const rows = await newestDeployments(scope, name, {
    from: EPOCH,
    to,
    kind: "split",
    limit: MAX_SPLIT_EVENTS,
  });
  return rows.flatMap(({ label, at, cause }) =>
    cause && "split" in cause ? [{ label, at, cause }] : [],
  );
}

async function readByModel(
  scope: Scope,
  { prompt, environment, model }: Subject,
  versions: readonly number[],
  ranges: readonly SlotRange[],
): Promise<ByModel> {
  const cells = await readGroupedCells(
    scope,
    { prompt, versions, ranges, filter: { environment, model } },
    ({ version, model }) => `${version}/${model}`,
  );
  const found: ByModel = new Map(versions.map((version) => [version, new Map<string, Cell>()]));
  for (const [key, cell] of cells) {
    const slash = key.indexOf("/");
    found.get(Number(key.slice(0, slash)))?.set(key.slice(slash + 1), cell);
  }
  return found;
}

/** All of a version's cells as one. */
export function totalOf(cells: ByModel, version: number): Cell {
  const sum = emptyCell();
  for (const cell of cells.get(version)?.values() ?? []) mergeCellInto(sum, cell);
  return sum;
}

/** Generations per model. */
export const modelsOf = (cells: ByModel, version: number): Map<string, number> =>
  new Map([...(cells.get(version) ?? [])].map(([model, { n }]) => [model, n]));

export type RangeMs = { fromMs: number; toMs: number };

const inside = ({ fromMs, toMs }: RangeMs, now: Date): SlotRange[] =>
  coverInside({ from: fromMs * US_PER_MS, to: toMs * US_PER_MS }, now.getTime() * US_PER_MS);

/** What versions did in a stretch of time; buckets that lie only partly in it are left out. */
export const readRange = (
  scope: Scope,
  subject: Subject,
  versions: readonly number[],
  range: RangeMs,
): Promise<ByModel> => readByModel(scope, subject, versions, inside(range, scope.now));

/** Cells stage by stage, and all stages together. */
export type StagedCells = { stages: (RangeMs & { cells: ByModel })[]; all: ByModel };

/** What versions did in each stage. */
export async function readStages(
  scope: Scope,
  subject: Subject,
  versions: readonly number[],
  stages: readonly RangeMs[],
): Promise<StagedCells> {
  const read = await Promise.all(
    stages.map(async ({ fromMs, toMs }) => {
      const cells = await readRange(scope, subject, versions, { fromMs, toMs });
      return { fromMs, toMs, cells };
    }),
  );
  const all: ByModel = new Map(versions.map((version) => [version, new Map<string, Cell>()]));
  for (const [version, models] of read.flatMap(({ cells }) => [...cells])) {
    for (const [model, cell] of models) {
      const sum = all.get(version)?.get(model) ?? emptyCell();
      mergeCellInto(sum, cell);
      all.get(version)?.set(model, sum);
    }
  }
  return { stages: read, all };
}

/** Two of the versions stage by stage. @param shares of the candidate among the two, in that order */
export const pairStages = (
  { stages }: StagedCells,
  { control, candidate }: Pairing,
  shares: readonly (number | null)[],
): CellStage[] =>
  stages.map(({ fromMs, toMs, cells }, i) => ({
    fromMs,
    toMs,
    share: shares[i] ?? null,
    arms: { control: totalOf(cells, control), candidate: totalOf(cells, candidate) },
  }));

/**
 * Thresholds from the control's last week before an instant, or its last four where a week holds
 * too little; null where those do too.
 */
export async function readBaseline(
  scope: Scope,
  subject: Subject,
  control: number,
  beforeMs: number,
): Promise<FrozenBaseline | null> {
  const read = async (days: number): Promise<Cell> => {
    const range = { fromMs: beforeMs - days * DAY_MS, toMs: beforeMs };
    return totalOf(await readRange(scope, subject, [control], range), control);
  };
  const week = await read(7);
  const whole = baselineDays(week.n, week.n) === 7 ? week : await read(28);
  const days = baselineDays(Math.min(week.n, whole.n), whole.n);
  if (days === undefined) return null;
  const of = days === 7 ? week : whole;
  const latency = of.metrics.get("latency")?.sketch;
  const cost = of.metrics.get("cost");
  const costCapBin = cost && cost.n > 0 ? thresholdBin(cost.sketch, 0.99) : null;
  return {
    n: of.n,
    slowBin: latency && latency.n > 0 ? thresholdBin(latency, 0.95) : null,
    costCapBin,
    costMean:
      cost && costCapBin !== null ? winsorisedMoments(cost.sketch, costCapBin).mean / 1e9 : null,
  };
}

const US_PER_MINUTE = 60_000_000;

/** Who shares a draw of the split: a user, or all that a process asks in a minute. */
export type Clusters = "users" | "minutes";

/** How much generations of one user resemble each other in the arms, from the newest rows. */
export async function readUsersEffect(
  scope: Scope,
  { prompt, environment, model }: Subject,
  versions: readonly number[],
  { fromMs, toMs }: RangeMs,
  clusters: Clusters = "users",
): Promise<DesignEffect | null> {
  const unitOf = ({ user, startUs }: { user: string | null; startUs: number }): string | null =>
    clusters === "users" ? user : String(Math.floor(startUs / US_PER_MINUTE));
  const arms = await Promise.all(
    versions.map((version) =>
      newestCalls(scope, {
        prompt,
        version,
        environment,
        model,
        fromUs: fromMs * US_PER_MS,
        toUs: toMs * US_PER_MS,
        limit: USERS_LOOKED_AT,
      }),
    ),
  );
  return usersEffect(
    arms.map((calls) =>
      calls.flatMap((call) => {
        const user = unitOf(call);
        const { startUs, endUs, failed } = call;
        return user === null ? [] : [{ user, failed, latencyUs: endUs - startUs }];
      }),
    ),
  );
}

/** A version's cells hour by hour, `hours` of them from an instant on. */
export async function readHours(
  scope: Scope,
  { prompt, environment, model }: Subject,
  version: number,
  { fromMs, hours }: { fromMs: number; hours: number },
): Promise<(Cell | undefined)[]> {
  const first = slotOf(1, fromMs * US_PER_MS);
  const cells = await readGroupedCells(
    scope,
    {
      prompt,
      versions: [version],
      ranges: [{ level: 1, from: first, to: first + hours }],
      filter: { environment, model },
    },
    ({ slot }) => slot,
  );
  return Array.from({ length: hours }, (_, hour) => cells.get(first + hour));
}
