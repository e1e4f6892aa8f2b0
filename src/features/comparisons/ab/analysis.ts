import { chanceToBeat } from "../../../lib/stats/chance-to-beat.ts";
import { anytimeP } from "../../../lib/stats/half-normal-mixture.ts";
import { marginOnScale, rateMargin } from "../../../lib/stats/margins.ts";
import { mergeMoments, type Moments, NO_MOMENTS, varianceOf } from "../../../lib/stats/moments.ts";
import { benjaminiHochberg, holm } from "../../../lib/stats/multiplicity.ts";
import { hoursUntil, valuesForHalfWidth } from "../../../lib/stats/sample-size.ts";
import { isMismatch, lnSrm } from "../../../lib/stats/srm.ts";
import { stratify } from "../../../lib/stats/stratify.ts";
import { degradationOf } from "../../../lib/stats/verdict.ts";
import { type Arms, type CellStage, linesOf, type Judged } from "../judge.ts";
import type { ComparedMetric, StageInput } from "../model.ts";
import { judgeRandomised, type Terms } from "../randomised.ts";
import { controlMean, strataOf } from "../strata.ts";
import type { AbReport } from "./contract.ts";
import type { AbDefinition } from "./model.ts";

type ReportLine = AbReport["variants"][number]["metrics"][number];

/** A variant with its tests. */
export type JudgedVariant = { version: number; judged: Judged[]; arms: Arms };

export const judgeVariant = (
  version: number,
  arms: Arms,
  metrics: readonly ComparedMetric[],
  { stages, terms }: { stages: readonly CellStage[]; terms: Terms },
): JudgedVariant => ({ version, arms, judged: judgeRandomised(metrics, stages, terms) });

/** Display only. @returns null where no difference can be estimated */
function chanceOf({ metric, stages }: Judged, designEffect: number): number | null {
  if (!metric.margin || metric.kind === "categories") return null;
  const pooled = stratify(strataOf(stages, designEffect));
  if (!pooled || !(pooled.variance > 0)) return null;
  const degradation = degradationOf(pooled.difference, metric.margin.better);
  return chanceToBeat({ degradation, variance: pooled.variance });
}

const raw = (ps: readonly number[]): number[] => [...ps];

/** Lines of all variants: Holm over variants and decision metrics, BH over the rest. */
export function variantLines(
  variants: readonly JudgedVariant[],
  decision: ReadonlySet<string>,
  { baseline, designEffect }: Pick<Terms, "baseline" | "designEffect">,
): ReportLine[][] {
  const all = variants.map(({ judged, arms }) =>
    linesOf(judged, { arms, baseline, aside: "none" }, raw).map((line, i): ReportLine => {
      const one = judged[i];
      return {
        ...line,
        isDecision: decision.has(line.metric),
        chanceToBeat: one ? chanceOf(one, designEffect) : null,
      };
    }),
  );
  adjust(
    all.flat().filter(({ isDecision }) => isDecision),
    holm,
  );
  adjust(
    all.flat().filter(({ isDecision }) => !isDecision),
    benjaminiHochberg,
  );
  return all;
}

/** Writes adjusted p-values into lines that were tested. */
function adjust(lines: readonly ReportLine[], by: (ps: readonly number[]) => number[]): void {
  const tests = lines.flatMap(({ test }) => (test ? [test] : []));
  const adjusted = by(tests.map(({ p }) => p));
  tests.forEach((test, i) => {
    test.adjustedP = adjusted[i] ?? test.p;
  });
}

