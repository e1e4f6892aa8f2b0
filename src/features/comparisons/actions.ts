import { CONFIDENCE } from "../../lib/stats/interval.ts";
import type { Scope } from "../../platform/scope.ts";
import { throughLabel } from "../ingest/model.ts";
import { newestDeployments } from "../prompts/index.ts";
import { type KnownPrompt, requireKnown, usesEver } from "../rollups/index.ts";
import { observationsPath } from "../rollups/model.ts";
import { type Comparison, type ComparisonQuery, DEFAULT_DAYS, MAX_DAYS } from "./contract.ts";
import { hasHistory, planHours, takeoverOf } from "./followed.ts";
import { beforeAfterOutcome } from "./history.ts";
import { type Arms, type Judged, linesOf, untestedAll } from "./judge.ts";
import { marginsOf } from "./margins/actions.ts";
import { comparedMetrics } from "./metrics.ts";
import { ALPHA, type ComparedMetric, type FrozenBaseline, METHOD_VERSION } from "./model.ts";
import { judgeRandomised, sampleRatio, type SampleRatioCheck } from "./randomised.ts";
import {
  type ByModel,
  modelsOf,
  pairStages,
  type RangeMs,
  readBaseline,
  readHours,
  readRange,
  readStages,
  readUsersEffect,
  refuseFrom,
  requireBegun,
  splitEvents,
  type Subject,
  totalOf,
} from "./reads/actions.ts";
import { type Pairing, sharedSplit, type SharedSplit, stagesOf } from "./stages.ts";
import {
  clusteredUsers,
  inputLength,
  labelLinks,
  mismatchWarning,
  modelMix,
  scoreCoverage,
  type Warning,
} from "./warnings.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MAX_MOVES = 500;
const MULTIPLICITY =
  "Benjamini-Hochberg over the metrics that were tested; this list is for exploring";

/** @throws Refusal invalid_request for a range that the defaults turn around or make too long */
function rangeOf(query: ComparisonQuery, now: Date): RangeMs {
  requireBegun(query, now);
  const { from, to = now } = query;
  const isAhead = from !== undefined && from > now;
  const toMs = isAhead ? to.getTime() : Math.min(to.getTime(), now.getTime());
  const fromMs = from?.getTime() ?? toMs - DEFAULT_DAYS * DAY_MS;
  if (toMs - fromMs > MAX_DAYS * DAY_MS)
    throw refuseFrom(`must be at most ${MAX_DAYS} days before to`);
  return { fromMs, toMs };
}

type Question = {
  subject: Subject;
  pairing: Pairing;
  range: RangeMs;
  margins: ReadonlyMap<string, number>;
};

/** What a design found: its metrics and everything that is told of how. */
type Found = {
  design: Comparison["design"];
  judged: Judged[];
  cells: ByModel;
  baseline: FrozenBaseline | null;
  aside: "all" | "none";
  covered: RangeMs;
  designEffect: number;
  warnings: Warning[];
};

const armsOf = (cells: ByModel, { control, candidate }: Pairing): Arms => ({
  control: totalOf(cells, control),
  candidate: totalOf(cells, candidate),
});

const metricsOf = (
  { control, candidate }: Arms,
  margins: ReadonlyMap<string, number>,
  baseline: FrozenBaseline | null,
): ComparedMetric[] => comparedMetrics([control, candidate], margins, baseline);

function randomisedDesign(
  { label, split, isLive }: SharedSplit,
  sampleRatio: SampleRatioCheck | null,
): Comparison["design"] {
  const looks = isLive
    ? "The split is live, so intervals are always valid: look as often as you like."
    : "The split has ended, so this is one look at finished data.";
  return {
    kind: "randomised, concurrent",
    says: `Both versions ran at the same time under a split of label '${label}', and chance decided who got which: the difference is caused by the version. ${looks}`,
    live: isLive,
    label,
    split,
    deployedAt: null,
    windowHours: null,
    sampleRatio,
  };
}

async function randomised(
  scope: Scope,
  { subject, pairing, range, margins }: Question,
  split: SharedSplit,
): Promise<Found> {
  const { stages: planned, isLive } = split;
  const fromMs = planned[0]?.fromMs ?? range.fromMs;
  const toMs = planned.at(-1)?.toMs ?? range.toMs;
  const versions = [pairing.control, pairing.candidate];
  const [staged, baseline, users] = await Promise.all([
    readStages(scope, subject, versions, planned),
    readBaseline(scope, subject, pairing.control, fromMs),
    readUsersEffect(scope, subject, versions, { fromMs, toMs }),
  ]);
  const { all } = staged;
  const stages = pairStages(
    staged,
    pairing,
    planned.map(({ share }) => share),
  );
  const designEffect = users?.known ? users.effect : 1;
  const ratio = sampleRatio(stages, { isLive, designEffect });
  const mismatch = ratio?.mismatch ?? false;
  const terms = { isLive, designEffect, alpha: ALPHA, baseline, mismatch };
  const judged = judgeRandomised(metricsOf(armsOf(all, pairing), margins, baseline), stages, terms);
  const isOneStage = stages.length === 1 && !isLive && !mismatch;
  return {
    design: randomisedDesign(split, ratio),
    judged,
    cells: all,
    baseline,
    aside: isOneStage ? "all" : "none",
    covered: { fromMs, toMs },
    designEffect,
    warnings: [...mismatchWarning(ratio), ...clusteredUsers(users)],
  };
}

const NOT_RANDOMISED =
  "Before/after, not randomised: anything else that changed at the time (provider, traffic mix, model) is included.";

