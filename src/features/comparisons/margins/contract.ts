import { z } from "zod";

import { METRIC_NAMES, RATIO_METRICS } from "../contract.ts";

export const MetricId = z
  .string()
  .max(200)
  .refine(
    (name) => METRIC_NAMES.has(name) || /^score:./.test(name),
    `must be one of ${[...METRIC_NAMES].join(", ")} or score:<name>`,
  );

const MAX_MARGINS = 100;

/** The largest differences that do not matter, by metric: ratios, a share of the mean for cost, plain amounts for scores. */
export const MarginValues = z
  .record(MetricId, z.number().positive("must be above 0"))
  .superRefine((margins, context) => {
    const entries = Object.entries(margins);
    if (entries.length > MAX_MARGINS) {
      context.addIssue({ code: "custom", message: `names more than ${MAX_MARGINS} metrics` });
    }
    for (const [metric, margin] of entries) {
      if (!RATIO_METRICS.has(metric) || margin > 1 || margin <= 0) continue;
      const message = `the margin of ${metric} is a ratio and must be above 1`;
      context.addIssue({ code: "custom", path: [metric], message });
    }
  });

export const PutMargins = z.object({
  margins: MarginValues.describe(
    "All that differ from what they would be otherwise; {} takes all away.",
  ),
});
export type PutMargins = z.infer<typeof PutMargins>;

/** The margins that verdicts use now. A numeric score without one here has that of its range. */
export const Margins = z.object({
  data: z.array(
    z.object({
      metric: z.string(),
      scale: z
        .enum(["log", "relative", "raw", "events"])
        .describe(
          "log, events: a ratio; relative: a share of the control's mean; raw: in the unit.",
        ),
      margin: z.number(),
      better: z.enum(["lower", "higher"]),
      setBy: z.enum(["prompt", "project", "default"]),
    }),
  ),
});
export type Margins = z.infer<typeof Margins>;
