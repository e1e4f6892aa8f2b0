import type { Forecast } from "./contract.ts";
import type { Course } from "./decide.ts";
import type { LeftOut } from "./plan/terms.ts";
import type { Terms } from "./terms.ts";

export type Actor = { kind: "key" | "person" | "system"; id: string };

/** What was said and known at the start; it never changes. */
export type Start = {
  terms: Terms;
  leftOut: LeftOut[];
  forecast: Forecast;
  reason: string | null;
  by: Actor;
};

/** A stretch of one stage whose generations are one cohort. Instants in ms. */
export type Period = {
  /** The cohort's own number, from 0. */
  number: number;
  stage: number;
  /** Evidence of earlier epochs was set aside. */
  epoch: number;
  share: number;
  fromMs: number;
  eventsFromMs: number;
  untilMs: number | null;
};

/** What is to be told once the registry has followed. */
export type Pending = { event: RolloutEventType; actor: Actor; reason: string | null };

export const ROLLOUT_EVENTS = [
  "started",
  "warmed_up",
  "stage_started",
  "held",
  "released",
  "paused",
  "resumed",
  "promoted",
  "rolled_back",
  "inconclusive",
  "aborted",
  "holdback_ended",
] as const;
export type RolloutEventType = (typeof ROLLOUT_EVENTS)[number];

/** All that changes about a rollout. */
export type Progress = {
  course: Course;
  /** null before the first weights. */
  split: string | null;
  epoch: number;
  periods: Period[];
  /** What the registry has yet to follow; null when it has. */
  pending: Pending | null;
  /** The registry is a person's again: nothing there is touched any more. */
  handsOff: boolean;
  holdbackUntilMs: number | null;
  /** When a check was last kept. */
  keptMs: number | null;
};
