import type { FrozenBaseline } from "../model.ts";

/** What a split is drawn for, see `lib/split`: a request, a targeting key, or a process and minute. */
export const UNITS = ["request", "key", "process"] as const;
export type Unit = (typeof UNITS)[number];

/** One variant: a version, and where it is chosen by the app, the label that leads to it. */
export type AbArm = { version: number; label: string | null };

/** All that is fixed before the start; a verdict can be recomputed from it and the buckets. */
export type AbDefinition = {
  /** The split label; null when the app chooses between labels itself. */
  label: string | null;
  /** The control is the first. */
  arms: AbArm[];
  /** Declared weights in the order of arms; null: nobody declared them. */
  weights: number[] | null;
  unit: Unit;
  primaryMetric: string;
  decisionMetrics: string[];
  /** Milliseconds since 1970. */
  plannedEndMs: number | null;
  margins: [metric: string, margin: number][];
  baseline: FrozenBaseline | null;
  /** Two-sided level of every interval, and of the tests that choose a winner. */
  alpha: number;
  method: string;
};

/** What became of a test: the winner, why, and the answer that it was decided on. */
export type AbOutcome = {
  winner: number;
  reason: string | null;
  actor: { kind: "key" | "person" | "system"; id: string };
  /** The label that was moved, and whether the data or a person chose. */
  label: string;
  chosenBy: "data" | "caller";
  analysis: unknown;
};
