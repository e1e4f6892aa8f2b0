import type { Env } from "../../../platform/env.ts";
import type { PayloadRef } from "../accept/payload.ts";
import { type Stretch, stretchesByObject, zero } from "./zero.ts";

/** Attempts at an object that others rewrite at the same time. */
const MAX_ATTEMPTS = 8;

async function eraseIn(bucket: R2Bucket, name: string, stretches: Stretch[]): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const object = await bucket.get(name);
    // Retention took it.
    if (!object) return;
    const bytes = new Uint8Array(await object.arrayBuffer());
    if (!zero(bytes, stretches)) return;
    // Others may erase their part of the same object: whoever comes second reads again. An object
    // that retention deletes meanwhile does not come back, because nothing has its etag then.
    const put = await bucket.put(name, bytes, { onlyIf: { etagMatches: object.etag } });
    if (put) return;
  }
  throw new Error(`${name} was rewritten by others ${MAX_ATTEMPTS} times`);
}

/** Writes zeros over stored payloads. The objects keep their size, so that all other places hold. */
export async function erasePayloads({ PAYLOADS }: Env, refs: readonly PayloadRef[]): Promise<void> {
  for (const [name, stretches] of stretchesByObject(refs)) {
    await eraseIn(PAYLOADS, name, stretches);
  }
}
