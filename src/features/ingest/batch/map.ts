import { cleanText } from "../../../lib/text.ts";
import type { ScoreConfig } from "../../projects/model.ts";
import {
  type ScorePatch,
  type ScoreSource,
  SCORE_SOURCES,
  validateScore,
} from "../../scores/model.ts";
import {
  type Clock,
  clockOf,
  type ObservationPatch,
  type Rejected,
  type TracePatch,
} from "../model.ts";
import { normaliseEnvironment, parseInstantUs } from "../normalise.ts";
import { observationPatch } from "./observation.ts";
import {
  type Body,
  excessOf,
  idOf,
  instantOf,
  isRecord,
  MAX_ID,
  metadataOf,
  payloadField,
  said,
  tagsOf,
  textOf,
  Unusable,
} from "./said.ts";

/** Bytes of JSON that one event may take. Source: the SDKs cut their events at this size. */
export const MAX_EVENT_BYTES = 1_000_000;
const MAX_EVENT_DEPTH = 500;

export type BatchRules = {
  /** The caller may create scores and nothing else, as with a public key. */
  scoresOnly: boolean;
  /** Who a score may say it comes from; anybody where it is left out. */
  sources?: readonly ScoreSource[];
  configs: readonly ScoreConfig[];
  /** When the request came: the time of events that say none. */
  receivedUs: number;
};

/** What became of an event that can be used: its patch's clock; null where there was nothing to keep. */
export type MappedEvent = { eventId: string; clock: Clock | null };

export type MappedBatch = {
  observations: ObservationPatch[];
  traces: TracePatch[];
  scores: ScorePatch[];
  mapped: MappedEvent[];
  /** Unusable events, by event id. */
  rejected: Rejected[];
};

type Event = { id: string; type: string; timestampUs: number; position: number; body: Body };

const OBSERVATION_EVENT =
  /^(span|generation|observation)-(create|update)$|^(event|agent|tool|chain|retriever|evaluator|embedding|guardrail)-(create)$/;

const pad = (value: number, length: number): string => String(value).padStart(length, "0");

/**
 * Orders the sayings of one thing. Creates come before updates whatever their times. Within a
 * millisecond decide: microseconds, then `rank`, then the place in the batch, then the event's id.
 *
 * @param rank 1 for what is by its nature the later of two
 */
function clock(event: Event, isUpdate: boolean, timeUs: number, rank: 0 | 1): string {
  const us = Math.max(0, timeUs);
  const tie = `${pad(us % 1000, 3)}${rank}${pad(event.position, 5)}${event.id}`;
  return clockOf(isUpdate, Math.floor(us / 1000), tie);
}

/** Of two sayings of a trace, the one that does not name it, or only tells how it ended, is the later. */
function traceRank({ name, input, output }: Partial<TracePatch>): 0 | 1 {
  return name === undefined || (output !== undefined && input === undefined) ? 1 : 0;
}

/**
 * A trace has no update event: SDKs send `trace-create` again. The envelopes may be the wrong way
 * round in both place and time, because SDKs stamp them after asynchronous work, but
 * `body.timestamp` is set when the user calls. So that decides, where it is said; on the same
 * millisecond `traceRank` does.
 */
function toTrace(event: Event): TracePatch {
  const { body } = event;
  const environment = body["environment"] ?? undefined;
  const isPublic = body["public"];
  const fields = said<Omit<TracePatch, "id" | "clock">>({
    timestampUs: instantOf(body, "timestamp"),
    name: textOf(body, "name"),
    userId: textOf(body, "userId"),
    sessionId: textOf(body, "sessionId"),
    tags: tagsOf(body),
    release: textOf(body, "release"),
    version: textOf(body, "version"),
    public: typeof isPublic === "boolean" ? isPublic : undefined,
    environment: environment === undefined ? undefined : normaliseEnvironment(environment),
    deleted: undefined,
    input: payloadField(body, "input"),
    output: payloadField(body, "output"),
    metadata: metadataOf(body),
  });
  const timeUs = fields.timestampUs ?? event.timestampUs;
  return {
    ...fields,
    id: idOf(body, "id") ?? event.id,
    clock: clock(event, false, timeUs, traceRank(fields)),
  };
}

/** A public key is in every browser: it must not pass for a reviewer or an evaluator. */
const sourcesFor = ({ scoresOnly, sources = SCORE_SOURCES }: BatchRules): readonly ScoreSource[] =>
  scoresOnly ? ["API"] : sources;

