import type { Scope } from "../../../../platform/scope.ts";
import { observationsPath } from "../../../rollups/model.ts";
import type { Cell } from "../../../rollups/model.ts";
import { comparedMetrics } from "../../metrics.ts";
import { statOf, trialsOf } from "../../metrics.ts";
import type { ComparedMetric, FrozenBaseline } from "../../model.ts";
import {
  modelsOf,
  pairStages,
  readRange,
  readStages,
  readUsersEffect,
  type StagedCells,
  type Subject,
  totalOf,
} from "../../reads/actions.ts";
import { clusteredUsers, modelMix, scoreCoverage, type Warning } from "../../warnings.ts";
import {
  forecastOf,
  judgeVariant,
  type JudgedVariant,
  ratioOfArms,
  variantLines,
  winnerOf,
} from "../analysis.ts";
import type { AbReport, AbTest } from "../contract.ts";
import type { Course } from "../course.ts";
import type { AbDefinition, Unit } from "../model.ts";
import type { StoredTest } from "../store.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const UNIT_SAYS: Record<Unit, string> = {
  request: "Every request is drawn by itself",
  key: "A targeting key always gets the same arm",
  process: "A process that caches the prompt keeps its arm for a minute",
};

/** Values of a metric in a cell. */
function valuesIn(metric: ComparedMetric, cell: Cell, baseline: FrozenBaseline | null): number {
  const isShare = metric.kind === "events" || metric.kind === "share";
  return isShare ? trialsOf(metric, cell, baseline).trials : statOf(metric, cell).n;
}

type Frame = {
  test: StoredTest;
  subject: Subject;
  versions: number[];
  staged: StagedCells;
  recent: { cells: Map<number, Cell>; hours: number };
  designEffect: number;
};

function countsOf({ staged, versions }: Frame): { counts: number[] }[] {
  return staged.stages.map(({ cells }) => ({
    counts: versions.map((version) => totalOf(cells, version).n),
  }));
}

const untold = (shares: readonly number[] | null, i: number): number | null => {
  if (!shares) return null;
  const [control = 0, own = 0] = [shares[0], shares[i]];
  return own / (own + control);
};

function variantsOf(
  { test, staged, versions, designEffect }: Frame,
  course: Course,
  isLive: boolean,
  mismatch: boolean,
): { variants: JudgedVariant[]; metrics: ComparedMetric[] } {
  const { baseline, alpha, margins } = test.definition;
  const cells = versions.map((version) => totalOf(staged.all, version));
  const metrics = comparedMetrics(cells, new Map(margins), baseline);
  const [control = 0, ...others] = versions;
  const terms = { isLive, designEffect, alpha, baseline, mismatch };
  const variants = others.map((candidate, i) => {
    const shares = course.stages.map((stage) => untold(stage.shares, i + 1));
    const stages = pairStages(staged, { control, candidate }, shares);
    const arms = {
      control: totalOf(staged.all, control),
      candidate: totalOf(staged.all, candidate),
    };
    return judgeVariant(candidate, arms, metrics, { stages, terms });
  });
  return { variants, metrics };
}

/** Values of the primary metric that a variant and the control got an hour, lately. */
function perHourOf(
  primary: ComparedMetric | undefined,
  { recent, test }: Frame,
  versions: readonly number[],
): number {
  if (!primary || recent.hours === 0) return 0;
  const values = versions.map((version) => {
    const cell = recent.cells.get(version);
    return cell ? valuesIn(primary, cell, test.definition.baseline) : 0;
  });
  return values.reduce((sum, n) => sum + n, 0) / recent.hours;
}

const NO_PRIMARY = "Not known yet: nothing of the primary metric has been seen.";

function warningsOf({ staged, versions }: Frame, metrics: readonly ComparedMetric[]): Warning[] {
  const [control = 0, ...others] = versions;
  return others.flatMap((candidate) => [
    ...modelMix(modelsOf(staged.all, candidate), modelsOf(staged.all, control)),
    ...scoreCoverage(metrics, totalOf(staged.all, candidate), totalOf(staged.all, control)),
  ]);
}

