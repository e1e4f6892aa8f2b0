import { sha256Hex } from "../../lib/hash.ts";
import type { DocumentRef } from "../prompts/model.ts";

/** Bytes of UTF-8 a key of KV may have. */
const MAX_KEY_BYTES = 512;
const MAX_BYTES_PER_UNIT = 3;

/** Every document's key begins with it. */
export const DOCUMENTS = "doc/";

/** What the keys of all prompts at a label, or of all at a number, begin with. */
export const documentFolder = (
  projectId: string,
  { kind, selector }: Pick<DocumentRef, "kind" | "selector">,
): string => `${DOCUMENTS}${projectId}/${kind === "label" ? "l" : "v"}/${selector}/`;

/**
 * A document's key in KV: `doc/<project>/l/<label>/<name>` or `doc/<project>/v/<version>/<name>`,
 * so that one `list` finds every prompt at a label. Where that is too long for KV, the SHA-256 of
 * the name follows a second slash, with which no name begins.
 */
export async function documentKey(projectId: string, ref: DocumentRef): Promise<string> {
  const folder = documentFolder(projectId, ref);
  const key = folder + ref.name;
  const fits =
    key.length * MAX_BYTES_PER_UNIT <= MAX_KEY_BYTES ||
    new TextEncoder().encode(key).byteLength <= MAX_KEY_BYTES;
  return fits ? key : `${folder}/${await sha256Hex(ref.name)}`;
}

/** Names with fewer characters always fit into a key: project and label take at most 80 bytes of it. */
export const SHORTEST_HASHED_NAME = Math.floor((MAX_KEY_BYTES - 80) / (MAX_BYTES_PER_UNIT + 1));

/** What a key says: its document, or but the hash of the name. Undefined for a key that is no document's. */
export function readKey(
  key: string,
):
  | (Omit<DocumentRef, "name"> & { project: string } & ({ name: string } | { hash: string }))
  | undefined {
  const [, project, folder, selector, rest] =
    /^doc\/([^/]+)\/([lv])\/([^/]+)\/(.+)$/s.exec(key) ?? [];
  if (project === undefined || selector === undefined || rest === undefined) return undefined;
  const kind = folder === "l" ? ("label" as const) : ("version" as const);
  const place = { project, kind, selector };
  return rest.startsWith("/") ? { ...place, hash: rest.slice(1) } : { ...place, name: rest };
}
