/** A row of the ledger, as far as it says which version a label served. */
export type LedgerMove = {
  id: string;
  label: string;
  from: number | null;
  to: number | null;
  at: Date;
  cause: object | null;
};

/** A move of a watched label from one version to another. */
export type Deployed = {
  id: string;
  prompt: string;
  label: string;
  from: number;
  to: number;
  atMs: number;
};

const HOUR_MS = 3_600_000;

/** Hours of the two looks at a deployment. */
export const LOOK_HOURS = [6, 24] as const;
/** Hours of the past that the test of a deployment needs. */
export const HISTORY_HOURS = 14 * 24;
/** The last look. */
export const WATCHED_HOURS = 24;

/** A label served one version from an instant until the next move. */
const isMove = ({ cause, from, to }: LedgerMove): boolean => cause === null && from !== to;

type SplitEvent = { event: "started" | "changed" | "ended"; owner?: string | null };

/** What a row says of a split; undefined for a move. */
const splitOf = ({ cause }: LedgerMove): SplitEvent | undefined =>
  typeof cause === "object" && cause !== null && "split" in cause
    ? (cause as unknown as SplitEvent)
    : undefined;

/** The label serves several versions from this row on. */
const isSplit = (row: LedgerMove): boolean => {
  const split = splitOf(row);
  return split !== undefined && split.event !== "ended";
};

/** A rollout that ends judged its candidate with its own test: its split ends with the move. */
const isByRollout = (rows: readonly LedgerMove[], { at }: LedgerMove): boolean =>
  rows.some((row) => {
    const split = splitOf(row);
    return split?.event === "ended" && split.owner && row.at.getTime() === at.getTime();
  });

/** The version that a label pointed at at an instant. @param rows of one label, oldest first */
export function versionAt(rows: readonly LedgerMove[], ms: number): number | null {
  return rows.findLast((row) => isMove(row) && row.at.getTime() <= ms)?.to ?? null;
}

/** The newest move to the version that the label was on at an instant. */
export const takeoverAt = (rows: readonly LedgerMove[], ms: number): LedgerMove | undefined =>
  rows.findLast((row) => isMove(row) && row.at.getTime() <= ms);

/** Until when a deployment is what the label serves, and serves alone, in milliseconds; Infinity: still. */
export function standsUntil(rows: readonly LedgerMove[], { id }: Pick<Deployed, "id">): number {
  const own = rows.findIndex((row) => row.id === id);
  const next = rows.slice(own + 1).find((row) => isMove(row) || isSplit(row));
  return next ? next.at.getTime() : Infinity;
}

/** The first full hour of a deployment. */
export const startOf = ({ atMs }: Deployed): number => Math.ceil(atMs / HOUR_MS) * HOUR_MS;

/** When a deployment is not watched any more. */
export const endOf = (deployed: Deployed): number => startOf(deployed) + WATCHED_HOURS * HOUR_MS;

/** Moves of a label that a regression monitor watches: not those of rollouts, nor a first one. */
export function deployedIn(prompt: string, rows: readonly LedgerMove[]): Deployed[] {
  return rows.flatMap((row) => {
    const { id, label, from, to, at } = row;
    if (!isMove(row) || isByRollout(rows, row) || from === null || to === null) return [];
    return [{ id, prompt, label, from, to, atMs: at.getTime() }];
  });
}

/** Which version the label served in each of these hours, by the hour's beginning. */
export const servedHours = (
  rows: readonly LedgerMove[],
  fromMs: number,
  hours: number,
): (number | null)[] =>
  Array.from({ length: hours }, (_, hour) => versionAt(rows, fromMs + hour * HOUR_MS));
