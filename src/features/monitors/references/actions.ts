import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { type KnownPrompt, requireKnown } from "../../rollups/index.ts";
import type { Rule } from "../rules/contract.ts";

const refuse = (path: string, message: string): Refusal =>
  new Refusal("invalid_request", `body ${path}: ${message}`, { issues: [{ path, message }] });

async function requirePrompt(scope: Scope, prompt: string): Promise<KnownPrompt> {
  try {
    return await requireKnown(scope, prompt);
  } catch (error) {
    if (error instanceof Refusal && error.code === "not_found") {
      throw refuse("prompt", `there is no prompt '${prompt}'`);
    }
    throw error;
  }
}

function requireVersion(known: KnownPrompt, path: string, version: unknown): void {
  if (typeof version !== "number" || known.versions.includes(version)) return;
  throw refuse(path, `the prompt has no version ${version}`);
}

function requireLabel(known: KnownPrompt, label: string | undefined): void {
  if (label === undefined || [...known.labels.values()].some((all) => all.includes(label))) return;
  throw refuse("label", `the prompt has no label '${label}'`);
}

/**
 * Whether what a rule names is there.
 *
 * @throws Refusal invalid_request naming the field
 */
export async function requireReferences(scope: Scope, rule: Rule): Promise<void> {
  if (rule.prompt === undefined) return;
  const known = await requirePrompt(scope, rule.prompt);
  if ("version" in rule) requireVersion(known, "version", rule.version);
  if ("against" in rule) requireVersion(known, "against", rule.against);
  if ("label" in rule) requireLabel(known, rule.label);
}
