import { z } from "zod";

import { inOrder, Instant, Narrowing } from "../rollups/contract.ts";

const VersionNumber = z
  .string({ error: "is required: the number of a version" })
  .regex(/^[1-9]\d{0,8}$/, "must be a whole number from 1")
  .transform(Number);

const MARGINS = "must be pairs <metric>:<number> between commas, such as latencyMs:1.2";

/** Margins in place of the prompt's; ratios for latency, tokens and rates, else amounts. */
const Margins = z.string().transform((text, context) => {
  const margins = new Map<string, number>();
  for (const pair of text.split(",")) {
    const colon = pair.lastIndexOf(":");
    const [name, value] = [pair.slice(0, colon).trim(), Number(pair.slice(colon + 1))];
    if (colon < 1 || name === "" || !(value > 0 && Number.isFinite(value))) {
      context.addIssue({ code: "custom", message: MARGINS });
      return z.NEVER;
    }
    margins.set(name, value);
  }
  return margins;
});

/** Metrics whose margin is a ratio: 1 or less tolerates nothing. */
export const RATIO_METRICS = new Set([
  "latencyMs",
  "timeToFirstTokenMs",
  "outputTokens",
  "errors",
  "slowShare",
]);

/** Metrics of generations that have a margin; scores are named `score:<name>`. */
export const METRIC_NAMES = new Set([...RATIO_METRICS, "costUsd"]);

const DAY_MS = 86_400_000;
export const DEFAULT_DAYS = 30;
export const MAX_DAYS = 400;

export const ComparisonQuery = z
  .object({
    control: VersionNumber,
    candidate: VersionNumber,
    from: Instant.optional().describe(`First instant; ${DEFAULT_DAYS} days before to when absent.`),
    to: Instant.optional().describe(`Exclusive; now when absent. At most ${MAX_DAYS} days.`),
    margins: Margins.optional().describe(
      "Largest differences that do not matter, in place of the prompt's: latencyMs:1.2,score:quality:0.1",
    ),
    ...Narrowing,
  })
  .superRefine(inOrder)
  .superRefine(({ control, candidate, from, to, margins }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    if (control === candidate) issue("candidate", "must be another version than control");
    if (from && to && to.getTime() - from.getTime() > MAX_DAYS * DAY_MS) {
      issue("from", `must be at most ${MAX_DAYS} days before to`);
    }
    for (const [name, value] of margins ?? []) {
      if (!METRIC_NAMES.has(name) && !name.startsWith("score:")) {
        issue("margins", `there is no metric ${name} with a margin`);
      } else if (RATIO_METRICS.has(name) && value <= 1) {
        issue("margins", `the margin of ${name} is a ratio and must be above 1`);
      }
    }
  });
export type ComparisonQuery = z.infer<typeof ComparisonQuery>;

const Bounds = z.object({
  low: z.number().nullable().describe("null: no bound"),
  high: z.number().nullable(),
});

const Estimated = z.object({
  value: z.number().nullable(),
  interval: Bounds.nullable().describe("95 %; null while there are too few values."),
  needs: z.int().nullable().describe("Values that an interval takes; null when it is there."),
});

const ArmValue = z.object({
  n: z.int(),
  statistic: z.enum(["geometric mean", "mean", "share", "categories"]),
  estimate: Estimated,
  quantiles: z.record(z.enum(["p50", "p95", "p99"]), Estimated).nullable(),
  categories: z.record(z.string(), z.int()).nullable(),
  distribution: z
    .array(z.object({ value: z.number(), count: z.int() }))
    .nullable()
    .describe("How often each value of a score was given; null where more than 50 differ."),
});

const Sums = z.object({
  n: z.number(),
  mean: z.number(),
  m2: z.number().describe("Sum of squared deviations from the mean."),
  leftOut: z.int().describe("Values that are not positive, where logarithms are taken."),
});

const StageInputs = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  share: z.number().nullable().describe("Share of the candidate among the two."),
  candidate: Sums,
  control: Sums,
});

