import { Line } from "./contract.ts";

/** A line of an import, its place counted from 1. */
export type Numbered = { line: number; entry: Line };
export type LineFault = { line: number; message: string };
/** A line of a kind that another slice offers: only that slice can say what is wrong with it. */
export type Foreign = { line: number; kind: string; value: unknown };

const kindOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;

function readLine(
  text: string,
  line: number,
  offered: ReadonlySet<string>,
): Numbered | Foreign | LineFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, message: "is not JSON" };
  }
  const kind = kindOf(value);
  if (typeof kind === "string" && offered.has(kind)) {
    return { line, kind, value: (value as Record<string, unknown>)[kind] };
  }
  const read = Line.safeParse(value);
  if (read.success) return { line, entry: read.data };
  const [issue] = read.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  return { line, message: `${where}${issue?.message ?? "invalid"}` };
}

/**
 * The lines of NDJSON, and what is wrong with those that cannot be read. Empty lines count, and say nothing.
 *
 * @param offered kinds of lines that other slices take
 */
export function readLines(
  text: string,
  offered: ReadonlySet<string> = new Set(),
): { lines: Numbered[]; foreign: Foreign[]; faults: LineFault[] } {
  const lines: Numbered[] = [];
  const foreign: Foreign[] = [];
  const faults: LineFault[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    if (raw.trim() === "") continue;
    const read = readLine(raw, index + 1, offered);
    if ("entry" in read) lines.push(read);
    else if ("kind" in read) foreign.push(read);
    else faults.push(read);
  }
  return { lines, foreign, faults };
}

/** Lines about prompts, together by name, in the order in which the names first come. */
export function byName(lines: readonly Numbered[]): Map<string, Numbered[]> {
  const groups = new Map<string, Numbered[]>();
  for (const numbered of lines) {
    if (!("name" in numbered.entry)) continue;
    const group = groups.get(numbered.entry.name) ?? [];
    group.push(numbered);
    groups.set(numbered.entry.name, group);
  }
  return groups;
}
