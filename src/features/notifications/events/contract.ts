import { z } from "zod";

/*
 * What an event of each type says in `data`. A receiver may rely on these fields; new ones may come.
 */

const Text = z.string().max(2000);
const Name = z.string().max(500);
const Version = z.int().min(1);
const Instant = z.iso.datetime();

const Author = z.object({ kind: z.enum(["key", "person", "system"]), id: z.string() });

const NewVersion = z.object({
  prompt: Name,
  version: Version,
  type: z.enum(["text", "chat"]),
  labels: z.array(z.string()).describe("Labels that point at it now, without latest."),
  tags: z.array(z.string()),
  commitMessage: Text.nullable(),
  actor: Author,
});

const Deployed = z.object({
  prompt: Name,
  label: z.string(),
  from: Version.nullable().describe("null: the label did not exist."),
  to: Version.nullable().describe("null: the label was taken away."),
  reason: Text.nullable(),
  actor: Author,
});

const Rollout = z.object({
  rolloutId: z.string(),
  prompt: Name,
  label: z.string(),
  control: Version,
  candidate: Version,
  stage: z.int().nullable().describe("From 0; null before the first."),
  share: z.number().min(0).max(1).nullable().describe("The candidate's part of the traffic."),
  reason: Text.nullable(),
  evidence: z.record(z.string(), z.unknown()).optional(),
});

const Incident = z.object({
  incidentId: z.string(),
  monitorId: z.string(),
  monitor: Name,
  kind: z.string(),
  severity: z.enum(["info", "warning", "critical"]),
  prompt: Name.nullable(),
  label: z.string().nullable(),
  version: Version.nullable(),
  summary: Text,
  openedAt: Instant,
  resolvedAt: Instant.nullable(),
  evidence: z.record(z.string(), z.unknown()).optional(),
});

const Report = z.object({
  reportId: z.string(),
  period: z.object({ kind: z.enum(["daily", "weekly", "custom"]), from: Instant, to: Instant }),
  title: Text,
  highlights: z.array(Text).max(20),
  path: z.string().describe("Where the page is on this server; it opens without a key."),
  url: z.string().nullish().describe("The same with the server's address, where it knows that."),
});

const Disabled = z.object({ destinationId: z.string(), destination: Name, reason: Text });

const Test = z.object({ destinationId: z.string(), destination: Name, actor: Author });

/** The types of events, and what each says. */
export const EVENT_DATA = {
  "prompt.created": NewVersion,
  "prompt.version.created": NewVersion,
  "prompt.deployed": Deployed,
  "rollout.started": Rollout,
  "rollout.stage_started": Rollout,
  "rollout.held": Rollout,
  "rollout.paused": Rollout,
  "rollout.resumed": Rollout,
  "rollout.promoted": Rollout,
  "rollout.rolled_back": Rollout,
  "rollout.inconclusive": Rollout,
  "rollout.aborted": Rollout,
  "incident.opened": Incident,
  "incident.reminded": Incident,
  "incident.acknowledged": Incident,
  "incident.resolved": Incident,
  "report.ready": Report,
  "destination.disabled": Disabled,
  "destination.test": Test,
} as const;

export type EventType = keyof typeof EVENT_DATA;

export const EVENT_TYPES = Object.keys(EVENT_DATA) as EventType[];

type DataOf<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

/** Something that happened, as the slice that knows of it says it. */
export type Emission = {
  [T in EventType]: {
    type: T;
    data: DataOf<T>;
    /** Names the event where the same may be said twice: the second time is then nothing. */
    id?: string;
  };
}[EventType];
