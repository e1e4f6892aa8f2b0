/**
 * The R2 object of one accepted request: a gzip member per payload, then one member with the rows.
 * Its name says when it came, whose it is and where the rows begin, so that the name is all a
 * queue message needs.
 */

/** `in/<day>/<hour>/<time-sortable id>-<project number>-<offset of the rows>` */
export function objectName(now: Date, id: string, tenant: number, rowsOffset: number): string {
  const [day = "", time = ""] = now.toISOString().split("T");
  return `in/${day}/${time.slice(0, 2)}/${id}-${tenant}-${rowsOffset}`;
}

/** @returns undefined for a name that `objectName` did not make */
export function parseObjectName(name: string): { tenant: number; rowsOffset: number } | undefined {
  const match = /^in\/\d{4}-\d\d-\d\d\/\d\d\/[^/-]+-(\d+)-(\d+)$/.exec(name);
  return match ? { tenant: Number(match[1]), rowsOffset: Number(match[2]) } : undefined;
}

/** When an object was accepted, to the hour; for a name that `objectName` made. */
export const acceptedAt = (name: string): Date =>
  new Date(name.replace(/^in\/([\d-]+)\/(\d\d)\/.*$/, "$1T$2:00:00.000Z"));

/** Where one payload lies: `<object>@<offset>+<length>`, bytes of a gzip member. */
export type PayloadRef = string;

export const payloadRef = (object: string, offset: number, length: number): PayloadRef =>
  `${object}@${offset}+${length}`;

export function parsePayloadRef(
  ref: PayloadRef,
): { object: string; offset: number; length: number } | undefined {
  const match = /^(.+)@(\d+)\+(\d+)$/.exec(ref);
  return match?.[1]
    ? { object: match[1], offset: Number(match[2]), length: Number(match[3]) }
    : undefined;
}
