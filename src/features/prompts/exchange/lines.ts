import { Line } from "./contract.ts";

/** A line of an import, its place counted from 1. */
export type Numbered = { line: number; entry: Line };
export type LineFault = { line: number; message: string };

function readLine(text: string, line: number): Numbered | LineFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, message: "is not JSON" };
  }
  const read = Line.safeParse(value);
  if (read.success) return { line, entry: read.data };
  const [issue] = read.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  return { line, message: `${where}${issue?.message ?? "invalid"}` };
}

/** The lines of NDJSON, and what is wrong with those that cannot be read. Empty lines count, and say nothing. */
export function readLines(text: string): { lines: Numbered[]; faults: LineFault[] } {
  const lines: Numbered[] = [];
  const faults: LineFault[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    if (raw.trim() === "") continue;
    const read = readLine(raw, index + 1);
    if ("entry" in read) lines.push(read);
    else faults.push(read);
  }
  return { lines, faults };
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
