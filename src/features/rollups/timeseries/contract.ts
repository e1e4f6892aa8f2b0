import { z } from "zod";

import { inOrder, Instant, Interval, Narrowing, Shares, Versions } from "../contract.ts";
import { isMeasure, type Measure, MEASURES } from "../model.ts";

export const GRANULARITIES = ["minute", "hour", "day"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

export const STATISTICS = [
  "count",
  "rate",
  "sum",
  "mean",
  "sd",
  "p50",
  "p95",
  "p99",
  "share",
] as const;
export type Statistic = (typeof STATISTICS)[number];

/** What a series is of. `count`: generations; `errors`: failed ones; else values of generations, or scores. */
export type SeriesMetric =
  | { kind: "count" }
  | { kind: "errors" }
  | { kind: "measure"; measure: Measure }
  | { kind: "score"; name: string };

const SCORE_PREFIX = "score:";
const SHORT: Record<string, Measure> = {
  latency: "latencyMs",
  ttft: "timeToFirstTokenMs",
  timeToFirstToken: "timeToFirstTokenMs",
  cost: "costUsd",
  inputCost: "inputCostUsd",
  outputCost: "outputCostUsd",
  cachedCost: "cachedCostUsd",
};
const KNOWN = ["count", "errors", ...Object.keys(MEASURES), `${SCORE_PREFIX}<name>`].join(", ");

function metricOf(text: string): SeriesMetric | undefined {
  if (text === "count" || text === "errors") return { kind: text };
  const measure = SHORT[text] ?? text;
  if (isMeasure(measure)) return { kind: "measure", measure };
  const name = text.startsWith(SCORE_PREFIX) ? text.slice(SCORE_PREFIX.length) : "";
  return name === "" ? undefined : { kind: "score", name };
}

export const MetricName = z
  .string({ error: `is required: one of ${KNOWN}` })
  .transform((text, context) => {
    const metric = metricOf(text);
    if (metric) return metric;
    context.addIssue({ code: "custom", message: `must be one of ${KNOWN}` });
    return z.NEVER;
  });

/** The statistics that a metric has; `n` is always told. */
export const STATISTICS_OF: Record<SeriesMetric["kind"], readonly Statistic[]> = {
  count: ["count", "rate"],
  errors: ["count", "rate"],
  measure: ["count", "sum", "mean", "sd", "p50", "p95", "p99"],
  score: ["count", "sum", "mean", "sd", "p50", "p95", "p99", "share"],
};

const isStatistic = (text: string): text is Statistic =>
  (STATISTICS as readonly string[]).includes(text);

/** A chart stacks the parts of one thing; the cost has three. */
const MAX_ALSO = 2;

const AlsoMetrics = z.string().transform((text, context) => {
  const metrics = text.split(",").map((part) => metricOf(part.trim()));
  const measures = metrics.filter((metric) => metric?.kind === "measure");
  if (measures.length === metrics.length && metrics.length <= MAX_ALSO) return measures;
  const message = `must be at most ${MAX_ALSO} of ${Object.keys(MEASURES).join(", ")} between commas`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const Statistics = z.string().transform((text, context) => {
  const names = [...new Set(text.split(",").map((part) => part.trim()))];
  const known = names.filter(isStatistic);
  if (known.length === names.length) return known;
  const message = `must be one of ${STATISTICS.join(", ")}, or several between commas`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

export const TimeseriesQuery = z
  .object({
    metric: MetricName.describe(KNOWN),
    also: AlsoMetrics.optional().describe(
      "More metrics of tokens, cost or time beside one of them, between commas, in one answer.",
    ),
    statistic: Statistics.optional().describe(
      `Of ${STATISTICS.join(", ")}, one or several between commas; all that the metric has when absent.`,
    ),
    version: Versions.optional().describe(
      "One, several between commas or repeated; all with traffic when absent.",
    ),
    source: z.string().min(1).optional().describe("Scores of one source only."),
    granularity: z.enum(GRANULARITIES).default("hour"),
    from: Instant.optional(),
    to: Instant.optional().describe("Exclusive; now when absent."),
    intervals: z
      .enum(["true", "false"])
      .transform((flag) => flag === "true")
      .optional()
      .describe("true: every point has the 95 % intervals of its statistics; fewer points then."),
    ...Narrowing,
  })
  .superRefine(inOrder)
  .superRefine(({ metric, also }, context) => {
    if (also === undefined || metric.kind === "measure") return;
    const message = `goes with a metric of ${Object.keys(MEASURES).join(", ")} only`;
    context.addIssue({ code: "custom", path: ["also"], message });
  })
  .superRefine(({ metric, statistic = [] }, context) => {
    const has = STATISTICS_OF[metric.kind];
    const lacks = statistic.filter((one) => !has.includes(one));
    if (lacks.length === 0) return;
    const message = `this metric has no ${lacks.join(", ")}; it has ${has.join(", ")}`;
    context.addIssue({ code: "custom", path: ["statistic"], message });
  });
export type TimeseriesQuery = z.infer<typeof TimeseriesQuery>;

const known = z.number().nullable().optional();

/** One step of a series. Only what was asked for and the metric has is there; unknown is null. */
const Point = z.object({
  at: z.iso.datetime(),
  n: z.int().describe("Generations of a count or of errors, else values."),
  count: z.int().optional().describe("Generations, failed generations, or values."),
  rate: known.describe("Generations per minute; of errors, the share of generations that failed."),
  sum: known,
  mean: known,
  sd: known.describe("Standard deviation of a sample; null below two values."),
  p50: known,
  p95: known,
  p99: known,
  counts: z.record(z.string(), z.int()).nullable().optional().describe("Values per category."),
  share: z.record(z.string(), z.number()).nullable().optional().describe("Of n, per category."),
  intervals: z
    .partialRecord(z.enum(STATISTICS), Interval)
    .optional()
    .describe("Of mean, quantiles and the rate of errors, where they were asked for."),
  shares: Shares.optional().describe("Shares with their intervals, where they were asked for."),
});
export type Point = z.infer<typeof Point>;

export const TimeseriesEvent = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  label: z.string(),
  from: z.int().nullable(),
  to: z.int().nullable(),
  kind: z.enum(["move", "dependency", "split"]),
  reason: z.string().nullable(),
});
export type TimeseriesEvent = z.infer<typeof TimeseriesEvent>;

/** One metric over time, a line for each version and data type. */
const MetricLines = z.object({
  metric: z.string(),
  unit: z.string(),
  data: z.array(
    z.object({
      version: z.int(),
      dataType: z.string().nullable().describe("Of a score; null for all else."),
      points: z.array(Point),
      observations: z.string().describe("Path of the generations behind the numbers."),
    }),
  ),
});
export type MetricLines = z.infer<typeof MetricLines>;

export const Timeseries = MetricLines.extend({
  granularity: z.enum(GRANULARITIES),
  stepSeconds: z.int(),
  note: z.string().nullable().describe("Where the answer is not quite what was asked for."),
  from: z.iso.datetime().describe("Start of the first step."),
  to: z.iso.datetime().describe("End of the last step."),
  also: z.array(MetricLines).optional().describe("Of the metrics in `also`, in their order."),
  deployments: z
    .array(TimeseriesEvent)
    .describe("Moves of labels inside the range, the newest 500."),
});
export type Timeseries = z.infer<typeof Timeseries>;
