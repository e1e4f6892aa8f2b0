import type { LocalDay } from "../../../lib/time/zone.ts";
import type { LedgerRow } from "../../prompts/index.ts";
import type { Leftover } from "../contract.ts";

/** A row of a prompt's ledger, as far as it matters here. */
export type Move = Pick<LedgerRow, "label" | "from" | "to" | "at" | "cause">;

/** Where labels point after some moves, and which versions splits draw from. */
export type Standing = {
  labels: ReadonlyMap<string, number>;
  arms: ReadonlySet<number>;
};

/** @param moves in order of time */
export function standingAfter(moves: readonly Move[]): Standing {
  const labels = new Map<string, number>();
  const splits = new Map<string, readonly number[]>();
  for (const { label, to, cause } of moves) {
    if (cause && "split" in cause) {
      if (cause.event === "ended") splits.delete(label);
      else
        splits.set(
          label,
          cause.arms.map(({ version }) => version),
        );
    }
    if (to === null) labels.delete(label);
    else labels.set(label, to);
  }
  return { labels, arms: new Set([...splits.values()].flat()) };
}

/** Labels of each version, sorted. */
export function labelsByVersion({ labels }: Standing): Map<number, string[]> {
  const by = Map.groupBy(labels, ([, version]) => version);
  return new Map([...by].map(([version, of]) => [version, of.map(([label]) => label).sort()]));
}

/**
 * Versions that a label left before the last day of the period, that no label and no split holds at
 * its end, and that somebody called on that day all the same.
 *
 * @param counts generations of the last day by version
 * @param latest the version of the label `latest`, which some applications follow
 */
export function leftoversOf(
  { prompt, moves, latest }: { prompt: string; moves: readonly Move[]; latest: number | null },
  lastDay: LocalDay,
  counts: ReadonlyMap<number, number>,
): Leftover[] {
  const { labels, arms } = standingAfter(moves);
  const held = new Set([...labels.values(), ...arms]);
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return [...counts].flatMap(([version, count]): Leftover[] => {
    if (count === 0 || held.has(version) || version === latest) return [];
    const left = moves.findLast(({ from, to }) => from === version && to !== version);
    if (!left || left.at.getTime() >= lastDay.fromMs) return [];
    const { label, to, at } = left;
    const share = count / total;
    return [{ prompt, version, replacedBy: to, label, replacedAt: at.toISOString(), count, share }];
  });
}
