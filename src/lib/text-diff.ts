import { type ChangeObject, diffArrays, diffLines, diffWordsWithSpace } from "diff";

/** A run of text that both sides have, or only one of them. Joined without the added runs it is the old text. */
export type TextChange = { op: "same" | "added" | "removed"; text: string };

/** Edits after which a finer comparison is given up: its cost grows with their square. */
const MAX_EDITS = 2_000;

const opOf = ({ added, removed }: { added: boolean; removed: boolean }): TextChange["op"] =>
  added ? "added" : removed ? "removed" : "same";

const toChanges = (changes: readonly ChangeObject<string>[]): TextChange[] =>
  changes.map((change) => ({ op: opOf(change), text: change.value }));

/**
 * What changed between two texts: by words, blanks included; by lines where too many words differ;
 * as a whole where too many lines do.
 */
export function diffText(before: string, after: string): TextChange[] {
  const bound = { maxEditLength: MAX_EDITS };
  const found = diffWordsWithSpace(before, after, bound) ?? diffLines(before, after, bound);
  if (found) return toChanges(found);
  return [
    { op: "removed", text: before },
    { op: "added", text: after },
  ];
}

/** Two lists side by side: which items of one stand for which of the other, in order. */
export type Pair<T> = { before: T; after: T } | { before: T } | { after: T };

/** The longest common order of two lists. Items that are alike are paired; the others stand alone. */
export function alignLists<T>(
  before: readonly T[],
  after: readonly T[],
  alike: (a: T, b: T) => boolean,
): Pair<T>[] {
  const chunks = diffArrays([...before], [...after], { comparator: alike });
  const pairs: Pair<T>[] = [];
  let [b, a] = [0, 0];
  for (const { added, removed, value } of chunks) {
    for (const _ of value) {
      const [left, right] = [before[b] as T, after[a] as T];
      if (added) pairs.push({ after: right });
      else if (removed) pairs.push({ before: left });
      else pairs.push({ before: left, after: right });
      if (!added) b++;
      if (!removed) a++;
    }
  }
  return pairs;
}
