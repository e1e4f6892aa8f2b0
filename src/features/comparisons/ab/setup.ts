import { SLOTS } from "../../../lib/split/split.ts";
import type { PromptOverview } from "../../prompts/model.ts";
import type { PutAb } from "./contract.ts";
import type { AbArm } from "./model.ts";

/** Arms with the control first, and their weights in that order. */
export type Arms = { arms: AbArm[]; weights: number[] | null };

/** What is wrong with a test, and with which field. */
export type Fault = { path: string; message: string };

export const isFault = (found: Arms | Fault): found is Fault => "message" in found;

type Candidate = AbArm & { weight: number | null };

function ordered(candidates: readonly Candidate[], isControl: (arm: AbArm) => boolean): Arms {
  const all = [
    ...candidates.filter((one) => isControl(one)),
    ...candidates.filter((one) => !isControl(one)),
  ];
  const weights = all.flatMap(({ weight }) => (weight === null ? [] : [weight]));
  return {
    arms: all.map(({ version, label }) => ({ version, label })),
    weights: weights.length === all.length ? weights : null,
  };
}

/** Versions with their weights, where the split begins at once; else versions alone. */
function splitCandidates({ weights, versions, control }: PutAb): Candidate[] | Fault {
  // Which variants it has, the split will say.
  const named = versions ?? (typeof control === "number" ? [control] : []);
  if (!weights) return named.map((version) => ({ version, label: null, weight: null }));
  const candidates: Candidate[] = [];
  for (const [i, one] of weights.entries()) {
    if (!("version" in one)) {
      return { path: `weights.${i}`, message: "of a split label, weights are of versions" };
    }
    candidates.push({ version: one.version, label: null, weight: one.weight });
  }
  const sum = candidates.reduce((total, { weight }) => total + (weight ?? 0), 0);
  if (sum === SLOTS) return candidates;
  return { path: "weights", message: `must sum to ${SLOTS}; they sum to ${sum}` };
}

const versionAt = ({ versions }: PromptOverview, label: string): number | undefined =>
  versions.find(({ labels }) => labels.includes(label))?.version;

function splitArms(said: PutAb, prompt: PromptOverview): Arms | Fault {
  const { label = "", control } = said;
  const candidates = splitCandidates(said);
  if ("message" in candidates) return candidates;
  const fault = faultOfArms(candidates, prompt, said.weights ? "weights" : "versions");
  if (fault) return fault;
  const pointed = versionAt(prompt, label);
  if (pointed === undefined) return { path: "label", message: `there is no label ${label}` };
  if (control !== pointed || !candidates.some(({ version }) => version === control)) {
    const message = `must be version ${pointed}, where label ${label} points, and one of the arms`;
    return { path: "control", message };
  }
  return ordered(candidates, ({ version }) => version === control);
}

function faultOfArms(
  arms: readonly AbArm[],
  prompt: PromptOverview,
  path: string,
): Fault | undefined {
  const unknown = arms.find(
    ({ version }) => !prompt.versions.some((one) => one.version === version),
  );
  if (unknown) return { path, message: `there is no version ${unknown.version}` };
  if (new Set(arms.map(({ version }) => version)).size === arms.length) return undefined;
  return { path, message: "two arms have the same version, so they cannot be told apart" };
}

function labelCandidates(
  { labels = [], weights = [] }: PutAb,
  prompt: PromptOverview,
): Candidate[] | Fault {
  const candidates: Candidate[] = [];
  for (const [i, label] of labels.entries()) {
    const version = versionAt(prompt, label);
    if (version === undefined) {
      return { path: `labels.${i}`, message: `there is no label ${label}` };
    }
    const own = weights.find((one) => "label" in one && one.label === label);
    candidates.push({ version, label, weight: own?.weight ?? null });
  }
  return candidates;
}

function labelArms(said: PutAb, prompt: PromptOverview): Arms | Fault {
  const { control, weights } = said;
  const candidates = labelCandidates(said, prompt);
  if ("message" in candidates) return candidates;
  const fault = faultOfArms(candidates, prompt, "labels");
  if (fault) return fault;
  if (!candidates.some(({ label }) => label === control)) {
    return { path: "control", message: "must be one of the labels" };
  }
  const isWhole = candidates.every(({ weight }) => weight !== null);
  if (weights && (weights.length !== candidates.length || !isWhole)) {
    return { path: "weights", message: "must name each of the labels once" };
  }
  return ordered(candidates, ({ label }) => label === control);
}

/** The arms of a test as they are now; or what is wrong. */
export const armsOf = (said: PutAb, prompt: PromptOverview): Arms | Fault =>
  said.label === undefined ? labelArms(said, prompt) : splitArms(said, prompt);
