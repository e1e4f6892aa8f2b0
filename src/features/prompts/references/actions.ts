import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { PromptState } from "../change.ts";
import type { PromptContent } from "../model.ts";
import { finderOf, resolve } from "./resolve.ts";
import { type Dependant, findBroken, readReached, selectorsGone } from "./store.ts";
import { referencesOf } from "./syntax.ts";

type Draft = { name: string; version: number; content: PromptContent };

/** A draft with its references inserted, and the names that this rests on. */
export type Checked = { resolved: PromptContent; read: { name: string; rev: number }[] };

/**
 * Resolves a version that is not stored yet.
 *
 * @throws Refusal invalid_request when a reference leads nowhere, in a circle, too deep or to a chat prompt
 */
export async function checkDraft(
  scope: Scope,
  { name, version, content }: Draft,
): Promise<Checked> {
  const refs = referencesOf(content);
  if (refs.length === 0) return { resolved: content, read: [] };
  const reached = await readReached(scope, refs);
  const result = resolve({ id: "", name, version, prompt: content }, finderOf(reached));
  if (!result.ok) {
    throw new Refusal("invalid_request", `body prompt: ${result.problem}`, {
      issues: [{ path: "prompt", message: result.problem }],
    });
  }
  const read = new Map(reached.flatMap(({ ref, rev }) => (rev === null ? [] : [[ref.name, rev]])));
  return { resolved: result.prompt, read: Array.from(read, ([name, rev]) => ({ name, rev })) };
}

const how = ({ kind, selector }: Dependant): string =>
  kind === "label" ? `label '${selector}'` : `version ${selector}`;

/** @throws Refusal invalid_request when a change takes away what another prompt refers to */
export async function requireUnreferenced(
  scope: Scope,
  name: string,
  before: PromptState | undefined,
  after: PromptState,
): Promise<void> {
  const gone = selectorsGone(before, after);
  if (gone.length === 0) return;
  const broken = await findBroken(scope, name, gone);
  if (!broken) return;
  const { parent, parentVersion } = broken;
  throw new Refusal(
    "invalid_request",
    `${how(broken)} of '${name}' cannot be removed: version ${parentVersion} of '${parent}' refers to it`,
  );
}
