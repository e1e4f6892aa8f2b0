import type { RegistryDb } from "../../../../platform/db.ts";
import { openRegistry } from "../../../../platform/db.ts";
import type { Env } from "../../../../platform/env.ts";
import { Refusal } from "../../../../platform/errors.ts";
import { logEvent } from "../../../../platform/log.ts";
import { memo } from "../../../../platform/memo.ts";
import { sourceDocument, type SourceRecord } from "../model.ts";
import {
  deleteDeliveriesBefore,
  findAnySource,
  markPublished,
  selectUnpublished,
  type SourceRow,
} from "../store.ts";
import { TOLERANCE_MS } from "../verify.ts";

/*
 * Deliveries are accepted without D1, so KV holds what they need to know. D1 is the truth: a row
 * whose `rev` is not `published` is put again by the next minute's job.
 */

const RUN_LIMIT = 100;
const MEMO_MS = 30_000;
const MEMO_ENTRIES = 1_000;
const CACHE_SECONDS = 30;
const RETRY_AFTER_SECONDS = 5;

const held = memo<SourceRecord>(MEMO_MS, MEMO_ENTRIES);

const recordOf = (row: SourceRow): SourceRecord =>
  row.deletedAt
    ? { deleted: true }
    : {
        deleted: false,
        id: row.id,
        projectId: row.projectId,
        tenant: row.project,
        kind: row.kind,
        auth: row.auth,
        mapping: row.mapping,
        secrets: row.secrets,
      };

async function publish(env: Env, db: RegistryDb, row: SourceRow): Promise<void> {
  held.delete(row.id);
  await env.PROMPTS.put(sourceDocument(row.id), JSON.stringify(recordOf(row)));
  await markPublished(db, row);
}

/** Puts what D1 says of a source now into KV. */
export async function publishSource(env: Env, db: RegistryDb, id: string): Promise<void> {
  held.delete(id);
  const row = await findAnySource(db, id);
  if (row) await publish(env, db, row);
}

/** Brings KV up to date, and forgets deliveries that their timestamp refuses by now. */
export async function publishChanged(env: Env, now: Date): Promise<{ more: boolean }> {
  const db = openRegistry(env.DB);
  // The timestamp of a delivery may be early and late by the tolerance.
  await deleteDeliveriesBefore(db, new Date(now.getTime() - 2 * TOLERANCE_MS));
  const rows = await selectUnpublished(db, RUN_LIMIT);
  for (const row of rows) await publish(env, db, row);
  return { more: rows.length === RUN_LIMIT };
}

/**
 * A source from this isolate's memory, else KV, else D1; undefined for one that never was, which is
 * remembered too, or is deleted. A change is obeyed everywhere within two minutes, here at once.
 */
export async function sourceRecord(
  env: Env,
  id: string,
  nowMs: number,
): Promise<Exclude<SourceRecord, { deleted: true }> | undefined> {
  const known = held.get(id, nowMs) ?? (await readEdge(env, id)) ?? (await readRegistry(env, id));
  held.set(id, known, nowMs);
  return known.deleted ? undefined : known;
}

async function readEdge(env: Env, id: string): Promise<SourceRecord | undefined> {
  try {
    const found = await env.PROMPTS.get<SourceRecord>(sourceDocument(id), {
      type: "json",
      cacheTtl: CACHE_SECONDS,
    });
    return found ?? undefined;
  } catch (error) {
    logEvent("KV did not answer for a source", { source: id, error: String(error) });
    return undefined;
  }
}

/** @throws Refusal unavailable when D1 does not answer either: nobody knows whose the source is */
async function readRegistry(env: Env, id: string): Promise<SourceRecord> {
  try {
    const row = await findAnySource(openRegistry(env.DB), id);
    return row ? recordOf(row) : { deleted: true };
  } catch (error) {
    logEvent("D1 did not answer for a source", { source: id, error: String(error) });
    throw new Refusal("unavailable", "the source cannot be looked up just now; send it again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}
