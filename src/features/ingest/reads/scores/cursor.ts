import type { ScorePatch } from "../../../scores/model.ts";

type Place = Pick<ScorePatch, "id" | "timestampUs">;

/** Where the next page begins: after this score, in the order of `byNewest`. URL-safe base64. */
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
