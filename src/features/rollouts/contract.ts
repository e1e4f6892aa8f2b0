import { z } from "zod";

import { ON_INCONCLUSIVE, ROLLOUT_STATES, ROLLOUT_UNITS } from "./model.ts";
import { Reason } from "./start/contract.ts";

export { StartRollout } from "./start/contract.ts";

const Instant = z.iso.datetime();

export const RolloutPath = z.object({ id: z.string().min(1).max(100) });

/** Of a pause, resume, abort or promotion by hand. */
export const ByHand = z.strictObject({ reason: Reason });
export type ByHand = z.infer<typeof ByHand>;

const Page = {
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
};

export const RolloutQuery = z.object({
  prompt: z.string().optional(),
  label: z.string().optional(),
  state: z
    .enum([...ROLLOUT_STATES, "live"])
    .optional()
    .describe("live: all that are not over."),
  ...Page,
});
export type RolloutQuery = z.infer<typeof RolloutQuery>;

export const CheckQuery = z.object(Page);
export type CheckQuery = z.infer<typeof CheckQuery>;

const Actor = z.object({ kind: z.enum(["key", "person", "system"]), id: z.string() });
const known = z.number().nullable();
const Bounds = z.object({ low: known.describe("null: no bound"), high: known });

/** What a guardrail is: frozen at the start. */
const FrozenGuardrail = z.object({
  metric: z.string(),
  kind: z
    .enum(["mean", "events"])
    .describe("mean: the half-normal mixture on means; events: the exact count test."),
  scale: z
    .enum(["log", "relative", "raw", "events"])
    .describe("log, events: a ratio. relative: a part of the baseline's mean. raw: the unit."),
  margin: z.number(),
  better: z.enum(["lower", "higher"]),
  unit: z.string(),
  required: z.boolean(),
  threshold: known.describe(
    "slowShare: above it a generation is slow. costUsd: where cost is cut.",
  ),
  baseline: z
    .object({ n: z.int(), value: known })
    .nullable()
    .describe("The control's last days before the start; null where they held too little."),
  bad: z.array(z.string()).nullable().describe("Bad values of a categorical score."),
  note: z.string().nullable().describe("Why it is as it is, where that was not asked for."),
});

/** What is known of a guardrail at an instant. */
const Evidence = z.object({
  control: z.object({ n: z.number(), value: known }),
  candidate: z.object({ n: z.number(), value: known }),
  estimate: known.describe("Candidate against control: a ratio, or a difference in the unit."),
  interval: Bounds.nullable().describe(
    "Each bound holds at all times at the level of the harm test.",
  ),
  inMargins: z
    .object({ estimate: z.number(), low: known, high: known })
    .nullable()
    .describe(
      "The same in margins, positive is worse: harm when low is above 0 and the estimate at least 1, safe when high is at most 1. The axis for a chart.",
    ),
  lnHarm: known,
  lnSafe: known,
  needHarm: z.number().describe("ln E that proves harm."),
  needSafe: z.number().describe("ln E that proves safety."),
  designEffect: known.describe("Factor on variances for clustered units; null: not known yet."),
  provenSafe: z.boolean().describe("Once proven stays proven."),
  verdict: z.enum(["harmful", "safe", "open"]),
  because: z.string().describe("In words, also what is still missing."),
});
export type Evidence = z.infer<typeof Evidence>;

const SampleRatio = z.object({
  control: z.int(),
  candidate: z.int(),
  expectedShare: known.describe("Of the candidate, over all stages, by what was served in each."),
  lnE: known.describe("null: not enough units yet."),
  mismatch: z.boolean(),
});

const HoursOf = known.describe("Half of all such rollouts need less; null: never at this traffic.");

export const Forecast = z.object({
  generationsPerHour: z.number(),
  basedOn: z.object({ from: Instant, to: Instant, n: z.int() }),
  stages: z.array(
    z.object({
      share: z.number(),
      hours: known.describe("null: it is not left, or never reached."),
      candidate: known.describe("Generations served in it."),
      control: known,
    }),
  ),
  guardrails: z.array(
    z.object({
      metric: z.string(),
      hoursToSafe: HoursOf,
      hoursToHarm: z
        .object({ atMargin: HoursOf, atTwiceMargin: HoursOf })
        .describe("Until harm is proven if the candidate is worse by so much, in the last stage."),
      note: z.string().nullable(),
    }),
  ),
  hours: HoursOf,
  hoursLikely: known.describe("Nine of ten need less."),
  finishes: z.boolean(),
  message: z.string(),
});
export type Forecast = z.infer<typeof Forecast>;

