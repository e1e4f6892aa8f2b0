export type DiffLine = { op: "same" | "added" | "removed"; text: string };

/** Cells of the table of common lines; beyond it a change is told as all lines out, all lines in. */
const MAX_CELLS = 4_000_000;

/** Lengths of the longest common subsequences of every pair of suffixes, row by row. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    const [row, below] = [rows[i], rows[i + 1]];
    if (!row || !below) continue;
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] =
        before[i] === after[j] ? 1 + (below[j + 1] ?? 0) : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}

function middleDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  const removed = before.map((text) => ({ op: "removed" as const, text }));
  const added = after.map((text) => ({ op: "added" as const, text }));
  if (before.length * after.length > MAX_CELLS) return [...removed, ...added];
  const rows = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    const text = before[i] ?? "";
    if (text === after[j]) {
      lines.push({ op: "same", text });
      i++;
      j++;
    } else if ((rows[i + 1]?.[j] ?? 0) >= (rows[i]?.[j + 1] ?? 0)) {
      lines.push({ op: "removed", text });
      i++;
    } else {
      lines.push({ op: "added", text: after[j] ?? "" });
      j++;
    }
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)];
}

/** What turns one text into another, line by line, with as many lines kept as can be. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const same = (lines: string[]) => lines.map((text) => ({ op: "same" as const, text }));
  return [
    ...same(a.slice(0, start)),
    ...middleDiff(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(end === 0 ? [] : a.slice(-end)),
  ];
}

const MARK = { same: " ", added: "+", removed: "-" };
const CONTEXT = 3;

/** A diff as text: changed lines with three around them; `...` stands for the rest. */
export function shownDiff(lines: readonly DiffLine[]): string[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ op }) => op !== "same"),
  );
  return lines.flatMap(({ op, text }, index) => {
    if (near[index]) return [`${MARK[op]}${text}`];
    return index === 0 || near[index - 1] ? ["..."] : [];
  });
}