function toScore(event: Event, rules: BatchRules): ScorePatch {
  const { body } = event;
  const result = validateScore(body, { sources: sourcesFor(rules), configs: rules.configs });
  if ("problem" in result) {
    throw new Unusable(`body.${result.problem.path}: ${result.problem.message}`);
  }
  const timestampUs = instantOf(body, "timestamp") ?? event.timestampUs;
  const environment = body["environment"] ?? undefined;
  return {
    ...result.score,
    id: idOf(body, "id") ?? event.id,
    clock: clock(event, false, event.timestampUs, 0),
    timestampUs,
    ...(environment === undefined ? {} : { environment: normaliseEnvironment(environment) }),
  };
}

function toObservation(event: Event, kind: string, isUpdate: boolean): ObservationPatch {
  const patch = observationPatch(event.body, { kind, isUpdate, eventId: event.id });
  // Of two updates in one millisecond, the one that ends the observation is the later.
  const rank = patch.endUs === undefined ? 0 : 1;
  return { ...patch, clock: clock(event, isUpdate, event.timestampUs, rank) };
}

/** @throws Unusable */
function refuseExcess(raw: unknown): void {
  const excess = excessOf(raw, { maxBytes: MAX_EVENT_BYTES, maxDepth: MAX_EVENT_DEPTH });
  if (excess === "size") {
    throw new Unusable(`the event is larger than ${MAX_EVENT_BYTES / 1_000_000} MB`, 413);
  }
  if (excess === "depth") {
    throw new Unusable(`the event is nested deeper than ${MAX_EVENT_DEPTH} levels`);
  }
}

/** @throws Unusable */
function readEvent(raw: unknown, position: number, receivedUs: number): Event {
  if (!isRecord(raw)) throw new Unusable("the event must be an object");
  const { id, type, body } = raw;
  if (typeof id !== "string" || cleanText(id).length === 0 || id.length > MAX_ID) {
    throw new Unusable(`id: must be a string of 1 to ${MAX_ID} characters`);
  }
  if (typeof type !== "string") throw new Unusable("type: must be a string");
  refuseExcess(raw);
  if (!isRecord(body) && type !== "sdk-log") throw new Unusable("body: must be an object");
  return {
    id: cleanText(id),
    type,
    timestampUs: Math.max(0, parseInstantUs(raw["timestamp"]) ?? receivedUs),
    position,
    body: isRecord(body) ? body : {},
  };
}

/** What the answer calls the event: its id as the client sent it. */
const eventIdOf = (raw: unknown): string =>
  isRecord(raw) && typeof raw["id"] === "string" ? raw["id"].slice(0, MAX_ID) : "";

/** @returns the clock of what it says; null for what is not kept */
function mapEvent(event: Event, rules: BatchRules, batch: MappedBatch): Clock | null {
  if (event.type === "score-create") {
    const score = toScore(event, rules);
    batch.scores.push(score);
    return score.clock;
  }
  if (rules.scoresOnly) {
    throw new Unusable(`this key may only send score-create, not ${event.type.slice(0, 100)}`, 401);
  }
  // The SDK's own diagnostics.
  if (event.type === "sdk-log") return null;
  if (event.type === "trace-create") {
    const trace = toTrace(event);
    batch.traces.push(trace);
    return trace.clock;
  }
  const match = OBSERVATION_EVENT.exec(event.type);
  const kind = match?.[1] ?? match?.[3];
  if (kind === undefined) throw new Unusable(`type: ${event.type.slice(0, 100)} is not known`);
  const observation = toObservation(event, kind, match?.[2] === "update");
  batch.observations.push(observation);
  return observation.clock;
}

/** `name/version` of the SDK, the only thing read of an envelope's metadata: that may hold API keys. */
export function sdkOf(metadata: unknown): string | undefined {
  if (!isRecord(metadata)) return undefined;
  const part = (value: unknown): string | undefined =>
    typeof value === "string" && /^[\w.@/+-]{1,40}$/.test(value) ? value : undefined;
  const name = part(metadata["sdk_name"]);
  const version = part(metadata["sdk_version"]);
  return name === undefined ? undefined : version === undefined ? name : `${name}/${version}`;
}

/**
 * Turns the events of a legacy batch into patches. Never throws: a batch is worth its good events,
 * and says what is wrong with the others.
 */
export function mapBatch(
  events: readonly unknown[],
  rules: BatchRules,
  sdk: string | undefined,
): MappedBatch {
  const batch: MappedBatch = { observations: [], traces: [], scores: [], mapped: [], rejected: [] };
  for (const [position, raw] of events.entries()) {
    try {
      const event = readEvent(raw, position, rules.receivedUs);
      batch.mapped.push({ eventId: eventIdOf(raw), clock: mapEvent(event, rules, batch) });
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      const { status, message } = error;
      const id = eventIdOf(raw);
      // What has no id goes by its place.
      batch.rejected.push({
        id,
        status,
        message: id === "" ? `[${position}] ${message}` : message,
      });
    }
  }
  if (sdk !== undefined) for (const observation of batch.observations) observation.sdk = sdk;
  return batch;
}