const RolloutEvent = z.object({
  at: Instant,
  event: z.enum([
    "started",
    "warmed_up",
    "stage_started",
    "held",
    "released",
    "paused",
    "resumed",
    "promoted",
    "rolled_back",
    "inconclusive",
    "aborted",
    "holdback_ended",
  ]),
  stage: z.int().nullable(),
  share: known,
  reason: z.string().nullable(),
  actor: Actor,
});

const Check = z.object({
  at: Instant,
  state: z.enum(ROLLOUT_STATES),
  stage: z.int(),
  decision: z.string().describe("What the rules said of this evidence."),
  sampleRatio: SampleRatio,
  guardrails: z.array(Evidence.extend({ metric: z.string() })),
  inputs: z.unknown().describe("Sums per guardrail and stage: the decision can be recomputed."),
});
const ChartPoint = z.object({
  at: Instant,
  stage: z.int(),
  guardrails: z.array(
    Evidence.pick({
      estimate: true,
      interval: true,
      inMargins: true,
      lnHarm: true,
      lnSafe: true,
    }).extend({ metric: z.string(), n: z.number().describe("Of the candidate.") }),
  ),
});

export const RolloutSummary = z.object({
  id: z.string(),
  prompt: z.string(),
  label: z.string(),
  control: z.int(),
  candidate: z.int(),
  environment: z.string(),
  unit: z.enum(ROLLOUT_UNITS),
  state: z.enum(ROLLOUT_STATES),
  isLive: z.boolean().describe("Whether it still splits the label, or is about to."),
  because: z.string().nullable().describe("Why it is in this state."),
  stage: z.int().describe("From 0."),
  share: z.number().describe("Per cent of the traffic that the candidate gets now."),
  stages: z.array(
    z.object({
      share: z.number(),
      minMinutes: z.int(),
      requires: z.array(z.string()).describe("Guardrails to be proven safe to leave it."),
      startedAt: Instant.nullable(),
    }),
  ),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  checkedAt: Instant.nullable(),
});
export type RolloutSummary = z.infer<typeof RolloutSummary>;

export const Rollout = RolloutSummary.extend({
  split: z.string().nullable().describe("The id that the helpers put on generations."),
  startedBy: Actor,
  reason: z.string().nullable(),
  warmupMinutes: z.int(),
  maxHours: z.number(),
  onInconclusive: z.enum(ON_INCONCLUSIVE),
  holdback: z
    .object({ share: z.number(), hours: z.number(), until: Instant.nullable() })
    .nullable(),
  method: z.string(),
  forecast: Forecast.describe("As it was before the start."),
  guardrails: z.array(FrozenGuardrail.extend({ evidence: Evidence.nullable() })),
  leftOut: z
    .array(z.object({ metric: z.string(), because: z.string() }))
    .describe("Guardrails that are usual but cannot be had here."),
  sampleRatio: SampleRatio.nullable(),
  events: z.array(RolloutEvent).describe("What happened, oldest first."),
  history: z.array(ChartPoint).describe("Evidence over time, thinned to at most 300 points."),
});
export type Rollout = z.infer<typeof Rollout>;

export const RolloutList = z.object({
  data: z.array(RolloutSummary),
  nextCursor: z.string().nullable(),
});
export type RolloutList = z.infer<typeof RolloutList>;

export const CheckList = z.object({ data: z.array(Check), nextCursor: z.string().nullable() });
export type CheckList = z.infer<typeof CheckList>;

/** What a rollout would be, before anything is started. */
export const RolloutForecast = z.object({
  control: z.int(),
  forecast: Forecast,
  guardrails: z.array(FrozenGuardrail),
  leftOut: Rollout.shape.leftOut,
  problem: z.string().nullable().describe("Why a start would be refused now."),
});
export type RolloutForecast = z.infer<typeof RolloutForecast>;
