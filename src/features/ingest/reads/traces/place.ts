import { decodeCursor, encodeCursor } from "../../../../lib/cursor.ts";
import { cursorOf, type Key, keyOf } from "../generations/order.ts";

/** Where a walk over accepted objects stands: after the trace at this place of the object's list. */
export type ObjectPlace = { object: string; at: number };
/** Where a walk over a session's traces stands. */
export type TimePlace = { timestampUs: number; id: string };

/** Ids and names hold no NUL; a generation's cursor has one between two ids, these have it in front. */
const OBJECT = "\u0000o";
const TIME = "\u0000t";

export const generationCursor = (key: Key): string => cursorOf(key);

export const objectCursor = ({ object, at }: ObjectPlace): string =>
  encodeCursor({ timestampUs: at, id: OBJECT + object });

export const timeCursor = ({ timestampUs, id }: TimePlace): string =>
  encodeCursor({ timestampUs, id: TIME + id });

/** Undefined for a cursor of another list. */
export function generationPlace(cursor: string): Key | undefined {
  const place = decodeCursor(cursor);
  const key = place && keyOf(place);
  return key?.trace === "" ? undefined : key;
}

export function objectPlace(cursor: string): ObjectPlace | undefined {
  const place = decodeCursor(cursor);
  if (!place?.id.startsWith(OBJECT)) return undefined;
  return { object: place.id.slice(OBJECT.length), at: place.timestampUs };
}

export function timePlace(cursor: string): TimePlace | undefined {
  const place = decodeCursor(cursor);
  if (!place?.id.startsWith(TIME)) return undefined;
  return { timestampUs: place.timestampUs, id: place.id.slice(TIME.length) };
}