export const MetricLine = z.object({
  metric: z.string(),
  unit: z.string(),
  margin: z
    .object({
      scale: z.enum(["log", "relative", "raw", "events"]),
      margin: z.number(),
      better: z.enum(["lower", "higher"]),
    })
    .nullable()
    .describe("log, events: a ratio; relative: a share of the control's mean; raw: in the unit."),
  control: ArmValue,
  candidate: ArmValue,
  effect: z
    .object({
      unit: z.enum(["relative", "points", "ratio", "unit"]),
      estimate: z.number(),
      interval: Bounds,
    })
    .nullable()
    .describe("Candidate against control; positive, or a ratio above 1, is more."),
  test: z.object({ name: z.string(), p: z.number(), adjustedP: z.number() }).nullable(),
  verdict: z
    .enum(["worse", "better", "equivalent", "not enough data"])
    .nullable()
    .describe("null for categories that were tested: they have no better and worse."),
  why: z.string(),
  needs: z.int().nullable(),
  effectSize: z
    .object({ name: z.enum(["Hedges g", "Cohen h", "Cramér V"]), value: z.number() })
    .nullable(),
  chanceGreater: z
    .object({ value: z.number(), interval: Bounds, p: z.number() })
    .nullable()
    .describe("Chance that a random value of the candidate is greater than one of the control."),
  quantileRatios: z
    .array(
      z.object({
        quantile: z.enum(["p50", "p95", "p99"]),
        ratio: z.number().nullable(),
        interval: Bounds.nullable(),
        needs: z.int().nullable(),
      }),
    )
    .nullable(),
  placebo: z
    .object({
      hours: z.int(),
      windows: z.int(),
      asLarge: z.int().describe("Windows without a deployment that differed as much."),
      scale: z.number(),
    })
    .nullable(),
  inputs: z
    .object({
      stages: z.array(StageInputs),
      hours: z
        .object({ start: z.int(), hours: z.array(z.tuple([z.number(), z.number()])) })
        .nullable()
        .describe("Before/after: n and mean of each hour; the first `start` are the control's."),
      judged: z
        .object({ low: z.number().nullable(), high: z.number().nullable(), margin: z.number() })
        .nullable(),
    })
    .describe("From these the verdict can be recomputed, on the scale of its test."),
});

export const SampleRatio = z.object({
  control: z.int(),
  candidate: z.int(),
  expectedShare: z.number().nullable().describe("Of the candidate, over all stages."),
  p: z.number().describe("Live: always valid, 1/E."),
  mismatch: z.boolean(),
});

export const SampleRatioOfArms = z.object({
  arms: z.array(
    z.object({ version: z.int(), count: z.int(), expectedShare: z.number().nullable() }),
  ),
  p: z.number().describe("Always valid, 1/E."),
  mismatch: z.boolean(),
});

const Arm = z.object({
  version: z.int(),
  labels: z.array(z.string()),
  count: z.int(),
  observations: z.string().describe("Path of the generations behind the numbers."),
});

export const Warnings = z.array(
  z.object({
    kind: z.enum([
      "model-mix",
      "input-length",
      "score-coverage",
      "clustered-users",
      "sample-ratio",
      "label-links",
    ]),
    message: z.string(),
  }),
);

/** Exploratory: p-values are adjusted for what is shown, after Benjamini and Hochberg. */
export const Comparison = z.object({
  prompt: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  design: z.object({
    kind: z.enum(["randomised, concurrent", "before/after, not randomised"]),
    says: z.string(),
    live: z.boolean().describe("Live splits have always-valid intervals."),
    label: z.string().nullable(),
    split: z.string().nullable(),
    deployedAt: z.iso.datetime().nullable(),
    windowHours: z.int().nullable(),
    sampleRatio: SampleRatio.nullable(),
  }),
  control: Arm,
  candidate: Arm,
  metrics: z.array(MetricLine),
  warnings: Warnings,
  method: z.object({
    version: z.string(),
    confidence: z.number(),
    multiplicity: z.string(),
    designEffect: z.number(),
    baseline: z
      .object({
        n: z.int(),
        slowBin: z.int().nullable(),
        costCapBin: z.int().nullable(),
        costMean: z.number().nullable(),
      })
      .nullable()
      .describe("Taken from the control before the split began."),
  }),
});
export type Comparison = z.infer<typeof Comparison>;
