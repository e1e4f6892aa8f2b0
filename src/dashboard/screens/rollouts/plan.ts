import type { OnInconclusive, RolloutUnit } from "../../../features/rollouts/model.ts";

/** What the dialog holds: as typed, so that the API judges it and says what is wrong. */
export type Plan = {
  prompt: string;
  label: string;
  candidate: number | null;
  environment: string;
  unit: RolloutUnit;
  /** Per cent, such as "5, 25, 50". */
  shares: string;
  minMinutes: number | string;
  maxHours: number | string;
  onInconclusive: OnInconclusive;
  holdback: boolean;
  force: boolean;
  reason: string;
};

export const firstPlan = (prompt: string): Plan => ({
  prompt,
  label: "production",
  candidate: null,
  environment: "default",
  unit: "process",
  shares: "5, 25, 50",
  minMinutes: 120,
  maxHours: 48,
  onInconclusive: "hold",
  holdback: false,
  force: false,
  reason: "",
});

/** Fields of the request that the dialog has an input for. */
export const FIELDS = [
  "prompt",
  "label",
  "candidate",
  "environment",
  "unit",
  "stages",
  "maxHours",
  "onInconclusive",
  "holdback",
  "force",
  "reason",
];

const numberOf = (typed: string): number | string => {
  const value = Number(typed);
  return typed === "" || Number.isNaN(value) ? typed : value;
};

/** The request. What is no number goes as text, so that the API can say so. */
export const bodyOf = (plan: Plan): Record<string, unknown> => ({
  prompt: plan.prompt,
  label: plan.label,
  candidate: plan.candidate ?? undefined,
  environment: plan.environment.trim() || "default",
  unit: plan.unit,
  stages: plan.shares
    .split(/[\s,;%]+/)
    .filter((share) => share !== "")
    .map((share) => ({ share: numberOf(share), minMinutes: plan.minMinutes })),
  maxHours: plan.maxHours,
  onInconclusive: plan.onInconclusive,
  holdback: plan.holdback,
  force: plan.force,
  reason: plan.reason.trim() || undefined,
});
