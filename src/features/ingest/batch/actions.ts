import { cleanText } from "../../../lib/text.ts";
import { errorNameOf, Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { settingsOf } from "../../projects/index.ts";
import { findScores } from "../../scores/index.ts";
import { type ScorePatch, type ScoreSource, validateScore } from "../../scores/model.ts";
import { accept } from "../index.ts";
import { clockOf, type Rejected } from "../model.ts";
import { normaliseEnvironment } from "../normalise.ts";
import type { IngestionAnswer, NewScore } from "./contract.ts";
import { mapBatch, type MappedBatch, sdkOf } from "./map.ts";

const CREATED = 201;

/** What `accept` refused goes by the ids of things; the caller knows its events. */
function refusedEvents({ mapped }: MappedBatch, refused: readonly Rejected[]): Rejected[] {
  const byPatch = new Map(refused.map((rejected) => [rejected.id, rejected]));
  return mapped.flatMap(({ eventId, patchId, saysInstant }) => {
    const rejected = saysInstant && patchId !== null ? byPatch.get(patchId) : undefined;
    return rejected ? [{ ...rejected, id: eventId }] : [];
  });
}

const nameOfStatus = (status: number): string => {
  if (status === 401) return errorNameOf("unauthenticated");
  return errorNameOf(status === 413 ? "too_large" : "invalid_request");
};

/**
 * Accepts the good events of a batch and says what is wrong with the others.
 *
 * @throws Refusal too_large for more events than the project allows, unavailable when storage is
 */
export async function ingestBatch(
  scope: Scope,
  events: readonly unknown[],
  metadata: unknown,
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
    configs: scoreConfigs,
    receivedUs: scope.now.getTime() * 1000,
  };
  const batch = mapBatch(events, rules, sdkOf(metadata));
  const { observations, traces, scores } = batch;
  const refused = refusedEvents(batch, await accept(scope, { observations, traces, scores }));
  const bad = [...batch.rejected, ...refused];
  const late = new Set(refused.map(({ id }) => id));
  return {
    successes: batch.mapped
      .filter(({ eventId }) => !late.has(eventId))
      .map(({ eventId }) => ({ id: eventId, status: CREATED })),
    errors: bad.map((rejected) => ({ ...rejected, error: nameOfStatus(rejected.status) })),
  };
}

const refusalOf = ({ path, message }: { path: string; message: string }): Refusal =>
  new Refusal("invalid_request", `${path}: ${message}`, { issues: [{ path, message }] });

/**
 * Creates one score, or updates the one with that id.
 *
 * @returns its id
 * @throws Refusal invalid_request naming the field
 */
export async function createScore(scope: Scope, input: NewScore): Promise<string> {
  const { scoreConfigs } = await settingsOf(scope);
  const sources: ScoreSource[] = scope.grants.includes("ingest") ? ["API", "ANNOTATION"] : ["API"];
  const result = validateScore(input, { sources, configs: scoreConfigs });
  if ("problem" in result) throw refusalOf(result.problem);
  const id = input.id ? cleanText(input.id) : crypto.randomUUID();
  const nowMs = scope.now.getTime();
  const score: ScorePatch = {
    ...result.score,
    id,
    clock: clockOf(false, nowMs, crypto.randomUUID()),
    timestampUs: nowMs * 1000,
    ...(input.environment ? { environment: normaliseEnvironment(input.environment) } : {}),
  };
  await accept(scope, { observations: [], traces: [], scores: [score] });
  return id;
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
