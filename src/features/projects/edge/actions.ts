import type { RegistryDb } from "../../../platform/db.ts";
import type { Env } from "../../../platform/env.ts";
import { logEvent } from "../../../platform/log.ts";
import { documentSubject, type KeyRecord, withDefaults } from "../model.ts";
import { findKeyByHash, findSettings, type KeyRow } from "../store.ts";
import { giveUpLease, selectAsked, settleLease, takeLease } from "./store.ts";

/** Documents that one run renews at most. */
const RUN_LIMIT = 200;
/** A tombstone outlives every cached copy of the record by far; then D1 says the same. */
const TOMBSTONE_SECONDS = 86_400;

export const toKeyRecord = (key: KeyRow, projectId: string): KeyRecord =>
  key.revokedAt
    ? { revoked: true }
    : {
        revoked: false,
        keyId: key.id,
        projectId,
        tenant: key.project,
        kind: key.kind,
        publicKey: key.publicKey,
        grants: key.grants,
      };

/** Puts what D1 says now under the document's name. */
async function put(env: Env, db: RegistryDb, document: string): Promise<void> {
  const subject = documentSubject(document);
  if (subject.of === "settings") {
    const row = await findSettings(db, subject.projectId);
    if (row) await env.PROMPTS.put(document, JSON.stringify(withDefaults(row.settings)));
    return;
  }
  const row = await findKeyByHash(db, subject.hash);
  const record: KeyRecord = row ? toKeyRecord(row.key, row.projectId) : { revoked: true };
  await env.PROMPTS.put(
    document,
    JSON.stringify(record),
    record.revoked ? { expirationTtl: TOMBSTONE_SECONDS } : {},
  );
}

/**
 * Renews one document in KV from D1, if that was asked for and nobody else is at it.
 * Lease and revision keep two renewals from leaving the older one in KV.
 *
 * @returns false when KV refused (it takes one put per second and key); cron tries again
 */
export async function renew(
  env: Env,
  db: RegistryDb,
  document: string,
  now: Date,
): Promise<boolean> {
  const lease = await takeLease(db, document, now.getTime());
  if (!lease) return true;
  try {
    await put(env, db, document);
  } catch (error) {
    logEvent("a document could not be renewed", { document, error: String(error) });
    await giveUpLease(db, lease);
    return false;
  }
  await settleLease(db, lease);
  return true;
}

/** Renews what is still asked for: after a crash, a KV failure, or a change during a renewal. */
export async function renewAsked(env: Env, db: RegistryDb, now: Date): Promise<{ more: boolean }> {
  const asked = await selectAsked(db, RUN_LIMIT);
  for (const { document } of asked) await renew(env, db, document, now);
  return { more: asked.length === RUN_LIMIT };
}