/** Counts of all arms against their declared shares, over all stages. */
export function ratioOfArms(
  versions: readonly number[],
  stages: readonly { shares: readonly number[] | null; counts: readonly number[] }[],
  designEffect: number,
): AbReport["sampleRatio"] {
  if (stages.length === 0) return null;
  const total = stages.reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0);
  const arms = versions.map((version) => ({ version, count: 0, expectedShare: 0 }));
  const counted = [];
  for (const { shares, counts } of stages) {
    if (!shares) return null;
    const served = counts.reduce((a, b) => a + b, 0);
    arms.forEach((arm, i) => {
      arm.count += counts[i] ?? 0;
      arm.expectedShare += ((shares[i] ?? 0) * served) / Math.max(1, total);
    });
    counted.push(shares.map((weight, i) => ({ count: (counts[i] ?? 0) / designEffect, weight })));
  }
  const lnE = lnSrm(counted);
  return { arms, p: anytimeP(lnE), mismatch: isMismatch(lnE) };
}

/**
 * The variant that won: better on the primary metric by the adjusted test too, and worse on no
 * decision metric. Of several, the one with the largest chance. Null when none has.
 */
export function winnerOf(
  variants: readonly { version: number; metrics: readonly ReportLine[] }[],
  { primaryMetric, alpha }: Pick<AbDefinition, "primaryMetric" | "alpha">,
): number | null {
  const won = variants.filter(({ metrics }) => {
    const line = metrics.find(({ metric }) => metric === primaryMetric);
    const isProven = line?.verdict === "better" && (line.test?.adjustedP ?? 1) <= alpha;
    return isProven && metrics.every((one) => !one.isDecision || one.verdict !== "worse");
  });
  const chance = ({ metrics }: (typeof won)[number]): number =>
    metrics.find(({ metric }) => metric === primaryMetric)?.chanceToBeat ?? 0;
  return won.sort((a, b) => chance(b) - chance(a))[0]?.version ?? null;
}

/** All of both arms' values, on the scale of the sums. */
const pooled = (stages: readonly StageInput[], of: "candidate" | "control"): Moments =>
  stages.reduce<Moments>((sum, stage) => mergeMoments(sum, stage[of]), NO_MOMENTS);

/** The margin in the unit of the sums; null when there is none to be had. */
function marginFor({ kind, margin }: ComparedMetric, control: number): number | null {
  if (!margin || kind === "categories") return null;
  if (kind === "events") {
    return control > 0 && control < 1 ? rateMargin(margin.margin, control) : null;
  }
  if (margin.scale === "relative" && !(control > 0)) return null;
  return marginOnScale(margin, control);
}

type Traffic = {
  designEffect: number;
  /** Values of the primary metric an hour, of both arms. */
  perHour: number;
};

function timeText(hours: number): string {
  if (hours < 1) return "less than an hour";
  return hours < 48 ? `about ${Math.ceil(hours)} hours` : `about ${Math.ceil(hours / 24)} days`;
}

const UNKNOWN = { need: null, hours: null };

/** How long until the interval of the primary metric is narrow enough to call a nothing equivalent. */
export function forecastOf(
  { metric, stages }: Judged,
  { designEffect, perHour }: Traffic,
  alpha: number,
): AbReport["variants"][number]["forecast"] {
  const candidate = pooled(stages, "candidate");
  const control = pooled(stages, "control");
  const have = Math.round(candidate.n + control.n);
  const margin = marginFor(metric, controlMean(stages));
  const both = mergeMoments({ ...candidate, mean: 0 }, { ...control, mean: 0 });
  if (margin === null || candidate.n < 2 || control.n < 2 || !(varianceOf(both) > 0)) {
    const says =
      "Not known yet: it takes some values of the primary metric in both arms, and a margin.";
    return { have, ...UNKNOWN, says };
  }
  const need = valuesForHalfWidth(
    {
      sd: Math.sqrt(varianceOf(both)),
      share: candidate.n / have,
      margin,
      alpha,
      designEffect,
    },
    margin / 2,
  );
  const hours = hoursUntil(need, have, perHour);
  if (hours === 0) return { have, need, hours, says: "There is enough for an answer." };
  if (!Number.isFinite(hours)) {
    return {
      have,
      need,
      hours: null,
      says: "Never at present traffic: nothing came in the last day.",
    };
  }
  return { have, need, hours, says: `${timeText(hours)} more at present traffic.` };
}
