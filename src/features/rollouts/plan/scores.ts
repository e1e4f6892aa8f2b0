import { DEFAULT_MARGINS } from "../../../lib/stats/margins.ts";
import type { ScoreConfig } from "../../projects/model.ts";
import { boundedName, SCORE_SCALE, type Stat } from "../../rollups/model.ts";
import { type RolloutUnit, scoreGuardrail } from "../model.ts";
import type { Guardrail } from "../terms.ts";
import { badIn, type Facts, scoreSeries, statIn } from "./facts.ts";
import { type Built, eventTest, unlessConstant, type Wish } from "./generations.ts";

export type ScoreWish = Wish & {
  direction?: "higher" | "lower" | undefined;
  bad?: readonly string[] | undefined;
};

/** Margin of a score whose config states its range, as a part of it. */
const MARGIN_OF_RANGE = 0.03;

type Of = { name: string; facts: Facts; unit: RolloutUnit; wish: ScoreWish };

const frame = ({ name, wish }: Of) => ({
  metric: scoreGuardrail(name),
  unit: "score",
  perUnit: 1,
  values: "bounded" as const,
  isGoodShare: false,
  required: wish.required ?? true,
  threshold: null,
  bad: null,
  note: null,
});

/** What the control's scores were before; null for none. */
const before = ({ facts: { baseline } }: Of, series: readonly string[]): Stat | null => {
  const stat = baseline && statIn(baseline, series);
  return stat && stat.n > 0 ? stat : null;
};

function numeric(config: ScoreConfig, of: Of): Built {
  const { name, unit, wish } = of;
  const { minValue: min, maxValue: max } = config;
  const direction = wish.direction ?? config.direction;
  if (min === null || max === null) return { because: "its score config states no range" };
  if (!direction) return { because: "its score config states no direction" };
  const series = scoreSeries(name, "NUMERIC", unit);
  const stat = before(of, series);
  const margin = wish.margin ?? MARGIN_OF_RANGE * (max - min);
  const guardrail: Guardrail = {
    ...frame(of),
    kind: "mean",
    series: { name: scoreGuardrail(name), kind: "score", of: series, min, max },
    margin: { scale: "raw", margin, better: direction },
    bound: margin,
    baseline: stat && { n: stat.n, value: Number(stat.sum) / stat.n / SCORE_SCALE.perUnit },
  };
  const isConstant = stat !== null && BigInt(stat.n) * stat.sumSq === stat.sum ** 2n;
  return unlessConstant(guardrail, of.wish, isConstant);
}

/** How many of the control's scores were bad before; null for none. */
function badBefore(of: Of, series: readonly string[], bad: readonly string[]) {
  const stat = before(of, series);
  const found = stat && badIn(stat, bad);
  return found && found.n > 0 ? { n: found.n, value: found.bad / found.n } : null;
}

function boolean(direction: "higher" | "lower" | null | undefined, of: Of): Built {
  const { name, unit, wish } = of;
  if (!direction) return { because: "its score config states no direction" };
  const series = scoreSeries(name, "BOOLEAN", unit);
  const isGoodShare = direction === "higher";
  const categories = isGoodShare ? ["False"] : ["True"];
  const bad = badBefore(of, series, categories);
  const margin = wish.margin ?? DEFAULT_MARGINS.passRate.margin;
  const guardrail: Guardrail = {
    ...frame(of),
    kind: "mean",
    series: { name: scoreGuardrail(name), kind: "bad", of: series, categories },
    margin: { scale: "raw", margin, better: direction },
    bound: margin,
    isGoodShare,
    unit: "share of true",
    baseline: bad && isGoodShare ? { n: bad.n, value: 1 - bad.value } : bad,
  };
  return unlessConstant(guardrail, of.wish, bad?.value === 0 || bad?.value === 1);
}

function categorical(config: ScoreConfig | undefined, of: Of): Built {
  const { name, unit, wish } = of;
  const bad = wish.bad ?? config?.badCategories ?? [];
  if (bad.length === 0) return { because: "nobody declared which of its categories are bad" };
  const series = scoreSeries(name, "CATEGORICAL", unit);
  const categories = [...new Set(bad.map(boundedName))];
  const base = badBefore(of, series, categories);
  const usual = DEFAULT_MARGINS.thumbsDown;
  const margin = { ...usual, margin: wish.margin ?? usual.margin };
  return {
    guardrail: {
      ...frame(of),
      series: { name: scoreGuardrail(name), kind: "bad", of: series, categories },
      margin,
      unit: "share of scores",
      baseline: base,
      bad: [...bad],
      ...eventTest(margin.margin, base, wish),
    },
  };
}

const TYPES = ["NUMERIC", "BOOLEAN", "CATEGORICAL"] as const;
type DataType = (typeof TYPES)[number];

/** Which type a score has where no config says: that which it had before, if it had one only. */
function typeSeen({ name, facts: { recent }, unit }: Of): DataType | undefined {
  const seen = TYPES.filter((type) => statIn(recent, scoreSeries(name, type, unit)).n > 0);
  return seen.length === 1 ? seen[0] : undefined;
}

/** A config's name may have been used before and archived. */
export const configOf = (configs: readonly ScoreConfig[], name: string): ScoreConfig | undefined =>
  configs.findLast((one) => one.name === name && !one.isArchived);

/** Whether the control got such scores, under names that guard; or only on traces, which do not. */
export function seenWhere(of: Pick<Of, "name" | "facts" | "unit">, type: DataType) {
  const { recent } = of.facts;
  const has = (unit: RolloutUnit): boolean =>
    statIn(recent, scoreSeries(of.name, type, unit)).n > 0;
  if (has(of.unit)) return "here";
  return has("key") ? "on traces" : "nowhere";
}

/** One guardrail of a score, frozen. */
export function scoreGuardrailOf(of: Of): Built {
  const config = configOf(of.facts.scoreConfigs, of.name);
  const type = config?.dataType ?? typeSeen(of);
  if (!type)
    return { because: `there is no score config ${of.name}, and the control has no such scores` };
  if (seenWhere(of, type) === "on traces") {
    return { because: "scores on traces and sessions guard only where the unit is key" };
  }
  const direction = of.wish.direction ?? config?.direction;
  switch (type) {
    case "NUMERIC":
      return config ? numeric(config, of) : { because: "no score config states its range" };
    case "BOOLEAN":
      return boolean(direction, of);
    case "CATEGORICAL":
      return categorical(config, of);
  }
}
