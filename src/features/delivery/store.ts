import { memo } from "../../platform/memo.ts";
import type { Scope } from "../../platform/scope.ts";
import type { Document, DocumentMetadata } from "./document.ts";

/** KV's shortest. */
const CACHE_TTL_SECONDS = 30;
/** How long an isolate keeps a document in memory unless DOCUMENT_MEMORY_MS says otherwise. */
const MEMORY_MS = 10_000;
const MAX_MEMORY_MS = 60_000;
const MISSING_MS = 2_000;
/** KV may give a location the old document this long after it was renewed; then some. */
const RENEWED_MS = 90_000;
const MAX_ENTRIES = 5_000;
const MAX_BYTES = 32_000_000;

const documents = memo<{ document: Document; sinceMs: number }>(
  MAX_MEMORY_MS,
  MAX_ENTRIES,
  MAX_BYTES,
);
const missing = memo<true>(MISSING_MS, MAX_ENTRIES);
/** Keys of documents that changed through this isolate, and which change it was. */
const renewed = memo<symbol>(RENEWED_MS, MAX_ENTRIES);

const memoryMs = ({ env }: Scope): number => {
  const given = env.DOCUMENT_MEMORY_MS;
  return given === undefined ? MEMORY_MS : Math.min(MAX_MEMORY_MS, Number(given));
};

/** What this isolate remembers: the document, null that there is none, undefined for nothing. */
export function recall(scope: Scope, key: string): Document | null | undefined {
  const nowMs = scope.now.getTime();
  const entry = documents.get(key, nowMs);
  if (entry && nowMs - entry.sinceMs < memoryMs(scope)) return entry.document;
  return missing.get(key, nowMs) ? null : undefined;
}

/**
 * Remembers what was read; unless the document changed through this isolate since the read began.
 *
 * @param change what `changeOf` said before the read
 */
export function remember(
  scope: Scope,
  key: string,
  document: Document | undefined,
  change: symbol | undefined,
): void {
  if (changeOf(scope, key) !== change || !(memoryMs(scope) > 0)) return;
  const nowMs = scope.now.getTime();
  if (document) {
    missing.delete(key);
    documents.set(key, { document, sinceMs: nowMs }, nowMs, document.body.byteLength);
  } else {
    missing.set(key, true, nowMs);
  }
}

/** The last change of a document through this isolate, while KV may still give what was before it. */
export const changeOf = ({ now }: Scope, key: string): symbol | undefined =>
  renewed.get(key, now.getTime());

/** Drops the memory of a document that changed, and notes the change. */
export function forget({ now }: Scope, key: string): void {
  documents.delete(key);
  missing.delete(key);
  renewed.set(key, Symbol(), now.getTime());
}

/** Drops everything this isolate remembers. */
export function forgetAll(): void {
  documents.clear();
  missing.clear();
  renewed.clear();
}

/** The one read of the hot path: the stored bytes, unparsed. Undefined when KV has none. */
export async function readDocument(kv: KVNamespace, key: string): Promise<Document | undefined> {
  const { value, metadata } = await kv.getWithMetadata<DocumentMetadata>(key, {
    type: "arrayBuffer",
    cacheTtl: CACHE_TTL_SECONDS,
  });
  return value && metadata ? { body: value, ...metadata } : undefined;
}

/** Writes what a document must say now, or deletes it when there is nothing to say. */
export async function writeDocument(
  kv: KVNamespace,
  key: string,
  document: Document | undefined,
): Promise<void> {
  if (!document) return kv.delete(key);
  const { body, ...metadata } = document;
  await kv.put(key, body, { metadata });
}
