import { gunzipSync, gzipSync } from "node:zlib";

import type { Env } from "../../../platform/env.ts";
import { parseObjectName, type PayloadRef } from "../accept/payload.ts";
import type { StoredRows } from "../accept/stored.ts";
import { rowsWithout } from "./rows.ts";
import { type Stretch, stretchesByObject, zero } from "./zero.ts";

/** Attempts at an object that others rewrite at the same time. */
const MAX_ATTEMPTS = 8;

/**
 * The object's last member, its rows, without what they say of the traces; undefined when they say
 * nothing. It is the last one, so another length moves no other place.
 */
function rowsMember(
  name: string,
  bytes: Uint8Array,
  traces: ReadonlySet<string>,
): { offset: number; member: Uint8Array } | undefined {
  const offset = parseObjectName(name)?.rowsOffset;
  if (offset === undefined) return undefined;
  const text = gunzipSync(bytes.subarray(offset)).toString("utf8");
  const left = rowsWithout(JSON.parse(text) as StoredRows, traces);
  return left && { offset, member: gzipSync(JSON.stringify(left)) };
}

type Erased = { stretches: Stretch[]; traces: ReadonlySet<string> };

async function eraseIn(
  bucket: R2Bucket,
  name: string,
  { stretches, traces }: Erased,
): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const object = await bucket.get(name);
    // Retention took it.
    if (!object) return;
    const bytes = new Uint8Array(await object.arrayBuffer());
    const isNews = zero(bytes, stretches);
    const rows = rowsMember(name, bytes, traces);
    if (!isNews && !rows) return;
    const parts = rows ? [bytes.subarray(0, rows.offset), rows.member] : [bytes];
    // Others may erase their part of the same object: whoever comes second reads again. An object
    // that retention deletes meanwhile does not come back, because nothing has its etag then.
    const put = await bucket.put(name, new Blob(parts), {
      onlyIf: { etagMatches: object.etag },
    });
    if (put) return;
  }
  throw new Error(`${name} was rewritten by others ${MAX_ATTEMPTS} times`);
}

/**
 * Writes zeros over stored payloads, and takes what is said of the traces out of the rows of the
 * same objects. All other places hold.
 *
 * @param traces those that were deleted
 */
export async function erasePayloads(
  { PAYLOADS }: Env,
  refs: readonly PayloadRef[],
  traces: ReadonlySet<string>,
): Promise<void> {
  for (const [name, stretches] of stretchesByObject(refs)) {
    await eraseIn(PAYLOADS, name, { stretches, traces });
  }
}
