import { z } from "zod";

import { Label, NamedPath } from "../../prompts/contract.ts";
import { MetricLine, SampleRatioOfArms, Warnings } from "../contract.ts";
import { MarginValues, MetricId } from "../margins/contract.ts";
import { UNITS } from "./model.ts";

const Version = z.int().min(1);
const MAX_VARIANTS = 10;

const Weight = z.number().positive().max(10_000);

/** An A/B test, said before it starts. */
export const PutAb = z
  .object({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .describe("Said again before the start, it replaces the test."),
    label: Label.optional().describe("A label to be split between versions."),
    labels: z
      .array(Label)
      .min(2)
      .max(MAX_VARIANTS)
      .optional()
      .describe("Labels between which the app chooses, instead of a split label."),
    weights: z
      .array(
        z.union([
          z.object({ version: Version, weight: z.int().min(1).max(10_000) }),
          z.object({ label: Label, weight: Weight }),
        ]),
      )
      .min(2)
      .max(MAX_VARIANTS)
      .optional()
      .describe(
        "Of a split label: starts the split now; of 10,000 in all. Of labels: the shares that the app promises.",
      ),
    versions: z
      .array(Version)
      .min(2)
      .max(MAX_VARIANTS)
      .optional()
      .describe(
        "Arms of a label that is split later, by its own route; left out, those that the split then has.",
      ),
    unit: z.enum(UNITS),
    control: z
      .union([Version, Label])
      .describe("A version of a split label, or one of the labels."),
    primaryMetric: MetricId,
    decisionMetrics: z.array(MetricId).max(10).default([]).describe("Besides the primary one."),
    plannedEnd: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text))
      .optional()
      .describe("When it has come, the narrower fixed-horizon interval is used."),
    margins: MarginValues.default({}).describe(
      "In place of the prompt's; all of them are fixed when the test is set up.",
    ),
  })
  .superRefine((said, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    if ((said.label === undefined) === (said.labels === undefined)) {
      issue("label", "say either label, to split it, or labels, between which the app chooses");
    }
    if (said.weights && said.versions) {
      issue("versions", "say weights, which start the split, or versions, to start it later");
    }
    const named = said.labels ?? [];
    if (new Set(named).size < named.length) issue("labels", "names a label twice");
  });
export type PutAb = z.infer<typeof PutAb>;

export const AbPath = NamedPath.extend({ id: z.string() });

export const Promote = z.object({
  version: Version.optional().describe("The winner, where the data did not decide."),
  label: Label.optional().describe(
    "Which label to move; needed when the app chose between labels.",
  ),
  reason: z.string().trim().max(500).nullish(),
  force: z.boolean().optional().describe("Aborts a rollout that has the label by now."),
});
export type Promote = z.infer<typeof Promote>;

export const STATES = ["waiting", "running", "over", "promoted"] as const;

const Test = z.object({
  id: z.string(),
  prompt: z.string(),
  name: z.string(),
  state: z
    .enum(STATES)
    .describe("waiting for its split; running; over: planned end, or its split ended; promoted."),
  label: z.string().nullable(),
  arms: z.array(
    z.object({
      version: z.int(),
      label: z.string().nullable(),
      isControl: z.boolean(),
      share: z.number().nullable().describe("Declared; null when nobody did."),
    }),
  ),
  unit: z.enum(UNITS),
  primaryMetric: z.string(),
  decisionMetrics: z.array(z.string()),
  plannedEnd: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type AbTest = z.infer<typeof Test>;
export const AbTest = Test;
export const AbTests = z.object({ data: z.array(Test) });

const Line = MetricLine.extend({
  isDecision: z.boolean().describe("Of those, adjustedP is Holm's over all variants; else BH's."),
  chanceToBeat: z
    .number()
    .nullable()
    .describe("To be better than control, flat prior. For display: it peeks as a p-value does."),
});

const Forecast = z
  .object({
    have: z.int().describe("Values of the primary metric in both arms."),
    need: z.int().nullable(),
    hours: z.number().nullable().describe("null: never at present traffic, or not known yet."),
    says: z.string(),
  })
  .describe("Until the always-valid interval is half a margin wide to each side.");

export const AbReport = Test.extend({
  intervals: z.enum(["always valid", "fixed horizon"]),
  notes: z.array(z.string()),
  sampleRatio: SampleRatioOfArms.nullable().describe("null: no weights were declared."),
  designEffect: z.object({
    factor: z.number().nullable().describe("null: not known yet."),
    says: z.string(),
  }),
  variants: z.array(
    z.object({
      version: z.int(),
      label: z.string().nullable(),
      count: z.int(),
      metrics: z.array(Line),
      forecast: Forecast,
      observations: z.string(),
    }),
  ),
  control: z.object({ version: z.int(), count: z.int(), observations: z.string() }),
  winner: z
    .int()
    .nullable()
    .describe("Better on the primary metric and worse on no decision metric."),
  warnings: Warnings,
  outcome: z
    .object({
      winner: z.int(),
      reason: z.string().nullable(),
      label: z.string(),
      chosenBy: z.enum(["data", "caller"]),
    })
    .nullable(),
  method: z.object({
    version: z.string(),
    alpha: z
      .number()
      .describe("Level of every interval; half of 0.05 where a planned end makes two looks."),
    multiplicity: z.string(),
    margins: z.record(z.string(), z.number()),
    baseline: z.unknown(),
  }),
});
export type AbReport = z.infer<typeof AbReport>;
