import { cleanText } from "../../../lib/text.ts";
import { errorNameOf, Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { settingsOf } from "../../projects/index.ts";
import { findScores } from "../../scores/index.ts";
import { type ScorePatch, type ScoreSource, SCORE_SOURCES } from "../../scores/model.ts";
import { accept } from "../index.ts";
import { clockOf, type Rejected } from "../model.ts";
import type { IngestionAnswer, ScoreBody, SortedScores } from "./contract.ts";
import { mapBatch, type MappedBatch, type MappedEvent, sdkOf } from "./map.ts";

const CREATED = 201;
const TOO_LARGE = 413;

/** EVAL is for evaluators, which send events. */
const REST_SOURCES: readonly ScoreSource[] = ["API", "ANNOTATION"];

/**
 * What `accept` refused goes by the ids of things, of which a batch may speak often; the clock
 * tells which event it was.
 */
function refusedEvents(
  { mapped }: MappedBatch,
  refused: Awaited<ReturnType<typeof accept>>,
): { event: MappedEvent; rejected: Rejected }[] {
  const byClock = new Map(refused.map((one) => [one.clock, one]));
  return mapped.flatMap((event) => {
    const found = event.clock === null ? undefined : byClock.get(event.clock);
    if (!found) return [];
    const { status, message } = found;
    return [{ event, rejected: { id: event.eventId, status, message } }];
  });
}

const nameOfStatus = (status: number): string => {
  if (status === 401) return errorNameOf("unauthenticated");
  return errorNameOf(status === TOO_LARGE ? "too_large" : "invalid_request");
};

/**
 * Accepts the good events of a batch and says what is wrong with the others.
 *
 * @param sources who a score may say it comes from
 * @throws Refusal too_large for more events than the project allows, unavailable when storage is
 */
export async function ingestBatch(
  scope: Scope,
  events: readonly unknown[],
  metadata: unknown,
  sources: readonly ScoreSource[] = SCORE_SOURCES,
): Promise<IngestionAnswer> {
  const { scoreConfigs, limits } = await settingsOf(scope);
  if (events.length > limits.eventsPerRequest) {
    throw new Refusal(
      "too_large",
      `batch: has ${events.length} events; at most ${limits.eventsPerRequest} are allowed`,
    );
  }
  const rules = {
    scoresOnly: !scope.grants.includes("ingest"),
    sources,
    configs: scoreConfigs,
    receivedUs: scope.now.getTime() * 1000,
  };
  const batch = mapBatch(events, rules, sdkOf(metadata));
  const { observations, traces, scores } = batch;
  const refused = refusedEvents(batch, await accept(scope, { observations, traces, scores }));
  const bad = [...batch.rejected, ...refused.map(({ rejected }) => rejected)];
  const late = new Set(refused.map(({ event }) => event));
  return {
    successes: batch.mapped
      .filter((event) => !late.has(event))
      .map(({ eventId }) => ({ id: eventId, status: CREATED })),
    errors: bad.map((rejected) => ({ ...rejected, error: nameOfStatus(rejected.status) })),
  };
}

/**
 * Creates scores, or updates those with the same ids; of one id, the last in the list wins.
 *
 * @throws Refusal as `ingestBatch`
 */
export async function createScores(
  scope: Scope,
  bodies: readonly unknown[],
): Promise<SortedScores> {
  const events = bodies.map((body) => ({ id: crypto.randomUUID(), type: "score-create", body }));
  const { successes, errors } = await ingestBatch(scope, events, undefined, REST_SOURCES);
  return {
    accepted: successes.length,
    rejected: errors.length,
    errors: errors.map(({ id, message }) => {
      const place = `[${events.findIndex((event) => event.id === id)}]`;
      const inside = message.startsWith("body") ? message.slice("body".length) : ` ${message}`;
      return { message: `${place}${inside}` };
    }),
  };
}

/**
 * Creates one score, or updates the one with that id.
 *
 * @returns its id
 * @throws Refusal invalid_request naming the field, too_large, and as `ingestBatch`
 */
export async function createScore(scope: Scope, input: ScoreBody): Promise<string> {
  // An event without a score id lends its own.
  const event = { id: crypto.randomUUID(), type: "score-create", body: input };
  const { errors } = await ingestBatch(scope, [event], undefined, REST_SOURCES);
  const [error] = errors;
  if (!error) return typeof input["id"] === "string" ? cleanText(input["id"]) : event.id;
  const message = error.message.replace(/^body\./, "");
  const [path = "", ...rest] = message.split(": ");
  const issues = rest.length > 0 ? [{ path, message: rest.join(": ") }] : [];
  throw new Refusal(error.status === TOO_LARGE ? "too_large" : "invalid_request", message, {
    issues,
  });
}

/**
 * Deletes every score with this id; each is first found, because its owner says where it lives.
 *
 * @throws Refusal not_found when there is none (yet: what was just sent takes a moment)
 */
export async function deleteScore(scope: Scope, id: string): Promise<void> {
  const found = await findScores(scope, id);
  if (found.length === 0) throw new Refusal("not_found", `there is no score ${id}`);
  const clock = clockOf(true, scope.now.getTime(), crypto.randomUUID());
  const scores = found.map(({ score }): ScorePatch => ({ ...score, clock, deleted: true }));
  await accept(scope, { observations: [], traces: [], scores });
}
