import { parsePayloadRef, type PayloadRef } from "../accept/payload.ts";

/** A stretch of an object's bytes. */
export type Stretch = { offset: number; length: number };

/** What to erase, by object. @throws Error for a reference that is not one of ours */
export function stretchesByObject(refs: readonly PayloadRef[]): Map<string, Stretch[]> {
  const objects = new Map<string, Stretch[]>();
  for (const ref of new Set(refs)) {
    const place = parsePayloadRef(ref);
    if (!place) throw new Error(`not a payload reference: ${ref}`);
    const { object, offset, length } = place;
    const known = objects.get(object);
    if (known) known.push({ offset, length });
    else objects.set(object, [{ offset, length }]);
  }
  return objects;
}

/** Writes zeros over the stretches, in place. @returns whether any byte was not zero before */
export function zero(bytes: Uint8Array, stretches: readonly Stretch[]): boolean {
  let isNews = false;
  for (const { offset, length } of stretches) {
    const part = bytes.subarray(offset, offset + length);
    isNews ||= part.some((byte) => byte !== 0);
    part.fill(0);
  }
  return isNews;
}
