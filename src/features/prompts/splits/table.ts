import type { Run } from "../../../lib/split/runs.ts";

/** A version that a split label serves, and how many of the 10,000 slots it has. */
export type Arm = { version: number; weight: number };

/** All that serving a split label takes: whose slots they are, and what is hashed with a key. */
export type SplitTable = { id: string; runs: Run[] };

/** A split as the registry has it. */
export type LiveSplit = SplitTable & {
  arms: Arm[];
  startedAt: Date;
  changedAt: Date;
  /** The rollout that steers it; people change or end it by force only. */
  owner?: string | null;
};

/** What the ledger says of a split: its label stayed, but what it serves changed. */
export type SplitCause = {
  split: string;
  event: "started" | "changed" | "ended";
  /** Before, when it ended; else from now on. */
  arms: Arm[];
  /** The rollout that did it, and why. */
  owner?: string | undefined;
  evidence?: Record<string, unknown> | undefined;
};
