/** After which row of which shard a step begins. */
export type Place = { shard: number; trace: string; id: string };

export const START: Place = { shard: 0, trace: "", id: "" };

export function encodePlace({ shard, trace, id }: Place): string {
  const bytes = new TextEncoder().encode(JSON.stringify([shard, trace, id]));
  return btoa(String.fromCharCode(...bytes));
}

/** Undefined for what `encodePlace` did not write. */
export function decodePlace(cursor: string): Place | undefined {
  try {
    const bytes = Uint8Array.from(atob(cursor), (letter) => letter.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const [shard, trace, id]: unknown[] = Array.isArray(value) ? value : [];
    const isPlace = Number.isSafeInteger(shard) && typeof trace === "string";
    return isPlace && typeof id === "string" ? { shard: Number(shard), trace, id } : undefined;
  } catch {
    return undefined;
  }
}
