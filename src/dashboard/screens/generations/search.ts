import { numberOf, textOf } from "../metrics/search.ts";

/** Filters of GET /api/public/generations as the address has them; time and environment are the window's. */
export type GenerationsSearch = {
  promptName?: string | undefined;
  promptVersion?: number | undefined;
  promptLabel?: string | undefined;
  model?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  traceId?: string | undefined;
  failed?: boolean | undefined;
  scoreName?: string | undefined;
  scoreMin?: number | undefined;
  scoreMax?: number | undefined;
  scoreValue?: string | undefined;
};

const finite = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  return value === undefined || value === null || !Number.isFinite(number) ? undefined : number;
};

const flag = (value: unknown): boolean | undefined =>
  value === true || value === "true"
    ? true
    : value === false || value === "false"
      ? false
      : undefined;

/** Reads an address that anybody may have typed: what makes no sense, or would be refused, is left out. */
export function readGenerationsSearch(search: Record<string, unknown>): GenerationsSearch {
  const promptName = textOf(search["promptName"]);
  const scoreName = textOf(search["scoreName"]);
  return {
    promptName,
    promptVersion: promptName === undefined ? undefined : numberOf(search["promptVersion"]),
    promptLabel: textOf(search["promptLabel"]),
    model: textOf(search["model"]),
    userId: textOf(search["userId"]),
    sessionId: textOf(search["sessionId"]),
    traceId: textOf(search["traceId"]),
    failed: flag(search["failed"]),
    scoreName,
    scoreMin: scoreName === undefined ? undefined : finite(search["scoreMin"]),
    scoreMax: scoreName === undefined ? undefined : finite(search["scoreMax"]),
    scoreValue: scoreName === undefined ? undefined : textOf(search["scoreValue"]),
  };
}
