/** One move of a label, oldest first in a list; `to` null takes the label away. */
export type LabelMove = { name: string; label: string; to: number | null; atMs: number };

export type VersionInstant = { name: string; version: number; atMs: number };

/**
 * Which labels pointed at a version at an instant, sorted.
 *
 * @param moves in the order in which they happened
 */
export function labelsThen(moves: readonly LabelMove[]) {
  const byName = Map.groupBy(moves, ({ name }) => name);
  return ({ name, version, atMs }: VersionInstant): string[] => {
    const pointed = new Map<string, number | null>();
    for (const move of byName.get(name) ?? []) {
      if (move.atMs > atMs) break;
      pointed.set(move.label, move.to);
    }
    return [...pointed]
      .filter(([, to]) => to === version)
      .map(([label]) => label)
      .sort();
  };
}
