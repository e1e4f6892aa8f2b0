import { z } from "zod";

import { MONITOR_KINDS, PHASES, SEVERITIES } from "./model.ts";
import { Rule } from "./rules/contract.ts";

export { Incident, IncidentDetail, RolledBack } from "./incidents/contract.ts";
export { Rule, type RuleOf } from "./rules/contract.ts";

const Instant = z.iso.datetime();
const known = z.number().nullable();

export const IdPath = z.object({ id: z.string().min(1).max(100) });

export const Nothing = z.strictObject({});

export const MonitorQuery = z.object({
  prompt: z.string().max(500).optional(),
  kind: z.enum(MONITOR_KINDS).optional(),
  phase: z.enum(PHASES).optional().describe("Of the most serious thing that it watches."),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type MonitorQuery = z.infer<typeof MonitorQuery>;

/** Any fields of the monitor's kind but `kind` and `prompt`; null takes an optional one away. */
export const PatchMonitor = z
  .record(z.string(), z.unknown())
  .refine((change) => Object.keys(change).length > 0, "must change something")
  .describe(
    "Any fields of the monitor's kind, but kind and prompt; null takes an optional one away.",
  );

export const Mute = z
  .strictObject({
    minutes: z
      .int()
      .min(1)
      .max(60 * 24 * 365)
      .optional(),
    until: z.iso
      .datetime({ offset: true, error: "must be an ISO 8601 instant with its offset" })
      .transform((text) => new Date(text))
      .optional(),
    reason: z.string().trim().max(500).optional(),
  })
  .refine(({ minutes, until }) => minutes === undefined || until === undefined, {
    path: ["until"],
    message: "say either minutes or until; neither is until it is unmuted",
  })
  .describe("Incidents are still opened and resolved, but nobody is told.");
export type Mute = z.infer<typeof Mute>;

/** What a monitor says of one thing that it watches. */
const WatchState = z.object({
  version: z.int().nullable().describe("null: not one version, but all, or a deployment."),
  deployment: z.string().nullable().describe("Of a regression: whose deployment it judges."),
  phase: z.enum(PHASES),
  since: Instant.describe("When the phase began."),
  windowEnd: Instant.describe("End of the last window that was looked at."),
  incident: z.string().nullable().describe("The incident that is open."),
});

/** The fields of its rule, flat, and what is known of it. */
export const Monitor = z.intersection(
  Rule,
  z.object({
    id: z.string(),
    builtIn: z
      .boolean()
      .describe("Made by the system: it can be changed and disabled, not deleted."),
    phase: z.enum(PHASES).nullable().describe("Of the most serious state; null before the first."),
    states: z.array(WatchState),
    muted: z
      .object({ until: Instant.nullable(), reason: z.string().nullable() })
      .nullable()
      .describe("until null: until it is unmuted."),
    evaluatedTo: Instant.describe("Windows until here were looked at."),
    createdAt: Instant,
    updatedAt: Instant,
  }),
);
export type Monitor = z.infer<typeof Monitor>;

export const MonitorList = z.object({
  data: z.array(Monitor),
  nextCursor: z.string().nullable(),
});

/** A rule, looked at over windows of the past as it would have been then. */
export const PreviewQuery = z.object({
  days: z.coerce.number().int().min(1).max(31, "at most 31 days").default(30),
});

const PreviewPoint = z.object({
  at: Instant.describe("End of the window."),
  n: z.number(),
  value: known,
  low: known.describe("95 % interval of the value; null: not known, or no bound."),
  high: known,
  limit: known.describe("What the value was held against in this window."),
  phase: z.enum(PHASES),
});

const Firing = z.object({
  version: z.int().nullable(),
  deployment: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  openedAt: Instant,
  resolvedAt: Instant.nullable().describe("null: it would still be open."),
  reminders: z.int(),
  summary: z.string(),
});

export const Preview = z.object({
  from: Instant,
  to: Instant,
  says: z.string().describe("Such as: would have fired 3 times in 30 days."),
  fired: z.int(),
  windows: z.int().describe("Windows looked at, over all that is watched."),
  withoutData: z.int().describe("Those that had too few values, or too little history."),
  firings: z.array(Firing),
  series: z
    .array(
      z.object({
        version: z.int().nullable(),
        deployment: z.string().nullable(),
        metric: z.string(),
        statistic: z.string(),
        unit: z.string(),
        points: z.array(PreviewPoint),
      }),
    )
    .describe("One line for each thing watched, as the monitor would have seen it."),
  note: z.string().nullable().describe("Where the past says less than the monitor would see."),
});
export type Preview = z.infer<typeof Preview>;
