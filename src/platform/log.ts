/** One JSON line per event of note. Values must never hold secrets or payloads. */
export function logEvent(message: string, fields: Record<string, unknown> = {}): void {
  console.log(JSON.stringify({ ...fields, message }));
}

/** A bug, said once at the edge of the program. */
export function logBug(error: unknown, fields: Record<string, unknown> = {}): void {
  const { message, stack } =
    error instanceof Error ? error : { message: String(error), stack: undefined };
  console.error(JSON.stringify({ ...fields, message, stack }));
}
