import { baselineDays } from "../../../lib/stats/margins.ts";
import type { Scope } from "../../../platform/scope.ts";
import { marginsOf } from "../../comparisons/index.ts";
import { currentSettings } from "../../projects/index.ts";
import { readGroupedCells } from "../../rollups/index.ts";
import { type Cell, cover, coverInside, emptyCell, type SlotRange } from "../../rollups/model.ts";
import { type Facts, presentTraffic, type Traffic } from "../plan/facts.ts";

const US_PER_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Of = { prompt: string; environment: string };

async function readCell(
  scope: Scope,
  { prompt, environment }: Of,
  version: number,
  ranges: readonly SlotRange[],
): Promise<Cell> {
  const cells = await readGroupedCells(
    scope,
    { prompt, versions: [version], ranges, filter: { environment, model: null } },
    () => "all",
  );
  return cells.get("all") ?? emptyCell();
}

/** What a version did in the last days, as far as buckets lie within them. */
function readDays(scope: Scope, of: Of, version: number, days: number): Promise<Cell> {
  const nowMs = scope.now.getTime();
  const span = { from: (nowMs - days * DAY_MS) * US_PER_MS, to: nowMs * US_PER_MS };
  return readCell(scope, of, version, coverInside(span, span.to));
}

/** What is known before a rollout: frozen baselines come from it, and the forecast. */
export async function readFacts(
  scope: Scope,
  of: Of,
  control: number,
): Promise<{ facts: Facts; traffic: Traffic }> {
  const [day, week, recent, { scoreConfigs }, margins] = await Promise.all([
    readDays(scope, of, control, 1),
    readDays(scope, of, control, 7),
    readDays(scope, of, control, 28),
    currentSettings(scope),
    marginsOf(scope, of.prompt),
  ]);
  const days = baselineDays(Math.min(week.n, recent.n), recent.n);
  const traffic = presentTraffic(day, scope.now.getTime());
  return {
    traffic,
    facts: {
      control,
      baseline: days === undefined ? null : days === 7 ? week : recent,
      recent,
      scoreConfigs,
      margins,
      generationsPerHour: traffic.perHour,
    },
  };
}

/** Generations of a version in the last hour. */
export async function recentTraffic(scope: Scope, of: Of, version: number): Promise<number> {
  const nowMs = scope.now.getTime();
  const span = { from: (nowMs - HOUR_MS) * US_PER_MS, to: nowMs * US_PER_MS };
  return (await readCell(scope, of, version, cover(span, span.to))).n;
}
