import { sha256Hex } from "../../lib/hash.ts";
import { answerOf, type SplitTable, type StoredVersion } from "../prompts/model.ts";

/** KV's metadata of a document; at most 1,024 bytes. `split`: of a label that serves several versions. */
export type DocumentMetadata = { etag: string; version: number; split?: SplitTable };

/** A finished answer: the bytes that go out, and what KV keeps beside them. */
export type Document = DocumentMetadata & { body: ArrayBuffer };

const ETAG_DIGITS = 32;

function bytesOf(text: string): ArrayBuffer {
  const bytes = new TextEncoder().encode(text);
  const body = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(body).set(bytes);
  return body;
}

/** The answer that says a version. The same version in the same state gives the same bytes and ETag. */
export async function render(projectId: string, stored: StoredVersion): Promise<Document> {
  const text = JSON.stringify(answerOf(projectId, stored));
  const etag = `"${(await sha256Hex(text)).slice(0, ETAG_DIGITS)}"`;
  const { version, split } = stored;
  return { body: bytesOf(text), etag, version, ...(split ? { split } : {}) };
}

/** Whether a request's If-None-Match names this ETag; weak and strong count alike (RFC 9110, 13.1.2). */
export function isCurrent(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag) return true;
  return ifNoneMatch
    .split(",")
    .map((entry) => entry.trim().replace(/^W\//, ""))
    .some((entry) => entry === etag || entry === "*");
}
