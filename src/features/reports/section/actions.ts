import type { LocalDay } from "../../../lib/time/zone.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { comparedMetrics, inputOf, marginsOf, readComparison } from "../../comparisons/index.ts";
import { promptVersionOf } from "../../ingest/model.ts";
import { incidentsBetween } from "../../monitors/index.ts";
import { type LedgerRow, newestDeployments } from "../../prompts/index.ts";
import { LATEST } from "../../prompts/model.ts";
import { rolloutsBetween } from "../../rollouts/index.ts";
import { type KnownPrompt, requireKnown, usesEver } from "../../rollups/index.ts";
import { type Cell, emptyCell, mergeCellInto } from "../../rollups/model.ts";
import type { Deployment } from "../contract.ts";
import { readDays } from "../days/actions.ts";
import { daysOf, type Period, spanOf } from "../periods.ts";
import { comparedDeployment, uncompared } from "./deployment.ts";
import { incidentOf, rolloutOf } from "./happened.ts";
import { labelsByVersion, leftoversOf, standingAfter } from "./leftovers.ts";
import type { Section, Tested } from "./model.ts";
import { movementOf } from "./movement.ts";
import { byVersion, type DayOfCells, sectionOf, versionsTogether } from "./section.ts";

const EPOCH = new Date(0);
const MS_PER_DAY = 86_400_000;
const US_PER_MS = 1000;
/** Rows of a prompt's ledger that are read, the newest. */
const MAX_MOVES = 2000;
/** Deployments of one prompt that are compared, the newest; others are told. */
const MAX_COMPARED = 3;
const MAX_DEPLOYMENTS = 50;
/** The control is looked at for so long before it was replaced. */
const CONTROL_DAYS = 7;

const UNKNOWN: KnownPrompt = { versions: [], labels: new Map(), stored: [] };

/** A prompt that was deleted and has no traffic is known by its ledger alone. */
async function knownOrNot(scope: Scope, prompt: string): Promise<KnownPrompt> {
  try {
    return await requireKnown(scope, prompt);
  } catch (error) {
    if (error instanceof Refusal && error.code === "not_found") return UNKNOWN;
    throw error;
  }
}

/** Versions that were in use at some time from the first day to the last: of the others there is nothing to read. */
async function usedAmong(
  scope: Scope,
  prompt: string,
  stored: readonly number[],
  days: readonly LocalDay[],
): Promise<number[]> {
  const fromUs = (days[0]?.fromMs ?? 0) * US_PER_MS;
  const toUs = (days.at(-1)?.toMs ?? 0) * US_PER_MS;
  const ever = await usesEver(scope, prompt, stored);
  return stored.filter((version) => {
    const { first, last } = ever.get(version) ?? { first: null, last: null };
    return (first ?? -Infinity) < toUs && (last ?? Infinity) >= fromUs;
  });
}

const sumOf = (cells: readonly Cell[]): Cell => {
  const sum = emptyCell();
  for (const cell of cells) mergeCellInto(sum, cell);
  return sum;
};

/** Every metric that can be tested, over all versions of the prompt. */
function testsOf(
  current: readonly DayOfCells[],
  before: readonly DayOfCells[],
  margins: ReadonlyMap<string, number>,
): Tested[] {
  const [now, then] = [current.map(versionsTogether), before.map(versionsTogether)];
  return comparedMetrics([sumOf(now), sumOf(then)], margins, null).flatMap((metric) => {
    const meansOf = (cells: readonly Cell[]) => cells.map((cell) => inputOf(metric, cell, null));
    return movementOf(metric, meansOf(now), meansOf(then)) ?? [];
  });
}

type Pair = { from: number; to: number };

/** The versions before and after a move, until the label moved on or the period ended. */
async function compareMove(
  scope: Scope,
  prompt: string,
  { row, pair, untilMs }: { row: LedgerRow; pair: Pair; untilMs: number },
): Promise<Deployment> {
  try {
    const comparison = await readComparison(scope, prompt, {
      control: pair.from,
      candidate: pair.to,
      from: new Date(row.at.getTime() - CONTROL_DAYS * MS_PER_DAY),
      to: new Date(untilMs),
    });
    return comparedDeployment(row, comparison);
  } catch (error) {
    // A version that was deleted before it had traffic cannot be compared.
    if (error instanceof Refusal) return uncompared(prompt, row, error.message);
    throw error;
  }
}

const isMove = ({ cause }: LedgerRow): boolean => cause === null;

/** Every move of a label in the period, the newest of them with a verdict. */
function deploymentsOf(
  scope: Scope,
  prompt: string,
  moves: readonly LedgerRow[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<Deployment[]> {
  const shown = moves
    .filter((row) => isMove(row) && row.at.getTime() >= fromMs)
    .slice(-MAX_DEPLOYMENTS);
  return Promise.all(
    shown.map(async (row, i) => {
      const { from, to, label } = row;
      if (to === null) return uncompared(prompt, row, "The label was taken away.");
      if (from === null)
        return uncompared(prompt, row, "The label is new: nothing was there before.");
      if (i < shown.length - MAX_COMPARED) {
        return uncompared(prompt, row, `Only the newest ${MAX_COMPARED} moves are compared.`);
      }
      const next = shown.slice(i + 1).find((later) => later.label === label);
      const untilMs = next?.at.getTime() ?? toMs;
      return compareMove(scope, prompt, { row, pair: { from, to }, untilMs });
    }),
  );
}

/** Works out what a report says of one prompt. */
export async function workOut(scope: Scope, period: Period, prompt: string): Promise<Section> {
  const { current, before, previous } = daysOf(period);
  const { fromMs, toMs } = spanOf(period);
  const span = { from: new Date(fromMs), to: new Date(toMs) };
  const [known, margins, incidents, rollouts, moves] = await Promise.all([
    knownOrNot(scope, prompt),
    marginsOf(scope, prompt),
    incidentsBetween(scope, { ...span, prompt }),
    rolloutsBetween(scope, { ...span, prompt }),
    newestDeployments(scope, prompt, { from: EPOCH, to: span.to, limit: MAX_MOVES }),
  ]);
  const days = [...before, ...current];
  const stored = await usedAmong(scope, prompt, known.stored, days);
  const read = await readDays(scope, { prompt, stored }, days);
  const celled = days.map((day, i): DayOfCells => ({ day, cells: read.days[i] ?? new Map() }));
  const now = celled.slice(before.length);
  const deployments = await deploymentsOf(scope, prompt, moves, { fromMs, toMs });
  const last = now.at(-1);
  const latest = known.versions.find((one) => known.labels.get(one)?.includes(LATEST)) ?? null;
  const counts = new Map(
    last ? [...byVersion(last)].map(([version, { n }]) => [version, n] as const) : [],
  );
  return sectionOf({
    prompt,
    current: now,
    previous: celled.slice(before.length - previous.length, before.length),
    isExact: read.isExact,
    labels: labelsByVersion(standingAfter(moves)),
    tests: testsOf(now, celled.slice(0, before.length), margins),
    deployments,
    incidents: incidents.map(incidentOf),
    rollouts: rollouts.map(rolloutOf),
    leftovers: last ? leftoversOf({ prompt, moves, latest }, last.day, counts) : [],
  });
}

/** Versions that are the prompt's own, not its fallback. */
export const isOwnVersion = ({ version }: { version: number }): boolean =>
  promptVersionOf(version) !== null;
