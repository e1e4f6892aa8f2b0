const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const SHORT_NAMES =
  "trace span generation event score agent tool chain retriever evaluator embedding guardrail";

/** Short names of our events. */
const TYPES: ReadonlyMap<unknown, string> = new Map(
  SHORT_NAMES.split(" ").map((name) => [name, `${name}-create`]),
);

/** A list, the list under `events` or `batch`, or one event. */
export function listOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body;
  if (!isRecord(body)) return [body];
  for (const key of ["events", "batch"]) {
    const list = body[key];
    if (Array.isArray(list)) return list;
  }
  return [body];
}

/**
 * Our events as the ingestion endpoint takes them. `type` may be short (`generation`), `data`
 * stands for `body`, and an event without an id gets one that is the same when it is sent again.
 *
 * @param delivery names the delivery
 */
export function standardEvents(body: unknown, delivery: string): unknown[] {
  return listOf(body).map((event, i) => {
    if (!isRecord(event)) return event;
    const { id, type, timestamp, body: said, data } = event;
    return {
      id: typeof id === "string" && id !== "" ? id : `${delivery}:${i}`,
      type: TYPES.get(type) ?? type,
      timestamp,
      body: said ?? data,
    };
  });
}
