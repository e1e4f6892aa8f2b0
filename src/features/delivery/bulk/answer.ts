import { sha256Hex } from "../../../lib/hash.ts";
import type { DocumentMetadata } from "../document.ts";

const ETAG_DIGITS = 32;

/** A prompt in a bulk answer: its document's key and what its version's document says. */
export type Entry = { key: string; metadata: DocumentMetadata; text: string };

/** The ETag of many documents: the hash of their keys, which hold the names, and of their ETags. */
export async function bulkEtag(
  entries: readonly { key: string; metadata: DocumentMetadata }[],
): Promise<string> {
  const text = JSON.stringify(entries.map(({ key, metadata }) => [key, metadata.etag]));
  return `"${(await sha256Hex(text)).slice(0, ETAG_DIGITS)}"`;
}

/** The documents as one JSON answer, as they are stored: none is parsed. */
export const bulkBody = (entries: readonly Entry[]): string =>
  `{"data":[${entries.map(({ text }) => text).join(",")}]}`;
