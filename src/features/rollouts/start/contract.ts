import { z } from "zod";

import { Label, PromptName } from "../../prompts/contract.ts";
import {
  GENERATION_GUARDRAILS,
  ON_INCONCLUSIVE,
  RATIO_GUARDRAILS,
  ROLLOUT_UNITS,
  scoreOf,
} from "../model.ts";

const Version = z.int("must be the number of a version").min(1, "must be the number of a version");
export const Reason = z.string().trim().max(500, "at most 500 characters").nullish();

/** Hundredths of a per cent are the slots of a split. */
const SLOTS_PER_PERCENT = 100;
const isWholeSlots = (share: number): boolean =>
  Math.abs(share * SLOTS_PER_PERCENT - Math.round(share * SLOTS_PER_PERCENT)) < 1e-6;

const Share = z
  .number()
  .gt(0, "must be above 0 per cent")
  .lt(100, "must be below 100 per cent: the step after the last stage is promotion")
  .refine(isWholeSlots, "has at most two digits after the point");

const MAX_STAGES = 10;
const MAX_GUARDRAILS = 20;
const MAX_MINUTES = 43_200;
const MAX_HOURS = 720;

const DEFAULT_STAGE_MINUTES = 120;
const LADDER = [5, 25, 50].map((share) => ({ share, minMinutes: DEFAULT_STAGE_MINUTES }));

const Stages = z
  .array(
    z.strictObject({
      share: Share.describe("Per cent of the label's traffic that the candidate gets."),
      minMinutes: z
        .int()
        .min(0, "must not be negative")
        .max(MAX_MINUTES, `at most ${MAX_MINUTES} minutes`)
        .default(DEFAULT_STAGE_MINUTES)
        .describe("Least time in the stage, also when all is proven sooner."),
    }),
  )
  .min(1, "must have at least one stage")
  .max(MAX_STAGES, `at most ${MAX_STAGES} stages`)
  .superRefine((stages, context) => {
    for (const [index, { share }] of stages.entries()) {
      const before = stages[index - 1];
      if (!before || share > before.share) continue;
      const message = `must be above the share of the stage before, which is ${before.share}`;
      context.addIssue({ code: "custom", path: [index, "share"], message });
    }
  });

const OWN = new Set<string>(GENERATION_GUARDRAILS);
const GuardrailName = z
  .string()
  .max(250)
  .refine(
    (name) => OWN.has(name) || scoreOf(name) !== undefined,
    `must be one of ${GENERATION_GUARDRAILS.join(", ")} or score:<name>`,
  );

const Guardrail = z
  .strictObject({
    metric: GuardrailName,
    margin: z
      .number()
      .positive("must be above 0")
      .max(1e9)
      .optional()
      .describe(
        "Largest degradation tolerated. A ratio for latency, tokens, errors, slowShare and categorical scores (1.1 is 10 % more); a part of the baseline's mean for costUsd; else in the score's unit.",
      ),
    required: z
      .boolean()
      .optional()
      .describe(
        "false: harm rolls back, but promotion does not wait for proof of safety. Left out: true, unless the control never had a bad event, or a score that differed, to prove it with.",
      ),
    direction: z
      .enum(["higher", "lower"])
      .optional()
      .describe(
        "Which way of a NUMERIC or BOOLEAN score is better, where its config does not say.",
      ),
    bad: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(50)
      .optional()
      .describe("Bad values of a CATEGORICAL score, where its config does not say."),
  })
  .superRefine(({ metric, margin, direction, bad }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    if (margin !== undefined && margin <= 1 && RATIO_GUARDRAILS.has(metric)) {
      issue("margin", `the margin of ${metric} is a ratio and must be above 1`);
    }
    if (scoreOf(metric) !== undefined) return;
    if (direction) issue("direction", `only a score has a direction to say, not ${metric}`);
    if (bad) issue("bad", `only a score has bad values, not ${metric}`);
  });
export type GuardrailWish = z.infer<typeof Guardrail>;

const Guardrails = z
  .array(Guardrail)
  .min(1, "must have at least one guardrail; leave it out for the default ones")
  .max(MAX_GUARDRAILS, `at most ${MAX_GUARDRAILS} guardrails`)
  .superRefine((guardrails, context) => {
    for (const [index, { metric }] of guardrails.entries()) {
      if (guardrails.findIndex((one) => one.metric === metric) === index) continue;
      context.addIssue({
        code: "custom",
        path: [index, "metric"],
        message: `${metric} is there twice`,
      });
    }
    if (guardrails.some(({ required }) => required !== false)) return;
    context.addIssue({ code: "custom", message: "at least one must be required for promotion" });
  });

const Holdback = z.strictObject({
  share: Share.default(5).describe("Per cent of the traffic that keeps the old version."),
  hours: z.number().gt(0, "must be above 0").max(MAX_HOURS).default(24),
});
const DEFAULT_HOLDBACK = { share: 5, hours: 24 };

/** A rollout to start, or to forecast. The control is the version that the label points at. */
export const StartRollout = z.strictObject({
  prompt: PromptName,
  label: Label,
  candidate: Version,
  stages: Stages.default(LADDER),
  unit: z
    .enum(ROLLOUT_UNITS)
    .default("process")
    .describe(
      "What the split is drawn for: request (no cache in the SDK, or the helper), key (a targeting key), process (an SDK that caches).",
    ),
  guardrails: Guardrails.optional().describe(
    "Left out: latency, slow share, cost, errors, and the scores that have a direction and traffic.",
  ),
  environment: z
    .string()
    .regex(/^[a-z0-9_-]{1,40}$/, "has 1 to 40 characters of a-z, 0-9, _ and -")
    .default("default"),
  warmupMinutes: z
    .int()
    .min(0, "must not be negative")
    .max(1_440, "at most a day")
    .default(10)
    .describe("Before, nothing is proven safe and only bad events roll back."),
  maxHours: z
    .number()
    .gt(0, "must be above 0")
    .max(MAX_HOURS, `at most ${MAX_HOURS} hours`)
    .default(48)
    .describe("Longest time to an answer."),
  onInconclusive: z
    .enum(ON_INCONCLUSIVE)
    .default("hold")
    .describe("When the time is over: leave the split as it is, promote or roll back."),
  holdback: z
    .union([z.boolean(), Holdback])
    .nullish()
    .transform((said) => (said === true ? DEFAULT_HOLDBACK : said || null))
    .describe("After promotion the old version keeps this share for a while; true: 5 % for 24 h."),
  force: z
    .boolean()
    .default(false)
    .describe("Start although the candidate had traffic of its own in the last hour."),
  reason: Reason,
});
export type StartRollout = z.infer<typeof StartRollout>;
