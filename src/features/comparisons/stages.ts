import type { SplitCause } from "../prompts/model.ts";

/** What the ledger tells of splits, oldest first. */
export type SplitEvent = { label: string; at: Date; cause: SplitCause };

/** A stretch of one split in which no weight changed. */
export type SplitStage = {
  split: string;
  label: string;
  fromMs: number;
  /** null: it still lasts. */
  toMs: number | null;
  /** Slots of the arms that had any. */
  weights: ReadonlyMap<number, number>;
};

/** Every stage of every split, in the order of their beginnings. */
export function stagesOf(events: readonly SplitEvent[]): SplitStage[] {
  const stages: SplitStage[] = [];
  const open = new Map<string, SplitStage>();
  for (const { label, at, cause } of events) {
    const before = open.get(cause.split);
    if (before) before.toMs = at.getTime();
    open.delete(cause.split);
    if (cause.event === "ended") continue;
    const arms = cause.arms.filter(({ weight }) => weight > 0);
    const stage: SplitStage = {
      split: cause.split,
      label,
      fromMs: at.getTime(),
      toMs: null,
      weights: new Map(arms.map(({ version, weight }) => [version, weight])),
    };
    stages.push(stage);
    open.set(cause.split, stage);
  }
  return stages;
}

/** Caches in front of a split label serve its last state about so long. */
export const SETTLING_MS = 120_000;

export type Pairing = { control: number; candidate: number };

/** A stage in which both versions had a share, cut to the range; instants in ms, `toMs` exclusive. */
export type SharedStage = {
  label: string;
  split: string;
  fromMs: number;
  toMs: number;
  /** Share of the candidate among the two. */
  share: number;
};

export type SharedSplit = {
  label: string;
  split: string;
  /** Whether the split still lasts at the end of the range. */
  isLive: boolean;
  stages: SharedStage[];
};

/**
 * The split under which two versions ran at the same time: the newest, where there were several.
 * A stage begins when caches have let go of the one before.
 *
 * @param range in ms, `toMs` exclusive, not beyond now
 */
export function sharedSplit(
  stages: readonly SplitStage[],
  { control, candidate }: Pairing,
  range: { fromMs: number; toMs: number },
): SharedSplit | undefined {
  const splits = new Map<string, SharedSplit>();
  for (const { split, label, fromMs, toMs, weights } of stages) {
    const c = weights.get(control);
    const t = weights.get(candidate);
    if (c === undefined || t === undefined) continue;
    const from = Math.max(range.fromMs, fromMs + SETTLING_MS);
    const to = Math.min(range.toMs, toMs ?? range.toMs);
    const shared = splits.get(split) ?? { label, split, isLive: false, stages: [] };
    shared.isLive = toMs === null || toMs > range.toMs;
    if (from < to) {
      shared.stages.push({ label, split, fromMs: from, toMs: to, share: t / (c + t) });
    }
    if (shared.stages.length > 0 || toMs === null) splits.set(split, shared);
  }
  return [...splits.values()].filter((one) => one.stages.length > 0).at(-1);
}
