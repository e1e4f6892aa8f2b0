import { chiSquare } from "../../lib/stats/chi-square.ts";
import type { DesignEffect } from "../../lib/stats/design-effect.ts";
import { geometricRatio } from "../../lib/stats/geometric-ratio.ts";
import { compareProportions } from "../../lib/stats/newcombe.ts";
import { SRM_ALPHA } from "../../lib/stats/srm.ts";
import type { Cell } from "../rollups/model.ts";
import { inputOf, statOf } from "./metrics.ts";
import type { ComparedMetric } from "./model.ts";
import type { SampleRatioCheck } from "./randomised.ts";

/** What may make a difference that the prompt did not. */
export type Warning = {
  kind:
    | "model-mix"
    | "input-length"
    | "score-coverage"
    | "clustered-users"
    | "sample-ratio"
    | "label-links";
  message: string;
};

/** A difference that matters beside the margins of 10 %: half of one. */
const INPUT_MARGIN = 0.05;
const MIX_MARGIN = 0.05;
const ALPHA = 0.01;
const CLUSTER_MARGIN = 1.2;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

type Counts = ReadonlyMap<string, number>;

const totalOf = (counts: Counts): number => [...counts.values()].reduce((sum, n) => sum + n, 0);

const mixText = (counts: Counts): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([model, n]) => `${model || "unknown model"} ${percent(n / totalOf(counts))}`)
    .join(", ");

/** @param counts generations per model of each arm */
export function modelMix(candidate: Counts, control: Counts): Warning[] {
  const [nT, nC] = [totalOf(candidate), totalOf(control)];
  if (nT === 0 || nC === 0) return [];
  const models = new Set([...candidate.keys(), ...control.keys()]);
  const apart =
    [...models].reduce(
      (sum, model) =>
        sum + Math.abs((candidate.get(model) ?? 0) / nT - (control.get(model) ?? 0) / nC),
      0,
    ) / 2;
  const test = chiSquare(candidate, control);
  // Models that only one arm has may be too rare to test apart, and still be all of it.
  const isReal = test.tested ? test.p < ALPHA : apart > 0.5;
  if (apart < MIX_MARGIN || !isReal) return [];
  const message = `The model mix differs: candidate ${mixText(candidate)}; control ${mixText(control)}. Part of any difference may be the model's; ask for one model.`;
  return [{ kind: "model-mix", message }];
}

const INPUT: ComparedMetric = {
  id: "inputTokens",
  kind: "log",
  unit: "tokens",
  margin: null,
  perUnit: 1,
};

/** Whether one arm got longer inputs. */
export function inputLength(candidate: Cell, control: Cell): Warning[] {
  const test = geometricRatio({
    treatment: inputOf(INPUT, candidate, null),
    control: inputOf(INPUT, control, null),
  });
  if (!test.tested || test.p >= ALPHA || Math.abs(test.ratio - 1) < INPUT_MARGIN) return [];
  const more = test.ratio > 1 ? "longer" : "shorter";
  const message = `Inputs of the candidate are ${percent(Math.abs(test.ratio - 1))} ${more} than the control's: the prompt's own length, or other traffic. Latency and cost follow the input.`;
  return [{ kind: "input-length", message }];
}

const scoredOf = (metric: ComparedMetric, cell: Cell) => ({
  // Several scores may be on one generation; none counts twice for coverage.
  successes: Math.min(cell.n, statOf(metric, cell).n),
  trials: cell.n,
});

/** Whether the share of generations that got a score differs. */
export function scoreCoverage(
  metrics: readonly ComparedMetric[],
  candidate: Cell,
  control: Cell,
): Warning[] {
  if (candidate.n === 0 || control.n === 0) return [];
  return metrics
    .filter(({ id }) => id.startsWith("score:"))
    .flatMap((metric) => {
      const t = scoredOf(metric, candidate);
      const c = scoredOf(metric, control);
      if (compareProportions(t, c).p >= SRM_ALPHA) return [];
      const shares = [t, c].map(({ successes, trials }) => percent(successes / trials));
      const message = `Coverage of ${metric.id} differs: ${shares[0] ?? ""} of the candidate's generations have it, ${shares[1] ?? ""} of the control's. Scores that are missing are rarely missing at random.`;
      return [{ kind: "score-coverage" as const, message }];
    });
}

/** @param effects per arm and quantity, from the newest generations with a user */
export function clusteredUsers(effect: DesignEffect | null): Warning[] {
  if (!effect?.known || effect.effect < CLUSTER_MARGIN) return [];
  const message = `Generations of one user resemble each other: ${effect.effect.toFixed(1)} of them tell as much as one (design effect, over ${effect.cells} groups of users). Intervals of a randomised comparison are widened by it.`;
  return [{ kind: "clustered-users", message }];
}

/** Whether something drops or moves generations of one arm. */
export function mismatchWarning(ratio: SampleRatioCheck | null): Warning[] {
  if (!ratio?.mismatch) return [];
  const message = `The arms did not get the shares they were given: ${ratio.candidate} and ${ratio.control} generations of candidate and control, p = ${ratio.p.toPrecision(2)}. Something drops or moves generations of one version.`;
  return [{ kind: "sample-ratio", message }];
}

/** @param n generations that a label led to one of the versions */
export function labelLinks(n: number): Warning[] {
  if (n === 0) return [];
  const message = `${n} more generations named a label and not a version; they are led to these versions in the metrics, but a guess does not decide here.`;
  return [{ kind: "label-links", message }];
}
