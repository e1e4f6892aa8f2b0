import { z } from "zod";

import { INCIDENT_EVENTS, INCIDENT_STATES, MONITOR_KINDS, SEVERITIES } from "../model.ts";

const Instant = z.iso.datetime();
const known = z.number().nullable();
const Text = z.string().trim().max(2000, "at most 2000 characters");
const Actor = z.object({ kind: z.enum(["key", "person", "system"]), id: z.string() });
const Bounds = z.object({ low: known.describe("null: no bound"), high: known });

export const IncidentQuery = z.object({
  state: z
    .enum([...INCIDENT_STATES, "active"])
    .optional()
    .describe("active: all that are not resolved."),
  prompt: z.string().max(500).optional(),
  monitor: z.string().max(100).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type IncidentQuery = z.infer<typeof IncidentQuery>;

export const Incident = z.object({
  id: z.string(),
  monitor: z.object({ id: z.string(), name: z.string(), kind: z.enum(MONITOR_KINDS) }),
  state: z.enum(INCIDENT_STATES),
  severity: z.enum(SEVERITIES),
  prompt: z.string().nullable(),
  label: z.string().nullable(),
  version: z.int().nullable(),
  deployment: z.string().nullable().describe("The deployment that a regression names."),
  summary: z.string(),
  muted: z.boolean().describe("Nobody was told of its beginning."),
  openedAt: Instant,
  acknowledgedAt: Instant.nullable(),
  resolvedAt: Instant.nullable(),
  resolution: z.string().nullable().describe("Why it was resolved."),
});
export type Incident = z.infer<typeof Incident>;

export const IncidentList = z.object({
  data: z.array(Incident),
  nextCursor: z.string().nullable(),
});

/** One number that was judged. */
const Finding = z.object({
  metric: z.string(),
  statistic: z.string(),
  unit: z.string(),
  n: z.number().describe("Values behind it."),
  value: known,
  interval: Bounds.nullable(),
  limit: known.describe("What it was held against."),
  baseline: z
    .object({ version: z.int().nullable(), n: z.number(), value: known })
    .nullable()
    .describe("What is usual: of the version before, of the hours before, expected."),
  change: known.describe("Against the baseline, on the scale that `unit` of the limit says."),
  p: known.describe("Of a test: one-sided, small when it is worse."),
  verdict: z.enum(["beyond", "within", "not judged"]),
  why: z.string(),
});

/** What an incident rests on: it can be worked out again from this. */
export const Evidence = z.object({
  method: z.object({ version: z.string(), name: z.string() }),
  window: z.object({ from: Instant, to: Instant }),
  findings: z.array(Finding),
  rule: z.record(z.string(), z.unknown()).describe("The monitor as it was then, margins included."),
  inputs: z.record(z.string(), z.unknown()).describe("Sums, hours and slots that were judged."),
});
export type Evidence = z.infer<typeof Evidence>;

const HistoryEntry = z.object({
  at: Instant,
  event: z.enum(INCIDENT_EVENTS),
  actor: Actor,
  text: z.string().nullable(),
});

/** With what it rests on, and what can be done. */
export const IncidentDetail = Incident.extend({
  evidence: Evidence,
  history: z.array(HistoryEntry).describe("Oldest first."),
  deploymentDetail: z
    .object({
      id: z.string(),
      label: z.string(),
      from: z.int().nullable(),
      to: z.int().nullable(),
      at: Instant,
      actor: Actor,
      reason: z.string().nullable(),
    })
    .nullable(),
  diff: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe("From the version before to the one it is about, as the prompt's /diff answers."),
  rollback: z
    .object({
      possible: z.boolean(),
      label: z.string().nullable(),
      to: z.int().nullable().describe("The version that the label would go back to."),
      why: z.string(),
    })
    .describe("What POST …/rollback would do now."),
  links: z.object({
    comparison: z.string().nullable(),
    generations: z.string().nullable(),
    timeseries: z.string().nullable(),
    prompt: z.string().nullable(),
  }),
});
export type IncidentDetail = z.infer<typeof IncidentDetail>;

export const Comment = z.strictObject({ text: Text.min(1, "must not be empty") });
/** Of an acknowledgement or a resolution by hand. */
export const Resolve = z.strictObject({ comment: Text.optional() });

export const RollBackIncident = z.strictObject({
  reason: z.string().trim().max(300).optional().describe("Put before the incident in the ledger."),
  force: z.boolean().default(false).describe("Ends a split of the label that stands in the way."),
});

export const RolledBack = z.object({
  did: z.string().describe("In words."),
  label: z.object({
    name: z.string(),
    label: z.string(),
    version: z.int().nullable(),
    previousVersion: z.int().nullable(),
    moved: z.boolean(),
  }),
  incident: Incident,
});
