import type { DeploymentImport } from "./contract.ts";

type Known = { versions: readonly number[]; labels: ReadonlyMap<string, number> };
type Moves = DeploymentImport["deployments"];

export type Fault = { path: string; message: string };

/** The moves of an import with their place in it, apart for each prompt and label. */
export function historiesOf(moves: Moves): Map<string, { index: number; move: Moves[number] }[]> {
  const histories = new Map<string, { index: number; move: Moves[number] }[]>();
  for (const [index, move] of moves.entries()) {
    const key = JSON.stringify([move.prompt, move.label]);
    const history = histories.get(key) ?? [];
    history.push({ index, move });
    histories.set(key, history);
  }
  return histories;
}

type Step = { move: Moves[number]; previous: Moves[number] | undefined; known: Known; now: Date };

const RULES: ((step: Step) => [field: "from" | "to" | "at", message: string] | undefined)[] = [
  ({ move, known }) =>
    move.to !== null && !known.versions.includes(move.to)
      ? ["to", `${move.prompt} has no version ${move.to}`]
      : undefined,
  ({ move, previous }) =>
    move.from === (previous?.to ?? null)
      ? undefined
      : ["from", `must be ${String(previous?.to ?? null)}, where the move before left the label`],
  ({ move, previous }) =>
    previous && move.at < previous.at ? ["at", "is before the move before it"] : undefined,
  ({ move, now }) => (move.at > now ? ["at", "is in the future"] : undefined),
];

/**
 * What is wrong with a label's history, in the order given: it must be one chain, from nowhere to
 * where the label points now, because the ledger must agree with the registry.
 */
export function faultsOfHistory(
  history: readonly { index: number; move: Moves[number] }[],
  known: Known,
  now: Date,
): Fault[] {
  const faults: Fault[] = [];
  for (const [place, { index, move }] of history.entries()) {
    const step = { move, previous: history[place - 1]?.move, known, now };
    for (const rule of RULES) {
      const broken = rule(step);
      if (broken) faults.push({ path: `deployments.${index}.${broken[0]}`, message: broken[1] });
    }
  }
  const last = history.at(-1);
  const present = last && (known.labels.get(last.move.label) ?? null);
  if (last && last.move.to !== present) {
    faults.push({
      path: `deployments.${last.index}.to`,
      message: `the last move must lead to ${String(present)}, where ${last.move.label} points now`,
    });
  }
  return faults;
}
