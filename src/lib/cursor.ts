/** The last item of a page: lists go from the newest instant to the oldest, then by id. */
export type Place = { timestampUs: number; id: string };

/** Where the next page begins: after this place. URL-safe base64. */
export function encodeCursor({ timestampUs, id }: Place): string {
  const bytes = new TextEncoder().encode(JSON.stringify([timestampUs, id]));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Undefined for what `encodeCursor` did not write. */
export function decodeCursor(cursor: string): Place | undefined {
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const [timestampUs, id]: unknown[] = Array.isArray(value) ? value : [];
    return typeof timestampUs === "number" && typeof id === "string"
      ? { timestampUs, id }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an item comes after a page's last one. */
export const isAfter = (item: Place, last: Place): boolean =>
  item.timestampUs < last.timestampUs ||
  (item.timestampUs === last.timestampUs && item.id > last.id);

/** One page of a list that is already in order, and the cursor of the next, if there is one. */
export function pageAfter<T>(
  sorted: readonly T[],
  {
    place,
    limit,
    placeOf,
  }: { place: Place | undefined; limit: number; placeOf: (item: T) => Place },
): { data: T[]; cursor: string | undefined } {
  const rest = place ? sorted.filter((item) => isAfter(placeOf(item), place)) : sorted;
  const data = rest.slice(0, limit);
  const last = rest.length > data.length ? data.at(-1) : undefined;
  return { data, cursor: last && encodeCursor(placeOf(last)) };
}