async function readFrame(scope: Scope, test: StoredTest, course: Course) {
  const { arms, unit } = test.definition;
  const versions = arms.map(({ version }) => version);
  const subject: Subject = { prompt: test.prompt, environment: null, model: null };
  const fromMs = course.stages[0]?.fromMs ?? scope.now.getTime();
  const toMs = course.stages.at(-1)?.toMs ?? fromMs;
  const recentMs = { fromMs: Math.max(fromMs, toMs - DAY_MS), toMs };
  const [staged, recent, users] = await Promise.all([
    readStages(scope, subject, versions, course.stages),
    readRange(scope, subject, versions, recentMs),
    readUsersEffect(
      scope,
      subject,
      versions,
      { fromMs, toMs },
      unit === "process" ? "minutes" : "users",
    ),
  ]);
  const designEffect = users?.known ? users.effect : 1;
  const frame: Frame = {
    test,
    subject,
    versions,
    staged,
    recent: {
      cells: new Map(versions.map((version) => [version, totalOf(recent, version)])),
      hours: (recentMs.toMs - recentMs.fromMs) / HOUR_MS,
    },
    designEffect,
  };
  return { frame, users, fromMs, toMs };
}

const HOLM = "Holm over variants and decision metrics, Benjamini-Hochberg over the rest";

/** Whether the plan's end came, undisturbed: only then may the data be looked at once. */
function isPlannedEnd({ plannedEndMs }: AbDefinition, course: Course, test: StoredTest, now: Date) {
  if (plannedEndMs === null || plannedEndMs > now.getTime()) return false;
  const stopped = Math.min(course.stoppedMs ?? Infinity, test.endedAt?.getTime() ?? Infinity);
  return stopped >= plannedEndMs;
}

function designSays(unit: Unit, users: Awaited<ReturnType<typeof readUsersEffect>>) {
  const unknown = users
    ? `not known yet: ${users.cells} groups of units are filled`
    : "not known: no generation says whose it is";
  const factor = users?.known ? users.effect : null;
  const found = factor === null ? unknown : `${factor.toFixed(2)} generations tell as much as one`;
  return { factor, says: `${UNIT_SAYS[unit]}; design effect ${found}.` };
}

/** Everything a test says at this moment. */
export async function readReport(
  scope: Scope,
  test: StoredTest,
  course: Course,
  view: AbTest,
): Promise<AbReport> {
  const { definition } = test;
  const { frame, users, fromMs, toMs } = await readFrame(scope, test, course);
  const { staged, versions, designEffect } = frame;
  const isFixed = isPlannedEnd(definition, course, test, scope.now);
  const counts = countsOf(frame);
  const sampleRatio = ratioOfArms(
    versions,
    course.stages.map(({ shares }, i) => ({ shares, counts: counts[i]?.counts ?? [] })),
    designEffect,
  );
  const { variants, metrics } = variantsOf(frame, course, !isFixed, sampleRatio?.mismatch ?? false);
  const decision = new Set([definition.primaryMetric, ...definition.decisionMetrics]);
  const lines = variantLines(variants, decision, { baseline: definition.baseline, designEffect });
  const isOver = view.state === "over" || view.state === "promoted";
  const primary = metrics.find(({ id }) => id === definition.primaryMetric);
  const path = (version: number): string =>
    observationsPath({ ...frame.subject, version, fromUs: fromMs * 1000, toUs: toMs * 1000 });
  const [control = 0] = versions;
  const told = variants.map(({ version, judged, arms }, i) => {
    const main = judged.find(({ metric }) => metric === primary);
    const perHour = perHourOf(primary, frame, [control, version]);
    return {
      version,
      label: definition.arms.find((arm) => arm.version === version)?.label ?? null,
      count: arms.candidate.n,
      metrics: lines[i] ?? [],
      forecast: {
        ...(main
          ? forecastOf(main, { designEffect, perHour }, definition.alpha)
          : { have: 0, need: null, hours: null, says: NO_PRIMARY }),
        ...(isOver ? { hours: null, says: "The test is over: nothing more comes." } : {}),
      },
      observations: path(version),
    };
  });
  const { outcome } = test;
  return {
    ...view,
    intervals: isFixed ? "fixed horizon" : "always valid",
    notes: course.notes,
    sampleRatio,
    designEffect: designSays(definition.unit, users),
    variants: told,
    control: {
      version: control,
      count: totalOf(staged.all, control).n,
      observations: path(control),
    },
    winner: winnerOf(told, definition),
    warnings: [...clusteredUsers(users), ...warningsOf(frame, metrics)],
    outcome: outcome && {
      winner: outcome.winner,
      reason: outcome.reason,
      label: outcome.label,
      chosenBy: outcome.chosenBy,
    },
    method: {
      version: definition.method,
      alpha: definition.alpha,
      multiplicity: HOLM,
      margins: Object.fromEntries(definition.margins),
      baseline: definition.baseline,
    },
  };
}
