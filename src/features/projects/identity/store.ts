import type { RegistryDb } from "../../../platform/db.ts";
import type { Env } from "../../../platform/env.ts";
import { Refusal } from "../../../platform/errors.ts";
import { logEvent } from "../../../platform/log.ts";
import { memo } from "../../../platform/memo.ts";
import { renew, toKeyRecord } from "../edge/actions.ts";
import { askRenewal } from "../edge/store.ts";
import { keyDocument, type KeyRecord } from "../model.ts";
import { findKeyByHash } from "../store.ts";

/** How long an isolate goes on with what it knows of a key. */
const KEY_MEMO_SECONDS = 30;
/** Seconds a KV location may serve its copy of a key's record; KV allows no less. */
const KEY_CACHE_SECONDS = 30;
/** Seconds in which a put reaches the other KV locations, by Cloudflare's documentation. */
const KV_SPREAD_SECONDS = 60;
/** After so many seconds no isolate anywhere accepts a revoked key. */
export const REVOCATION_SECONDS = KV_SPREAD_SECONDS + KEY_CACHE_SECONDS + KEY_MEMO_SECONDS;
const MISS_MEMO_SECONDS = 10;
const MEMO_ENTRIES = 5_000;
const RETRY_AFTER_SECONDS = 5;

const records = memo<KeyRecord>(KEY_MEMO_SECONDS * 1000, MEMO_ENTRIES);
const misses = memo<true>(MISS_MEMO_SECONDS * 1000, MEMO_ENTRIES);

/** What a look-up needs of a Scope, before there is one. */
export type Caller = {
  env: Env;
  db: RegistryDb;
  now: Date;
  defer: (work: Promise<unknown>) => void;
};

/** undefined: KV did not answer; null: it has no such record. */
async function readEdge(env: Env, hash: string): Promise<KeyRecord | null | undefined> {
  try {
    return await env.PROMPTS.get<KeyRecord>(keyDocument(hash), {
      type: "json",
      cacheTtl: KEY_CACHE_SECONDS,
    });
  } catch (error) {
    logEvent("KV did not answer for a key", { error: String(error) });
    return undefined;
  }
}

/**
 * What is known of a credential: this isolate's memory, else KV, else D1.
 *
 * @param hash SHA-256 of the credential
 * @returns undefined for a credential that nobody was given
 * @throws Refusal unavailable when neither KV nor D1 can say
 */
export async function findKey(caller: Caller, hash: string): Promise<KeyRecord | undefined> {
  const nowMs = caller.now.getTime();
  const known = records.get(hash, nowMs);
  if (known) return known;
  if (misses.get(hash, nowMs)) return undefined;
  const edge = await readEdge(caller.env, hash);
  const record = edge ?? (await readRegistry(caller, hash, edge === null));
  if (record) records.set(hash, record, nowMs);
  else misses.set(hash, true, nowMs);
  return record;
}

async function askRegistry(db: RegistryDb, hash: string) {
  try {
    return await findKeyByHash(db, hash);
  } catch (error) {
    logEvent("D1 did not answer for a key", { error: String(error) });
    throw new Refusal("unavailable", "keys cannot be checked just now; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

async function readRegistry(
  caller: Caller,
  hash: string,
  missingInEdge: boolean,
): Promise<KeyRecord | undefined> {
  const { env, db, now } = caller;
  const row = await askRegistry(db, hash);
  if (!row) return undefined;
  if (missingInEdge) caller.defer(restore(env, db, keyDocument(hash), now));
  return toKeyRecord(row.key, row.projectId);
}

/** Through the outbox: a bare put could bury the tombstone of a key revoked meanwhile. */
async function restore(env: Env, db: RegistryDb, document: string, now: Date): Promise<void> {
  await askRenewal(db, document);
  await renew(env, db, document, now);
}

/** Drops this isolate's copy, so that the isolate that revokes a key obeys at once. */
export function forgetKey(hash: string): void {
  records.delete(hash);
  misses.delete(hash);
}
