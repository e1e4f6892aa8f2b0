import { z } from "zod";

import { NamedPath, PromptName } from "../prompts/contract.ts";

const INSTANT = "must be an ISO 8601 date, or an instant with its offset";
export const Instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: INSTANT })
  .transform((text) => new Date(text));

const VERSIONS = /^[1-9]\d{0,8}( *, *[1-9]\d{0,8})*$/;
const MAX_VERSIONS = 100;

/** One version, or several between commas; each once. */
export const Versions = z
  .string()
  .regex(VERSIONS, "must be a whole number from 1, or several between commas")
  .transform((text) => [...new Set(text.split(",").map(Number))])
  .refine(({ length }) => length <= MAX_VERSIONS, `names more than ${MAX_VERSIONS} versions`);

/** Refuses a range that ends before it begins. */
export function inOrder(
  { from, to }: { from?: Date | undefined; to?: Date | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (from && to && from > to) {
    context.addIssue({ code: "custom", path: ["from"], message: "must not be after to" });
  }
}

/** What narrows every read of buckets. */
export const Narrowing = {
  environment: z.string().min(1).optional(),
  model: z.string().min(1).optional().describe("A model's normalised name."),
};

export const MetricsPath = NamedPath;
export const MetricsQuery = z
  .object({
    version: Versions.optional().describe("One, several between commas or repeated; else all."),
    from: Instant.optional().describe("First instant; all time when absent."),
    to: Instant.optional().describe("End of the range, exclusive; none when absent."),
    ...Narrowing,
  })
  .superRefine(inOrder);
export type MetricsQuery = z.infer<typeof MetricsQuery>;

const known = z.number().nullable();
export const Interval = z
  .object({
    low: known.describe("null: too few values, or nothing bounds it."),
    high: known,
    needs: z.int().nullable().describe("Values that an interval takes; null when it is there."),
  })
  .describe("95 %, for one look. Beside another version's it is no test: that is the comparison.");
const Estimate = Interval.extend({ value: known });
export const Shares = z
  .record(z.string(), Estimate)
  .describe("Of n, of the 50 most frequent, with Wilson's interval.");

const Distribution = z.object({
  n: z.int(),
  mean: known,
  min: known,
  p50: known,
  p95: known,
  p99: known,
  max: known,
  intervals: z
    .object({ mean: Interval, p50: Interval, p95: Interval, p99: Interval })
    .describe("Student's of the mean; of quantiles that of order statistics."),
});
const Summed = Distribution.extend({ total: known });

const ScoreLine = z.object({
  name: z.string(),
  source: z.string().nullable().describe("null: over all sources."),
  dataType: z.string(),
  n: z.int(),
  mean: known.optional(),
  min: known.optional(),
  p5: known.optional(),
  p50: known.optional(),
  p95: known.optional(),
  max: known.optional(),
  intervals: z
    .object({ mean: Interval, p5: Interval, p50: Interval, p95: Interval })
    .optional()
    .describe("Of numbers."),
  distribution: z
    .array(z.object({ value: z.number(), count: z.int() }))
    .nullable()
    .optional()
    .describe("How often each number was given; null where more than 50 differ."),
  categories: z.record(z.string(), z.int()).optional(),
  shares: Shares.optional(),
});

const VersionMetrics = z.object({
  version: z.int(),
  labels: z.array(z.string()),
  count: z.int(),
  countThroughLabel: z
    .int()
    .describe("Those of count that named a label, and were led to the version by it."),
  errors: z.int(),
  errorRate: Estimate.describe("errors of count, with Wilson's interval."),
  firstAt: z.iso.datetime().nullable().describe("First use in the range."),
  lastAt: z.iso.datetime().nullable().describe("Last use in the range."),
  firstEverAt: z.iso
    .datetime()
    .nullable()
    .describe("First use over all time, environments and models."),
  lastEverAt: z.iso.datetime().nullable(),
  latencyMs: Distribution,
  timeToFirstTokenMs: Distribution,
  inputTokens: Summed,
  outputTokens: Summed,
  totalTokens: Summed,
  costUsd: Summed,
  inputCostUsd: Summed,
  outputCostUsd: Summed,
  cachedCostUsd: Summed.describe("What of the input cost was for tokens read from a cache."),
  scores: z.array(ScoreLine),
  observations: z.string().describe("Path of the generations behind the numbers, newest first."),
});

/** Unknown is null. Quantiles are within 1 %, those of plain scores exact; all else is exact. */
export const Metrics = z.object({
  data: z.array(VersionMetrics),
  fallback: z.object({ count: z.int() }).describe("Generations with the app's own fallback text."),
  unresolved: z
    .object({ count: z.int() })
    .describe("Generations that named a label which pointed at no single version at their start."),
});
export type Interval = z.infer<typeof Interval>;
export type Estimate = z.infer<typeof Estimate>;
export type Distribution = z.infer<typeof Distribution>;
export type Summed = z.infer<typeof Summed>;
export type ScoreLine = z.infer<typeof ScoreLine>;
export type VersionMetrics = z.infer<typeof VersionMetrics>;
export type Metrics = z.infer<typeof Metrics>;

/** Days that one repair may cover. */
const MAX_DAYS = 7;
const MS_PER_DAY = 86_400_000;

const Day = z.iso.date({ error: "must be a day such as 2026-11-20", abort: true });
export const Repair = z
  .object({
    name: PromptName,
    version: z
      .int()
      .describe(
        "0: the prompt's fallback; -1: unresolved labels; -1 - n: version n found through a label.",
      ),
    from: Day.describe("First day, UTC."),
    to: Day.describe("Last day, UTC, inclusive."),
  })
  .superRefine(({ from, to }, context) => {
    const days = (Date.parse(to) - Date.parse(from)) / MS_PER_DAY + 1;
    if (days < 1) {
      context.addIssue({ code: "custom", path: ["from"], message: "must not be after to" });
    }
    if (days > MAX_DAYS) {
      const message = `must be at most ${MAX_DAYS} days after from`;
      context.addIssue({ code: "custom", path: ["to"], message });
    }
  });

/** `changed` buckets of the day were not what the rows say. */
export const Repaired = z.object({
  data: z.array(z.object({ day: z.iso.date(), changed: z.int() })),
});

/** The days of a repair, first to last. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += MS_PER_DAY) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}
