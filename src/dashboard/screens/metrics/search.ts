/** What the address of the metrics says, beside the window. */
export type MetricsSearch = {
  prompt?: string | undefined;
  /** Between commas; absent is all. */
  versions?: string | undefined;
  /** Ids of columns between commas; absent is the usual ones. */
  columns?: string | undefined;
  /** A column's id, "-" before it downwards. */
  sort?: string | undefined;
  /** Of the percentiles and the distribution. */
  metric?: string | undefined;
  score?: string | undefined;
  /** Whose percentiles are drawn. */
  version?: number | undefined;
  label?: string | undefined;
};

/** The router reads what looks like JSON as such: a prompt may be called 7. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== ""
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : undefined;

const VERSIONS = /^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/;

/** Whole numbers from 1, each once; nothing of what is none. */
export const versionsOf = (text: string | undefined): number[] =>
  text !== undefined && VERSIONS.test(text) ? [...new Set(text.split(",").map(Number))] : [];

export const numberOf = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : undefined;
};

export function readMetricsSearch(search: Record<string, unknown>): MetricsSearch {
  const versions = versionsOf(textOf(search["versions"]));
  return {
    prompt: textOf(search["prompt"]),
    versions: versions.length > 0 ? versions.join(",") : undefined,
    columns: textOf(search["columns"]),
    sort: textOf(search["sort"]),
    metric: textOf(search["metric"]),
    score: textOf(search["score"]),
    version: numberOf(search["version"]),
    label: textOf(search["label"]),
  };
}
