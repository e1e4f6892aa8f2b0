import { logMoments } from "../../../lib/stats/bins.ts";
import {
  forecastRollout,
  hoursToDecide,
  type PlannedGuardrail,
} from "../../../lib/stats/forecast.ts";
import { momentsOfSums, momentsOfTrials, varianceOf } from "../../../lib/stats/moments.ts";
import { thresholdBin, winsorisedMoments } from "../../../lib/stats/winsorised.ts";
import { type CohortMetric, SCORE_SCALE } from "../../rollups/model.ts";
import type { Forecast } from "../contract.ts";
import { type Guardrail, percent, type Terms } from "../terms.ts";
import { badIn, type Facts, statIn } from "./facts.ts";

type Series<K extends CohortMetric["kind"]> = Extract<CohortMetric, { kind: K }>;

/** How often a guardrail gets a value, and what it spreads; `assumed` where nothing was there to tell. */
type Expected = { perGeneration: number; sd: number; rate: number; assumed: boolean };

const NANO_PER_USD = 1e9;
/** For want of data: the spread of logarithms, errors and bad scores of usual prompts. */
const ASSUMED: Expected = { perGeneration: 1, sd: 0.6, rate: 0.01, assumed: true };

const sdOf = (moments: { n: number; mean: number; m2: number }): number =>
  moments.n > 1 ? Math.sqrt(varianceOf(moments)) : 0;

const ofGenerations = ({ recent }: Facts, n: number): number => (recent.n > 0 ? n / recent.n : 1);

function ofLogs(facts: Facts, series: Series<"log">): Expected {
  const sketch = facts.recent.metrics.get(series.of)?.sketch;
  if (!sketch || sketch.n < 2) return ASSUMED;
  const { logs } = logMoments(sketch);
  return { perGeneration: ofGenerations(facts, logs.n), sd: sdOf(logs), rate: 0, assumed: false };
}

function ofCost(facts: Facts): Expected {
  const sketch = facts.recent.metrics.get("cost")?.sketch;
  if (!sketch || sketch.n < 2) return ASSUMED;
  const sd = sdOf(winsorisedMoments(sketch, thresholdBin(sketch, 0.99))) / NANO_PER_USD;
  return { perGeneration: ofGenerations(facts, sketch.n), sd, rate: 0, assumed: false };
}

function ofScores(facts: Facts, { of }: Series<"score">): Expected {
  const stat = statIn(facts.recent, of);
  const sd = stat.n > 1 ? sdOf(momentsOfSums(stat, SCORE_SCALE.perUnit)) : ASSUMED.sd;
  return { perGeneration: ofGenerations(facts, stat.n), sd, rate: 0, assumed: stat.n < 2 };
}

function ofBad(facts: Facts, series: Series<"bad">): Expected {
  const { n, bad } = badIn(statIn(facts.recent, series.of), series.categories);
  const sd = sdOf(momentsOfTrials(bad, n));
  return { perGeneration: ofGenerations(facts, n), sd, rate: n > 0 ? bad / n : 0, assumed: n < 2 };
}

function expectedOf({ series, baseline }: Guardrail, facts: Facts): Expected {
  if (series === null) {
    const { n, errors } = facts.recent;
    if (n < 2) return ASSUMED;
    const sd = sdOf(momentsOfTrials(errors, n));
    return { perGeneration: 1, sd, rate: errors / n, assumed: false };
  }
  switch (series.kind) {
    case "log":
      return ofLogs(facts, series);
    case "cost":
      return ofCost(facts);
    case "score":
      return ofScores(facts, series);
    case "slow":
      return { perGeneration: 1, sd: 0, rate: baseline?.value ?? 0.05, assumed: false };
    case "bad":
      return ofBad(facts, series);
  }
}

/** What the library forecasts from. A mean that never varied before gains nothing. */
function plannedOf(
  { metric: name, kind, bound }: Guardrail,
  { perGeneration, sd, rate }: Expected,
  generationsPerHour: number,
): PlannedGuardrail {
  const valuesPerHour = generationsPerHour * perGeneration;
  if (kind === "events") {
    return { name, kind, eventsPerHour: valuesPerHour * rate, marginRatio: bound };
  }
  return sd > 0
    ? { name, kind, valuesPerHour, sd, margin: bound }
    : { name, kind, valuesPerHour: 0, sd: 1, margin: bound };
}

const finite = (hours: number): number | null =>
  Number.isFinite(hours) ? Math.round(hours * 100) / 100 : null;

const count = (n: number): number | null => (Number.isFinite(n) ? Math.round(n) : null);

function messageOf(hours: number, finishes: boolean, maxHours: number, missing: string[]): string {
  if (finishes) return `Half of all such rollouts are promoted within ${finite(hours)} h.`;
  const why = missing.length > 0 ? `: not proven safe in time: ${missing.join(", ")}` : "";
  return `It cannot finish in ${maxHours} h at this traffic${why}.`;
}

/** Level at which one guardrail has to be harmed. */
const harmAlpha = ({ alphaHarm, guardrails }: Terms): number => alphaHarm / guardrails.length;

/**
 * How a rollout of a candidate that is no different would go at present traffic, all requests
 * independent. Only what is required for promotion holds it up.
 */
export function forecastOf(terms: Terms, facts: Facts, basedOn: Forecast["basedOn"]): Forecast {
  const { generationsPerHour } = facts;
  const all = terms.guardrails.map((guardrail) => {
    const expected = expectedOf(guardrail, facts);
    return { guardrail, expected, planned: plannedOf(guardrail, expected, generationsPerHour) };
  });
  const maxHours = terms.maxMinutes / 60;
  const plan = {
    generationsPerHour,
    guardrails: all.filter(({ guardrail }) => guardrail.required).map(({ planned }) => planned),
    stages: terms.stages.map(({ share, minMinutes }) => ({ share, minHours: minMinutes / 60 })),
    requiredToStep: terms.stages[0]?.requires ?? [],
    alphaSafe: terms.alphaSafe,
    maxHours,
  };
  const median = forecastRollout(plan, "median");
  const likely = forecastRollout(plan, "p90");
  const safeIn = new Map(median.guardrails.map(({ name, hours }) => [name, hours]));
  const late = median.guardrails.filter(({ hours }) => !(hours <= maxHours));
  const share = terms.stages.at(-1)?.share ?? 0.5;
  const harmIn = (planned: PlannedGuardrail, effectInMargins: number): number | null => {
    const alpha = harmAlpha(terms);
    return finite(hoursToDecide(planned, share, { effectInMargins, alpha, chance: "median" }));
  };
  return {
    generationsPerHour,
    basedOn,
    stages: median.stages.map(({ share, hours, treatmentN, controlN }) => ({
      share: percent(share),
      hours: finite(hours),
      candidate: count(treatmentN),
      control: count(controlN),
    })),
    guardrails: all.map(({ guardrail, expected, planned }) => ({
      metric: guardrail.metric,
      hoursToSafe: guardrail.required ? finite(safeIn.get(guardrail.metric) ?? Infinity) : null,
      hoursToHarm: { atMargin: harmIn(planned, 1), atTwiceMargin: harmIn(planned, 2) },
      note: expected.assumed ? "no values before: their spread is assumed" : guardrail.note,
    })),
    hours: finite(median.hours),
    hoursLikely: finite(likely.hours),
    finishes: median.finishes,
    message: messageOf(
      median.hours,
      median.finishes,
      maxHours,
      late.map(({ name }) => name),
    ),
  };
}
