import { z } from "zod";

import { REPORT_KINDS, REPORT_STATES } from "./model.ts";

const Instant = z.iso.datetime();
const Day = z.iso.date({ error: "must be a day such as 2026-11-20", abort: true });
const Count = z.int().min(0);
const known = z.number().nullable();

/** Days that one report may cover. */
export const MAX_REPORT_DAYS = 92;
const MS_PER_DAY = 86_400_000;

const daysFrom = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / MS_PER_DAY + 1;

export const CreateReport = z
  .strictObject({
    from: Day.describe("First day, in the project's time zone."),
    to: Day.describe("Last day, inclusive; must be over."),
    notify: z
      .boolean()
      .default(false)
      .describe("Whether destinations are told when it is ready, as of a scheduled report."),
  })
  .superRefine(({ from, to }, context) => {
    const days = daysFrom(from, to);
    if (days < 1) {
      context.addIssue({ code: "custom", path: ["from"], message: "must not be after to" });
    }
    if (days > MAX_REPORT_DAYS) {
      const message = `must be at most ${MAX_REPORT_DAYS} days after from`;
      context.addIssue({ code: "custom", path: ["to"], message });
    }
  });
export type CreateReport = z.infer<typeof CreateReport>;

export const ReportsQuery = z.object({
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  kind: z.enum(REPORT_KINDS).optional(),
});
export type ReportsQuery = z.infer<typeof ReportsQuery>;

export const ReportPath = z.object({ id: z.string().min(1).max(100) });

export const ReportFormat = z.enum(["json", "markdown", "html"]);
export type ReportFormat = z.infer<typeof ReportFormat>;
export const FormatQuery = z.object({
  format: ReportFormat.optional().describe("Else what the header Accept prefers, else json."),
});

