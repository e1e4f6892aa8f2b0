import type { RegistryDb } from "../../../platform/db.ts";
import { Refusal } from "../../../platform/errors.ts";
import { logEvent } from "../../../platform/log.ts";
import { memo } from "../../../platform/memo.ts";
import type { Scope } from "../../../platform/scope.ts";
import { renew } from "../edge/actions.ts";
import { askRenewal } from "../edge/store.ts";
import { type Settings, settingsDocument, withDefaults } from "../model.ts";
import { findSettings } from "../store.ts";

const MEMO_MS = 30_000;
const MEMO_ENTRIES = 2_000;
const CACHE_SECONDS = 30;
const RETRY_AFTER_SECONDS = 5;

const held = memo<Settings>(MEMO_MS, MEMO_ENTRIES);

/**
 * The project's settings: this isolate's memory, else KV. D1 is asked only where KV lost the
 * document or does not answer, so ingestion goes on without D1.
 *
 * @throws Refusal unavailable when neither can say: a guess could store what must not be stored
 */
export async function readSettings(scope: Scope): Promise<Settings> {
  const document = settingsDocument(scope.projectId);
  const nowMs = scope.now.getTime();
  const known = held.get(document, nowMs);
  if (known) return known;
  const edge = await readEdge(scope, document);
  const settings = edge ? withDefaults(edge) : await readRegistry(scope, document, edge === null);
  held.set(document, settings, nowMs);
  return settings;
}

/** undefined: KV did not answer; null: it has no such document. */
async function readEdge(
  { env }: Scope,
  document: string,
): Promise<Partial<Settings> | null | undefined> {
  try {
    return await env.PROMPTS.get<Partial<Settings>>(document, {
      type: "json",
      cacheTtl: CACHE_SECONDS,
    });
  } catch (error) {
    logEvent("KV did not answer for settings", { document, error: String(error) });
    return undefined;
  }
}

async function askRegistry(db: RegistryDb, projectId: string) {
  try {
    return await findSettings(db, projectId);
  } catch (error) {
    logEvent("D1 did not answer for settings", { projectId, error: String(error) });
    throw new Refusal("unavailable", "the project's settings cannot be read just now; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

async function readRegistry(
  scope: Scope,
  document: string,
  missingInEdge: boolean,
): Promise<Settings> {
  const { env, db, now, projectId } = scope;
  const row = await askRegistry(db, projectId);
  if (row && missingInEdge) {
    scope.defer(askRenewal(db, document).then(() => renew(env, db, document, now)));
  }
  return withDefaults(row?.settings ?? {});
}

/** Drops this isolate's copy, so that the isolate that changes settings obeys at once. */
export const forgetSettings = (projectId: string): void => held.delete(settingsDocument(projectId));