/** The tests of one version after the other, or numbers only. */
async function followed(
  scope: Scope,
  { subject, pairing, range, margins }: Question,
): Promise<Found> {
  const { prompt } = subject;
  const { control, candidate } = pairing;
  const [cells, moves, uses, users] = await Promise.all([
    readRange(scope, subject, [control, candidate], range),
    newestDeployments(scope, prompt, {
      from: new Date(0),
      to: new Date(range.toMs),
      kind: "move",
      limit: MAX_MOVES,
    }),
    usesEver(scope, prompt, [candidate]),
    readUsersEffect(scope, subject, [control, candidate], range),
  ]);
  const takeover = takeoverOf(moves, pairing, uses.get(candidate)?.first ?? null);
  const metrics = metricsOf(armsOf(cells, pairing), margins, null);
  const plan = planHours(takeover, range.toMs, scope.now.getTime());
  const judged = plan.possible
    ? await judgeHours(scope, { subject, pairing }, metrics, plan)
    : untestedAll(metrics, plan.because);
  const isTested = judged.some(({ outcome }) => outcome.tested);
  return {
    design: {
      kind: "before/after, not randomised",
      says: isTested
        ? NOT_RANDOMISED
        : `${NOT_RANDOMISED} Numbers only: too little history for a test, or too little of the candidate.`,
      live: false,
      label: takeover?.label ?? null,
      split: null,
      deployedAt: takeover && new Date(takeover.atMs).toISOString(),
      windowHours: plan.possible ? plan.length : null,
      sampleRatio: null,
    },
    judged,
    cells,
    baseline: null,
    aside: "none",
    covered: range,
    designEffect: users?.known ? users.effect : 1,
    warnings: clusteredUsers(users),
  };
}

const LITTLE_HISTORY =
  "too little history for a test: it takes 14 days of the control's hours before the deployment";

async function judgeHours(
  scope: Scope,
  { subject, pairing }: Pick<Question, "subject" | "pairing">,
  metrics: readonly ComparedMetric[],
  { startMs, length, historyHours }: { startMs: number; length: number; historyHours: number },
): Promise<Judged[]> {
  const [before, after] = await Promise.all([
    readHours(scope, subject, pairing.control, {
      fromMs: startMs - historyHours * HOUR_MS,
      hours: historyHours,
    }),
    readHours(scope, subject, pairing.candidate, { fromMs: startMs, hours: length }),
  ]);
  if (!hasHistory(before.map((cell) => cell?.n ?? 0))) return untestedAll(metrics, LITTLE_HISTORY);
  const hours = { hours: [...before, ...after], start: historyHours };
  return metrics.map((metric) => ({
    metric,
    outcome: beforeAfterOutcome(metric, hours, length),
    stages: [],
  }));
}

const iso = (ms: number): string => new Date(ms).toISOString();

function answerOf(question: Question, known: KnownPrompt, found: Found): Comparison {
  const { subject, pairing } = question;
  const { covered, cells, baseline, judged, aside, design, designEffect } = found;
  const arms = armsOf(cells, pairing);
  const metrics = judged.map(({ metric }) => metric);
  const arm = (version: number): Comparison["control"] => ({
    version,
    labels: [...(known.labels.get(version) ?? [])],
    count: totalOf(cells, version).n,
    observations: observationsPath({
      ...subject,
      version,
      fromUs: covered.fromMs * 1000,
      toUs: covered.toMs * 1000,
    }),
  });
  return {
    prompt: subject.prompt,
    from: iso(covered.fromMs),
    to: iso(covered.toMs),
    design,
    control: arm(pairing.control),
    candidate: arm(pairing.candidate),
    metrics: linesOf(judged, { arms, baseline, aside }),
    warnings: [
      ...found.warnings,
      ...modelMix(modelsOf(cells, pairing.candidate), modelsOf(cells, pairing.control)),
      ...inputLength(arms.candidate, arms.control),
      ...scoreCoverage(metrics, arms.candidate, arms.control),
    ],
    method: {
      version: METHOD_VERSION,
      confidence: CONFIDENCE,
      multiplicity: MULTIPLICITY,
      designEffect,
      baseline,
    },
  };
}

/**
 * Two versions of a prompt side by side: under a split as an experiment, else as before and after.
 *
 * @throws Refusal not_found for an unknown name or version, invalid_request for a range
 */
export async function readComparison(
  scope: Scope,
  name: string,
  query: ComparisonQuery,
): Promise<Comparison> {
  const { control, candidate, environment = null, model = null } = query;
  const range = rangeOf(query, scope.now);
  const [known, events, set] = await Promise.all([
    requireKnown(scope, name, [control, candidate]),
    splitEvents(scope, name, new Date(range.toMs)),
    marginsOf(scope, name),
  ]);
  const pairing = { control, candidate };
  const question: Question = {
    subject: { prompt: name, environment, model },
    pairing,
    range,
    margins: new Map([...set, ...(query.margins ?? [])]),
  };
  const split = sharedSplit(stagesOf(events), pairing, range);
  const found = split ? await randomised(scope, question, split) : await followed(scope, question);
  const guessed = await readRange(
    scope,
    question.subject,
    [throughLabel(control), throughLabel(candidate)].filter((one) => known.stored.includes(one)),
    found.covered,
  );
  const linked = [...guessed.keys()].reduce((sum, one) => sum + totalOf(guessed, one).n, 0);
  found.warnings.push(...labelLinks(linked));
  return answerOf(question, known, found);
}
