import { listOf } from "./standard.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const FIELDS = ["id", "traceId", "observationId", "sessionId", "name", "comment", "environment"];

/** A thumb is `true` or `false`; all other values say their type themselves, as scores do. */
function valueOf({ value, dataType }: Record<string, unknown>): Record<string, unknown> {
  if (typeof value === "boolean") return { value: value ? 1 : 0, dataType: "BOOLEAN" };
  return { value, ...(dataType === undefined ? {} : { dataType }) };
}

/**
 * Scores out of `{traceId | observationId, name, value}`, one or a list. Without an id each is a
 * score of its own: two people may say the same of the same answer.
 *
 * @param newId makes the id of one without, by its place in the list
 */
export function feedbackEvents(body: unknown, newId: (place: number) => string): unknown[] {
  return listOf(body).map((one, i) => {
    if (!isRecord(one)) return one;
    const id = typeof one["id"] === "string" && one["id"] !== "" ? one["id"] : newId(i);
    const said = FIELDS.filter((field) => one[field] !== undefined && one[field] !== null);
    const fields = Object.fromEntries(said.map((field) => [field, one[field]]));
    return {
      id,
      type: "score-create",
      timestamp: one["timestamp"],
      body: { ...fields, ...valueOf(one), id, source: "API" },
    };
  });
}
