import { z } from "zod";

import { METRIC_NAMES, RATIO_METRICS } from "../../comparisons/contract.ts";
import { Label, PromptName } from "../../prompts/contract.ts";
import { MEASURES } from "../../rollups/model.ts";
import {
  BUDGET_PERIODS,
  DRIFT_HOURS,
  metricOf,
  RELATIVE_STATISTICS,
  type Statistic,
  STATISTICS,
  STATISTICS_OF,
  VOLUME_WATCHES,
  WINDOW_MINUTES,
} from "../model.ts";
import { common, valued, windowed } from "./common/contract.ts";

/*
 * What a monitor is, kind by kind. The same schema reads what a client sends and what is stored, so
 * a change of one field is checked as a whole.
 */

const Version = z.int().min(1);
const KNOWN = ["count", "errors", ...Object.keys(MEASURES), "score:<name>"].join(", ");
const COMPARED = [...METRIC_NAMES, "score:<name>"].join(", ");
/** A gap shorter than this is no silence: `no data` is said after so many windows. */
const MISSING_WINDOWS = 3;

const MetricName = z
  .string({ error: `is required: one of ${KNOWN}` })
  .max(200)
  .refine((name) => metricOf(name) !== undefined, `must be one of ${KNOWN}`)
  .describe(KNOWN);

const isCompared = (name: string): boolean => METRIC_NAMES.has(name) || /^score:./.test(name);
const ComparedName = z
  .string({ error: `is required: one of ${COMPARED}` })
  .max(200)
  .refine(isCompared, `must be one of ${COMPARED}`);

const positive = (what: string) => z.number().positive(`${what} must be above 0`);

/** Which version is watched; neither: see the kind. */
const subject = {
  label: Label.optional().describe("The version that this label points at."),
  version: Version.optional().describe("This version, whatever points at it."),
};

const windowMinutes = z
  .literal(WINDOW_MINUTES, `must be one of ${WINDOW_MINUTES.join(", ")}`)
  .default(60);
const minN = z
  .int()
  .min(1)
  .max(1_000_000)
  .optional()
  .describe("Values that a window needs; at least what the interval of the statistic takes.");
const category = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe("Of a share: True and False for a BOOLEAN score.");

const Threshold = z.strictObject({
  kind: z.literal("threshold"),
  ...common,
  ...windowed,
  ...valued,
  prompt: PromptName,
  ...subject,
  metric: MetricName,
  statistic: z.enum(STATISTICS),
  category,
  above: z.number().optional().describe("In the unit of the metric: ms, USD, tokens, a share."),
  below: z.number().optional(),
  windowMinutes,
  minN,
});

const Relative = z.strictObject({
  kind: z.literal("relative"),
  ...common,
  ...windowed,
  ...valued,
  prompt: PromptName,
  ...subject,
  metric: MetricName,
  statistic: z.enum(STATISTICS),
  category,
  against: z
    .union([z.literal("previous"), Version])
    .default("previous")
    .describe("The version before it on its label, or a fixed one: its last week before."),
  increase: positive("increase").optional().describe("0.1: fires at ten percent more."),
  decrease: positive("decrease").max(1, "at most 1").optional(),
  windowMinutes,
  minN,
});

const Drift = z.strictObject({
  kind: z.literal("drift"),
  ...common,
  ...windowed,
  ...valued,
  prompt: PromptName,
  ...subject,
  metric: ComparedName.describe(COMPARED),
  margin: positive("margin").optional().describe("As in a comparison; its default when absent."),
  windowHours: z.literal(DRIFT_HOURS, `must be one of ${DRIFT_HOURS.join(", ")}`).default(24),
});

const Volume = z.strictObject({
  kind: z.literal("volume"),
  ...common,
  ...windowed,
  prompt: PromptName,
  watch: z
    .array(z.enum(VOLUME_WATCHES))
    .min(1, `at least one of ${VOLUME_WATCHES.join(", ")}`)
    .default([...VOLUME_WATCHES]),
});

const MARKS = [0.5, 0.8, 1, "forecast"] as const;
const Budget = z.strictObject({
  kind: z.literal("budget"),
  ...common,
  prompt: PromptName.optional().describe("All prompts of the project when absent."),
  period: z.enum(BUDGET_PERIODS),
  limitUsd: positive("limitUsd").max(1e9),
  marks: z
    .array(z.literal(MARKS, `must be one of ${MARKS.join(", ")}`))
    .min(1, "at least one mark")
    .default([...MARKS])
    .describe("Shares of the limit; forecast: it will be passed before the period ends."),
});

