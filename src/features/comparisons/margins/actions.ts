import type { Scope } from "../../../platform/scope.ts";
import { requirePrompt } from "../../prompts/index.ts";
import type { Margins, PutMargins } from "./contract.ts";
import { effectiveMargins, setMargins } from "./effective.ts";
import { saveMargins, selectMargins } from "./store.ts";

/**
 * Margins that people set for a prompt, or else for its project, by metric; those of other metrics
 * are the default ones. On the scales of `lib/stats/margins.ts`.
 */
export async function marginsOf(
  scope: Scope,
  prompt: string,
): Promise<ReadonlyMap<string, number>> {
  const set = await selectMargins(scope, prompt);
  return setMargins(set.project, set.prompt);
}

/** @param prompt null for the project's. @throws Refusal not_found for an unknown prompt */
export async function readMargins(scope: Scope, prompt: string | null): Promise<Margins> {
  if (prompt !== null) await requirePrompt(scope, prompt);
  const set = await selectMargins(scope, prompt);
  return { data: effectiveMargins(set.project, set.prompt) };
}

/** Verdicts use them from the next answer on; an A/B test or a rollout keeps those it began with. */
export async function putMargins(
  scope: Scope,
  prompt: string | null,
  { margins }: PutMargins,
): Promise<Margins> {
  if (prompt !== null) await requirePrompt(scope, prompt);
  await saveMargins(scope, prompt, margins);
  return readMargins(scope, prompt);
}
