import { newId } from "../../../lib/ids.ts";
import { now as clockNow } from "../../../platform/clock.ts";
import type { Env, IngestMessage } from "../../../platform/env.ts";
import type { Job } from "../../../platform/job.ts";
import { logBug, logEvent } from "../../../platform/log.ts";
import { batchAtHand } from "../../../platform/queue.ts";
import { scopeOfTenant } from "../../projects/index.ts";
import { objectName, parseObjectName } from "../accept/payload.ts";
import { consume, Unusable } from "./actions.ts";
import { readCursor, recordObject, unrecorded, writeCursor } from "./store.ts";

/** Attempts after which an event of an unknown observation is taken as it is. */
const PATIENCE = 3;
const RETRY_SECONDS = [2, 5, 15, 60, 300];

/** 0, nobody's, for a name that is not one of ours. */
const tenantOf = (object: string): number => parseObjectName(object)?.tenant ?? 0;

const retryDelay = (attempts: number): number =>
  RETRY_SECONDS[Math.min(attempts, RETRY_SECONDS.length) - 1] ?? 300;

/**
 * Brings queued objects into D1, many objects with one transaction per shard. When that fails,
 * each object is tried by itself, so that one bad object never holds up its neighbours.
 */
export async function consumeQueue(batch: MessageBatch<IngestMessage>, env: Env): Promise<void> {
  const now = clockNow();
  const byTenant = new Map<number, Message<IngestMessage>[]>();
  for (const message of batch.messages) {
    const tenant = tenantOf(message.body.object);
    byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), message]);
  }
  for (const [tenant, messages] of byTenant) {
    const scope = scopeOfTenant(env, now, tenant);
    try {
      await consume(
        scope,
        messages.map(({ body }) => body.object),
        messages.every(({ attempts }) => attempts >= PATIENCE),
      );
      for (const message of messages) message.ack();
    } catch {
      for (const message of messages) await consumeOne(message, env, scope);
    }
  }
}

async function consumeOne(
  message: Message<IngestMessage>,
  env: Env,
  scope: ReturnType<typeof scopeOfTenant>,
): Promise<void> {
  const { object } = message.body;
  try {
    await consume(scope, [object], message.attempts >= PATIENCE);
    message.ack();
  } catch (error) {
    if (error instanceof Unusable) {
      await park(env, object, error.message);
      message.ack();
      return;
    }
    logBug(error, { object, attempts: message.attempts });
    message.retry({ delaySeconds: retryDelay(message.attempts) });
  }
}

/** Records why an object will not be tried again by itself. */
async function park(env: Env, object: string, error: string): Promise<void> {
  const tenant = tenantOf(object);
  logEvent("object parked", { object, error });
  await recordObject(env.EVENTS_0, { tenant, name: object, traces: [], error }).run();
}

/**
 * What the queue gave up on is tried one last time: a message cannot say why it failed, but the
 * failure itself can. While not even that can be recorded, the message stays.
 */
export async function consumeDead(batch: MessageBatch<IngestMessage>, env: Env): Promise<void> {
  const now = clockNow();
  for (const message of batch.messages) {
    const { object } = message.body;
    try {
      await consume(scopeOfTenant(env, now, tenantOf(object)), [object], true);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await park(env, object, `could not be processed after all retries: ${reason}`);
    }
    message.ack();
  }
}

const SWEEP_AFTER_MS = 2 * 60_000;
const SWEEP_PAGE = 500;
const SWEEP_PAGES = 10;
const WATERMARK = "sweep";

/** `young`: it has not waited long enough to be judged. */
type Waiting = { found: { name: string; is: "recorded" | "missing" | "young" }[]; more: boolean };

/** Objects after a name in order, and whether D1 records those that were stored by an instant. */
async function waitingAfter(env: Env, storedBy: Date, after: string | undefined): Promise<Waiting> {
  const { objects, truncated } = await env.PAYLOADS.list({
    prefix: "in/",
    limit: SWEEP_PAGE,
    ...(after === undefined ? {} : { startAfter: after }),
  });
  const hasWaited = ({ uploaded }: R2Object): boolean => uploaded <= storedBy;
  const waited = objects.filter(hasWaited);
  const names = waited.map(({ key }) => ({ name: key, tenant: tenantOf(key) }));
  const missing = new Set(names.length > 0 ? await unrecorded(env.EVENTS_0, names) : []);
  return {
    found: objects.map((object) => {
      const name = object.key;
      return {
        name,
        is: hasWaited(object) ? (missing.has(name) ? "missing" : "recorded") : "young",
      };
    }),
    more: truncated && waited.length === objects.length,
  };
}

/**
 * Queues again every object that has waited for two minutes and is not recorded: what the queue
 * lost is not lost. The watermark is a name up to which every object is recorded. It never passes one
 * that is too young to be judged: a name is of a request's start, so an object may be written after
 * others whose names follow its own.
 */
async function sweep(env: Env, now: Date): Promise<{ more: boolean }> {
  const storedBy = new Date(now.getTime() - SWEEP_AFTER_MS);
  const watermark = await readCursor(env.EVENTS_0, WATERMARK);
  let [after, settled] = [watermark, watermark];
  let isSettled = true;
  let more = true;
  for (let page = 0; page < SWEEP_PAGES && more; page++) {
    const waiting = await waitingAfter(env, storedBy, after);
    for (const { name, is } of waiting.found) {
      if (is === "missing") await env.INGEST.send({ object: name });
      isSettled &&= is === "recorded";
      if (isSettled) settled = name;
      after = name;
    }
    more = waiting.more;
  }
  if (settled !== undefined && settled !== watermark) {
    await writeCursor(env.EVENTS_0, WATERMARK, settled).run();
  }
  return { more };
}

const EVER = new Date(8.64e15);
const OBJECTS_AT_HAND = 20;
const MS_PER_DAY = 86_400_000;

/** The watermark, unless the clock was moved back behind it. */
async function lookFrom(env: Env, now: Date): Promise<string | undefined> {
  const nameAt = (at: Date): string => objectName(at, newId("r", at), 0, 0);
  const watermark = await readCursor(env.EVENTS_0, WATERMARK);
  if (watermark === undefined || watermark < nameAt(now)) return watermark;
  return nameAt(new Date(now.getTime() - MS_PER_DAY));
}

async function allMissing(env: Env, now: Date): Promise<IngestMessage[]> {
  let after = await lookFrom(env, now);
  const missing: IngestMessage[] = [];
  for (let more = true; more;) {
    const waiting = await waitingAfter(env, EVER, after);
    for (const { name, is } of waiting.found) {
      if (is === "missing") missing.push({ object: name });
      after = name;
    }
    more = waiting.more;
  }
  return missing;
}

/** Rounds in which events may find what they belong to, and rows that the queue is writing too. */
const ROUNDS = 3;

/**
 * Brings in all that was accepted without waiting for the queue: where tests move time, because the
 * queue goes by the true clock; on a machine of one's own, because it was lost with its process.
 * What cannot be brought in yet is left to the queue and the sweep.
 */
export async function takeIn(env: Env, now: Date): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const missing = await allMissing(env, now);
    if (missing.length === 0) return;
    for (let from = 0; from < missing.length; from += OBJECTS_AT_HAND) {
      const part = missing.slice(from, from + OBJECTS_AT_HAND);
      await consumeQueue(batchAtHand("ingest", part), env);
    }
  }
}

export const ingestJobs: Job[] = [{ name: "sweep", everyMinutes: 2, run: sweep }];
