import { sha256Hex } from "../../lib/hash.ts";
import type { DocumentRef } from "../prompts/model.ts";

/** Bytes of UTF-8 a key of KV may have. */
const MAX_KEY_BYTES = 512;
const MAX_BYTES_PER_UNIT = 3;

/**
 * A document's key in KV: `doc/<project>/l/<label>/<name>` or `doc/<project>/v/<version>/<name>`,
 * so that one `list` finds every prompt at a label. Where that is too long for KV, the SHA-256 of
 * the name follows a second slash, with which no name begins.
 */
export async function documentKey(projectId: string, ref: DocumentRef): Promise<string> {
  const folder = `doc/${projectId}/${ref.kind === "label" ? "l" : "v"}/${ref.selector}/`;
  const key = folder + ref.name;
  const fits =
    key.length * MAX_BYTES_PER_UNIT <= MAX_KEY_BYTES ||
    new TextEncoder().encode(key).byteLength <= MAX_KEY_BYTES;
  return fits ? key : `${folder}/${await sha256Hex(ref.name)}`;
}