const Regression = z.strictObject({
  kind: z.literal("regression"),
  ...common,
  prompt: PromptName.optional().describe("All prompts when absent."),
  labels: z
    .array(Label.refine((label) => label !== "latest", "latest moves with each new version"))
    .min(1, "at least one label")
    .max(20, "at most 20 labels")
    .default(["production"])
    .describe("Deployments of these labels are judged."),
  metrics: z
    .array(ComparedName)
    .min(1, "at least one metric")
    .max(50)
    .optional()
    .describe("latencyMs, costUsd, errors and every score that has a margin, when absent."),
  margins: z
    .record(ComparedName, positive("a margin"))
    .default({})
    .describe("In place of the defaults of a comparison."),
});

type Issue = (path: string, message: string) => void;

function requireStatistic(
  rule: { metric: string; statistic: Statistic; category?: string | undefined },
  allowed: typeof STATISTICS_OF,
  issue: Issue,
): void {
  const metric = metricOf(rule.metric);
  if (!metric) return;
  const has = allowed[metric.of];
  if (!has.includes(rule.statistic)) {
    const hint =
      has.length > 0 ? `it has ${has.join(", ")}` : "use a threshold or a volume monitor";
    issue("statistic", `${rule.metric} has no ${rule.statistic} here; ${hint}`);
  }
  if ((rule.statistic === "share") !== (rule.category !== undefined)) {
    issue("category", "belongs to the statistic share, which needs it");
  }
}

function requireOne(a: [string, unknown], b: [string, unknown], issue: Issue): void {
  if ((a[1] === undefined) === (b[1] === undefined)) {
    issue(a[0], `say either ${a[0]} or ${b[0]}`);
  }
}

function requireSubject(
  { label, version }: { label?: string | undefined; version?: number | undefined },
  issue: Issue,
): void {
  if (label !== undefined && version !== undefined) {
    issue("version", "say either label or version, not both");
  }
}

type Valued = z.infer<typeof Threshold | typeof Relative | typeof Drift>;

function requireSilence(rule: Valued, issue: Issue): void {
  const { noDataMinutes } = rule;
  if (noDataMinutes === undefined) return;
  const window = rule.kind === "drift" ? rule.windowHours * 60 : rule.windowMinutes;
  const least = MISSING_WINDOWS * window;
  if (noDataMinutes < least) issue("noDataMinutes", `must be at least ${least}: three windows`);
  const watchesEach = rule.kind === "threshold" && rule.label === undefined;
  if (watchesEach && rule.version === undefined) {
    issue("noDataMinutes", "needs a label or a version: of all that were used, some were replaced");
  }
}

function requireMargin(path: string, metric: string, margin: number, issue: Issue): void {
  if (RATIO_METRICS.has(metric) && margin <= 1) {
    issue(path, `the margin of ${metric} is a ratio and must be above 1`);
  }
}

type AnyRule = z.infer<
  | typeof Threshold
  | typeof Relative
  | typeof Drift
  | typeof Volume
  | typeof Budget
  | typeof Regression
>;

function check(rule: AnyRule, issue: Issue): void {
  if ("noDataMinutes" in rule) requireSilence(rule, issue);
  switch (rule.kind) {
    case "threshold":
      requireOne(["above", rule.above], ["below", rule.below], issue);
      requireStatistic(rule, STATISTICS_OF, issue);
      return requireSubject(rule, issue);
    case "relative":
      requireOne(["increase", rule.increase], ["decrease", rule.decrease], issue);
      requireStatistic(rule, RELATIVE_STATISTICS, issue);
      return requireSubject(rule, issue);
    case "drift":
      if (rule.margin !== undefined) requireMargin("margin", rule.metric, rule.margin, issue);
      return requireSubject(rule, issue);
    case "regression":
      for (const [metric, margin] of Object.entries(rule.margins)) {
        requireMargin(`margins.${metric}`, metric, margin, issue);
      }
      return;
    case "volume":
    case "budget":
      return;
  }
}

/** A monitor as it is created. */
export const Rule = z
  .discriminatedUnion("kind", [Regression, Threshold, Relative, Drift, Volume, Budget])
  .superRefine((rule, context) => {
    check(rule, (path, message) =>
      context.addIssue({ code: "custom", path: path.split("."), message }),
    );
  });
export type Rule = z.infer<typeof Rule>;
export type RuleOf<K extends Rule["kind"]> = Extract<Rule, { kind: K }>;