/** What a signed link to the page says beside the report's id. */
export const PageQuery = z.object({
  expires: z
    .string()
    .regex(/^\d{1,12}$/, "must be seconds since 1970")
    .optional(),
  signature: z.string().max(100).optional(),
  format: ReportFormat.optional().describe("html when absent."),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** Local days `firstDay` to `lastDay`, both inclusive; `from` and `to` are their instants. */
const Period = z.object({
  from: Instant,
  to: Instant.describe("Exclusive."),
  firstDay: z.iso.date(),
  lastDay: z.iso.date(),
  timeZone: z.string(),
});

export const ReportSummary = z.object({
  id: z.string(),
  kind: z.enum(REPORT_KINDS),
  state: z.enum(REPORT_STATES).describe("skipped: there was nothing to tell."),
  period: Period,
  title: z.string(),
  highlights: z.array(z.string()).describe("Empty until it is ready."),
  progress: z.object({ done: Count, total: Count }).describe("Prompts."),
  createdAt: Instant,
  readyAt: Instant.nullable(),
  error: z.string().nullable().describe("Why it failed."),
});
export type ReportSummary = z.infer<typeof ReportSummary>;

export const ReportList = z.object({
  data: z.array(ReportSummary),
  nextCursor: z.string().nullable(),
});
export type ReportList = z.infer<typeof ReportList>;

/** Sums of a stretch of time; unknown cost is null. */
const Totals = z.object({
  count: Count,
  errors: Count,
  costUsd: known,
  /** Generations whose cost is known. */
  costKnown: Count,
});
export type Totals = z.infer<typeof Totals>;

/** `0.1` is ten percent more than in the previous period; null where there is nothing to compare with. */
const Change = z.object({ count: known, costUsd: known, errorRate: known.describe("Difference.") });
export type Change = z.infer<typeof Change>;

const Bounds = z.object({
  low: known.describe("null: no bound"),
  high: known,
});

const Quantile = z.object({
  value: known,
  interval: Bounds.nullable().describe("95 %; null while there are too few values."),
  needs: z.int().nullable().describe("Values that an interval takes; null when it is there."),
});
export type Quantile = z.infer<typeof Quantile>;

const VERDICTS = z.enum(["worse", "better", "equivalent", "not enough data"]);

const Effect = z.object({
  unit: z.enum(["relative", "points", "ratio", "unit"]),
  estimate: z.number(),
  interval: Bounds,
});
export type Effect = z.infer<typeof Effect>;

/** A metric of the period against the days before, by days: not randomised. */
const Movement = z.object({
  metric: z.string(),
  unit: z.string(),
  n: Count,
  days: Count.describe("Days of the period that have values."),
  nBefore: Count,
  daysBefore: Count,
  effect: Effect,
  p: z.number(),
  adjustedP: z.number().describe("Benjamini-Hochberg over all that this report tested."),
  margin: z
    .number()
    .nullable()
    .describe("On the scale of the effect; null: nobody said what matters."),
  verdict: VERDICTS.nullable(),
  why: z.string(),
});
export type Movement = z.infer<typeof Movement>;

/** One metric of a deployment's comparison. */
const DeploymentLine = z.object({
  metric: z.string(),
  unit: z.string(),
  n: z.object({ control: Count, candidate: Count }),
  effect: Effect.nullable(),
  verdict: VERDICTS.nullable(),
  why: z.string(),
});
export type DeploymentLine = z.infer<typeof DeploymentLine>;

const Deployment = z.object({
  id: z.string(),
  prompt: z.string(),
  label: z.string(),
  at: Instant,
  from: z.int().nullable().describe("null: the label did not exist."),
  to: z.int().nullable().describe("null: the label was taken away."),
  actor: z.object({ kind: z.string(), id: z.string() }),
  reason: z.string().nullable(),
  verdict: VERDICTS.nullable().describe("Over all metrics; null where there is no comparison."),
  says: z.string().describe("What kind of comparison it is, or why there is none."),
  lines: z.array(DeploymentLine),
  warnings: z.array(z.string()),
  comparison: z.string().nullable().describe("Path of the whole comparison."),
});
export type Deployment = z.infer<typeof Deployment>;

const Incident = z.object({
  id: z.string(),
  prompt: z.string().nullable(),
  monitor: z.string(),
  kind: z.string(),
  severity: z.string(),
  summary: z.string(),
  openedAt: Instant,
  resolvedAt: Instant.nullable(),
});
export type Incident = z.infer<typeof Incident>;

const Rollout = z.object({
  id: z.string(),
  prompt: z.string(),
  label: z.string(),
  control: z.int(),
  candidate: z.int(),
  state: z.string(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  reason: z.string().nullable(),
});
export type Rollout = z.infer<typeof Rollout>;

/** A version that no label points at any more, and that is called all the same. */
const Leftover = z.object({
  prompt: z.string(),
  version: z.int(),
  replacedBy: z.int().nullable(),
  label: z.string().describe("The label that left it."),
  replacedAt: Instant,
  count: Count.describe("Generations on the last day of the period."),
  share: z.number().describe("Of the prompt's generations on that day."),
});
export type Leftover = z.infer<typeof Leftover>;

const DayLine = z.object({
  day: z.iso.date(),
  hours: z.number().describe("23 or 25 where clocks change."),
  count: Count,
  errors: Count,
  costUsd: known,
});
export type DayLine = z.infer<typeof DayLine>;

const VersionLine = z.object({
  version: z.int(),
  labels: z.array(z.string()).describe("At the end of the period."),
  count: Count,
  share: z.number(),
  errors: Count,
  costUsd: known,
  latencyP50Ms: Quantile,
  latencyP95Ms: Quantile,
});
export type VersionLine = z.infer<typeof VersionLine>;

const PromptReport = z.object({
  prompt: z.string(),
  totals: Totals,
  previous: Totals,
  change: Change,
  fallback: Count.describe("Generations with the app's own fallback text; in no other number."),
  unresolved: Count.describe("Generations that named a label which led to no version; likewise."),
  days: z.array(
    DayLine.extend({
      latencyP50Ms: known,
      latencyP95Ms: known,
      versions: z.record(z.string(), Count).describe("Generations by version."),
    }),
  ),
  versions: z.array(VersionLine),
  movers: z.array(Movement),
  deployments: z.array(Deployment),
  incidents: z.array(Incident),
  rollouts: z.array(Rollout),
  leftovers: z.array(Leftover),
});
export type PromptReport = z.infer<typeof PromptReport>;

export const ReportContent = z.object({
  totals: Totals,
  previous: Totals.extend({ from: Instant, to: Instant }),
  change: Change,
  days: z.array(DayLine),
  previousDays: z.array(DayLine),
  movers: z.array(Movement.extend({ prompt: z.string() })),
  tested: Count.describe("Metrics that were tested for movement, over all prompts."),
  deployments: z.array(Deployment),
  incidents: z.array(Incident),
  rollouts: z.array(Rollout),
  leftovers: z.array(Leftover),
  withoutTraffic: z.array(z.string()).describe("Prompts that nobody called in the period."),
  prompts: z.array(PromptReport).describe("The busiest first."),
  omitted: Count.describe(
    "Prompts beyond those that one report holds; those with traffic come first.",
  ),
  isExact: z
    .boolean()
    .describe(
      "false: some days lie between whole hours and are too old for 5-minute buckets; their edges are widened to the hour.",
    ),
  method: z.string(),
});
export type ReportContent = z.infer<typeof ReportContent>;

export const Report = ReportSummary.extend({
  content: ReportContent.nullable().describe("null until it is ready."),
  share: z
    .object({ path: z.string(), url: z.url().nullable(), expiresAt: Instant })
    .nullable()
    .describe(
      "A link to the page that needs no key; null until it is ready. url where the deployment knows its own address.",
    ),
});
export type Report = z.infer<typeof Report>;
