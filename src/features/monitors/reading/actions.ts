import type { Scope } from "../../../platform/scope.ts";
import { promptVersionOf, throughLabel } from "../../ingest/model.ts";
import { newestDeployments } from "../../prompts/index.ts";
import { readGroupedCells, versionsWithTraffic } from "../../rollups/index.ts";
import { type Cell, type Level, type SlotRange, slotOf, spanOf } from "../../rollups/model.ts";
import type { LedgerMove } from "../regression/deployments.ts";
import { takeoverAt, versionAt } from "../regression/deployments.ts";
import type { Rule } from "../rules/contract.ts";
import type { Watch, Window } from "../rules/look.ts";
import { wishOf } from "../rules/statistic.ts";

/** Windows of one rule that are to be looked at. */
export type Task<R extends Rule = Rule> = {
  scope: Scope;
  /** The project's. */
  timeZone: string;
  rule: R;
  /** Oldest first; some between may be missing. */
  windows: readonly Window[];
  /** What is watched already; null: whatever there is. */
  known: readonly Watch[] | null;
};

const EPOCH = new Date(0);
const US_PER_MS = 1000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;
/** Rows of a label's ledger that are looked back on. */
const MAX_MOVES = 500;
/** Newest versions of a prompt that one rule watches. */
const MAX_VERSIONS = 50;

/** What the ledger says of a label before an instant, oldest first. */
export const readLedger = (
  scope: Scope,
  prompt: string,
  label: string,
  toMs: number,
): Promise<LedgerMove[]> =>
  newestDeployments(scope, prompt, { from: EPOCH, to: new Date(toMs), label, limit: MAX_MOVES });

/** How buckets keep a version: named by number, and found through a label. */
export const storedOf = (version: number): number[] => [version, throughLabel(version)];

/** Which version is watched in each window, and who leads to it. */
export type Subjects = {
  versions: number[];
  at: (window: Window) => Watch[];
  /** When a version took over, and from which one: by the label, or by its first use. */
  ledger: readonly LedgerMove[];
};

type Subject = { prompt: string; label: string | null; version?: number | undefined };

const watchOf = (prompt: string, version: number, label: string | null): Watch => ({
  key: `v${version}`,
  prompt,
  label,
  version,
  deployment: null,
  isOptional: false,
});

async function usedVersions(scope: Scope, prompt: string): Promise<number[]> {
  const stored = await versionsWithTraffic(scope, prompt);
  const numbers = new Set(stored.map((one) => promptVersionOf(one) ?? 0));
  return [...numbers]
    .filter((version) => version > 0)
    .sort((a, b) => a - b)
    .slice(-MAX_VERSIONS);
}

/** The versions that a rule about one version watches; without label and version: each that is used. */
export async function readSubjects(
  { scope, windows }: Pick<Task, "scope" | "windows">,
  { prompt, label, version }: Subject,
): Promise<Subjects> {
  if (version !== undefined) {
    const watch = watchOf(prompt, version, null);
    return { versions: [version], at: () => [watch], ledger: [] };
  }
  if (label === null) {
    const versions = await usedVersions(scope, prompt);
    const all = versions.map((one) => ({ ...watchOf(prompt, one, null), isOptional: true }));
    return { versions, at: () => all, ledger: [] };
  }
  const ledger = await readLedger(scope, prompt, label, windows.at(-1)?.to ?? 0);
  const servedIn = ({ to }: Window): number | null => versionAt(ledger, to - 1);
  const versions = new Set(windows.flatMap((window) => servedIn(window) ?? []));
  return {
    versions: [...versions],
    at: (window) => {
      const served = servedIn(window);
      return served === null ? [] : [watchOf(prompt, served, label)];
    },
    ledger,
  };
}

/** When the label came to a version that it serves in a window, and where it was before. */
export const takeoverIn = ({ ledger }: Subjects, window: Window): LedgerMove | undefined =>
  takeoverAt(ledger, window.to - 1);

/** The coarsest buckets that windows of a length are made of. */
const levelOf = (windowMs: number): Level =>
  windowMs % MS_PER_DAY === 0 ? 2 : windowMs % MS_PER_HOUR === 0 ? 1 : 0;

/** Slots of a level that begin in a stretch of time. */
export const slotsIn = (level: Level, { from, to }: Window): SlotRange => ({
  level,
  from: slotOf(level, from * US_PER_MS),
  to: slotOf(level, to * US_PER_MS - 1) + 1,
});

type Narrow = { environment?: string | undefined; model?: string | undefined };
export const filterOf = ({
  environment = null,
  model = null,
}: {
  environment?: string | null | undefined;
  model?: string | null | undefined;
}) => ({ environment, model });

/** What versions did in windows of one length: a look-up by version and a window's end. */
export async function readWindows(
  { scope, windows }: Pick<Task, "scope" | "windows">,
  {
    prompt,
    versions,
    metric,
    ...narrow
  }: Narrow & { prompt: string; versions: readonly number[]; metric: string },
): Promise<(version: number, window: Window) => Cell | undefined> {
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return () => undefined;
  const length = first.to - first.from;
  const level = levelOf(length);
  const endOf = (slot: number): number =>
    (Math.floor(spanOf(level, slot).from / US_PER_MS / length) + 1) * length;
  const cells = await readGroupedCells(
    scope,
    {
      prompt,
      versions: versions.flatMap(storedOf),
      ranges: [slotsIn(level, { from: first.from, to: last.to })],
      filter: filterOf(narrow),
      wish: wishOf({ metric }),
    },
    ({ version, slot }) => `${promptVersionOf(version) ?? 0}/${endOf(slot)}`,
  );
  return (version, { to }) => cells.get(`${version}/${to}`);
}

/** What each version did hour by hour: a look-up by version and an hour's beginning in milliseconds. */
export async function readHours(
  scope: Scope,
  {
    prompt,
    versions,
    from,
    to,
    metric,
    ...narrow
  }: Narrow & Window & { prompt: string; versions: readonly number[]; metric: string | null },
): Promise<(version: number, hourMs: number) => Cell | undefined> {
  const cells = await readGroupedCells(
    scope,
    {
      prompt,
      versions: versions.flatMap(storedOf),
      ranges: [slotsIn(1, { from, to })],
      filter: filterOf(narrow),
      ...(metric === null ? {} : { wish: wishOf({ metric }) }),
    },
    ({ version, slot }) => `${promptVersionOf(version) ?? 0}/${slot}`,
  );
  return (version, hourMs) => cells.get(`${version}/${slotOf(1, hourMs * US_PER_MS)}`);
}
