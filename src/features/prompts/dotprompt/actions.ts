import { Refusal } from "../../../platform/errors.ts";
import { issuesOf } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import { createVersion, notFound } from "../actions.ts";
import { type CreatedPrompt, CreatePrompt } from "../contract.ts";
import { DEFAULT_LABEL, labelDocument, LATEST, versionDocument } from "../model.ts";
import { readVersion } from "../reads/actions.ts";
import { readStored } from "../reads/store.ts";
import type { DotPromptImport, DotPromptQuery } from "./contract.ts";
import { readDotPrompt, unwritable, writeDotPrompt } from "./format.ts";

/**
 * A version as a .prompt file.
 *
 * @throws Refusal conflict for a version that the format cannot say
 */
export async function exportDotPrompt(
  scope: Scope,
  name: string,
  { version, label = DEFAULT_LABEL, resolve }: DotPromptQuery,
): Promise<string> {
  const ref = version === undefined ? labelDocument(name, label) : versionDocument(name, version);
  const found = await (resolve ? readVersion : readStored)(scope, ref);
  if (!found) throw notFound(name, version === undefined ? { label } : { version });
  const problem = unwritable(found.prompt);
  if (problem !== undefined) {
    throw new Refusal("conflict", `'${name}' cannot be written as a .prompt file: ${problem}`);
  }
  const labels = found.labels.filter((label) => label !== LATEST);
  return writeDotPrompt({ ...found, labels });
}

const refused = (path: string, message: string): Refusal =>
  new Refusal("invalid_request", `${path}: ${message}`, { issues: [{ path, message }] });

/** Stores a .prompt file as the next version of its prompt. */
export async function importDotPrompt(
  scope: Scope,
  source: string,
  { name, commitMessage, labels }: DotPromptImport,
): Promise<CreatedPrompt> {
  const read = readDotPrompt(source);
  if ("problem" in read) throw refused("body", read.problem);
  const file = read.prompt;
  const given = name ?? file.name;
  if (given === null) throw refused("name", "say it in the query or in the file");
  const draft = CreatePrompt.safeParse({
    name: given,
    type: file.type,
    prompt: file.content,
    config: file.config,
    labels: labels ? file.labels : [],
    tags: file.tags,
    commitMessage,
  });
  if (draft.success) return createVersion(scope, draft.data);
  const [issue] = issuesOf(draft.error);
  throw refused(issue?.path ?? "body", issue?.message ?? "invalid");
}
