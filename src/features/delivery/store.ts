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

/** Keys that one bulk read may name. */
const KEYS_PER_READ = 100;
const READS_AT_ONCE = 5;
const LIST_LIMIT = 1_000;

export type ListedDocument = { key: string; metadata: DocumentMetadata };
export type DocumentText = { text: string; metadata: DocumentMetadata };

/** Keys with their metadata in order of the keys; `cursor` undefined at the end. */
export async function listDocuments(
  kv: KVNamespace,
  prefix: string,
  { cursor, limit = LIST_LIMIT }: { cursor?: string | undefined; limit?: number } = {},
): Promise<{ listed: ListedDocument[]; cursor: string | undefined }> {
  const page = await kv.list<DocumentMetadata>({ prefix, limit, cursor: cursor ?? null });
  return {
    listed: page.keys.flatMap(({ name: key, metadata }) => (metadata ? [{ key, metadata }] : [])),
    cursor: page.list_complete ? undefined : page.cursor,
  };
}

type Found = KVNamespaceGetWithMetadataResult<string, DocumentMetadata>;

/** One bulk read; in halves where it is too large for KV to answer at once. */
async function readTogether(kv: KVNamespace, keys: string[]): Promise<[string, DocumentText][]> {
  try {
    const found = await kv.getWithMetadata<DocumentMetadata>(keys, {
      type: "text",
      cacheTtl: CACHE_TTL_SECONDS,
    });
    // miniflare gives null for a key that is not there, Cloudflare a value of null.
    const documents: [string, DocumentText][] = [];
    for (const [key, document] of found as Map<string, Found | null>) {
      const { value: text, metadata } = document ?? { value: null, metadata: null };
      if (text !== null && metadata) documents.push([key, { text, metadata }]);
    }
    return documents;
  } catch (error) {
    if (keys.length === 1) throw error;
    const middle = Math.ceil(keys.length / 2);
    const first = await readTogether(kv, keys.slice(0, middle));
    return [...first, ...(await readTogether(kv, keys.slice(middle)))];
  }
}

/** Many documents at once; those that KV does not have are left out. */
export async function readDocuments(
  kv: KVNamespace,
  keys: readonly string[],
): Promise<Map<string, DocumentText>> {
  const starts = Array.from(
    { length: Math.ceil(keys.length / KEYS_PER_READ) },
    (_, index) => index * KEYS_PER_READ,
  );
  const found = new Map<string, DocumentText>();
  async function work(): Promise<void> {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const part = keys.slice(start, start + KEYS_PER_READ);
      for (const [key, document] of await readTogether(kv, part)) found.set(key, document);
    }
  }
  await Promise.all(Array.from({ length: READS_AT_ONCE }, work));
  return found;
}
