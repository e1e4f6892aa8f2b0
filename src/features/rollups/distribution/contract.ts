import { z } from "zod";

import { inOrder, Instant, Narrowing, Versions } from "../contract.ts";
import { MetricName } from "../timeseries/contract.ts";

export const DistributionQuery = z
  .object({
    metric: MetricName.describe("A line of the metrics such as latencyMs, or score:<name>."),
    version: Versions.optional().describe("One, several between commas or repeated; else all."),
    source: z.string().min(1).optional().describe("Scores of one source only."),
    from: Instant.optional().describe("First instant; all time when absent."),
    to: Instant.optional().describe("End of the range, exclusive; now when absent."),
    ...Narrowing,
  })
  .superRefine(inOrder)
  .superRefine(({ metric }, context) => {
    if (metric.kind === "measure" || metric.kind === "score") return;
    const message = `${metric.kind} has no distribution: a generation has no value of it`;
    context.addIssue({ code: "custom", path: ["metric"], message });
  });
export type DistributionQuery = z.infer<typeof DistributionQuery>;

const Bin = z.object({
  low: z.number().describe("Exclusive, but where low and high are one value."),
  high: z.number(),
  count: z.int(),
});
export type Bin = z.infer<typeof Bin>;

/** How often which values occur. */
export const Distributions = z.object({
  metric: z.string(),
  unit: z.string(),
  scale: z
    .enum(["log", "linear"])
    .describe("log: edges of bins are a fixed ratio apart; linear: a fixed amount."),
  data: z.array(
    z.object({
      version: z.int(),
      dataType: z.string().nullable().describe("Of a score; null for all else."),
      n: z.int(),
      bins: z
        .array(Bin)
        .nullable()
        .describe("Those that hold something, of edges that all versions share; null: no numbers."),
      categories: z.record(z.string(), z.int()).nullable().describe("null: numbers."),
      observations: z.string().describe("Path of the generations behind the numbers."),
    }),
  ),
});
export type Distributions = z.infer<typeof Distributions>;
