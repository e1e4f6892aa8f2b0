import type { RegistryDb } from "../../../platform/db.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { DocumentRef, PromptContent, StoredVersion } from "../model.ts";
import { finderOf, resolve } from "../references/resolve.ts";
import { readWithReached, type WithReached } from "./store.ts";

type Read = { version: StoredVersion } | { problem: string };

function resolved({ version, reached }: WithReached): Read {
  const { id, name, version: number, prompt } = version;
  const result = resolve({ id, name, version: number, prompt }, finderOf(reached));
  if (!result.ok) return { problem: result.problem };
  return { version: { ...version, prompt: result.prompt, resolutionGraph: result.graph } };
}

/**
 * What a document must say now, references resolved; undefined when its label or version does not exist.
 *
 * @throws Refusal conflict when a reference cannot be resolved
 */
export async function readVersion(
  scope: Scope,
  ref: DocumentRef,
): Promise<StoredVersion | undefined> {
  const [found] = await readWithReached(scope.db, [{ ...ref, project: scope.projectId }]);
  const read = found && resolved(found);
  if (read && "problem" in read) {
    throw new Refusal("conflict", `Prompt '${ref.name}' cannot be resolved: ${read.problem}`);
  }
  return read?.version;
}

/**
 * The same for many documents, of any project, in the order given, all at one instant. One that
 * cannot be resolved is undefined: it must not be served.
 */
export async function readVersions(
  db: RegistryDb,
  refs: readonly (DocumentRef & { project: string })[],
): Promise<(StoredVersion | undefined)[]> {
  const found = await readWithReached(db, refs);
  return found.map((entry) => {
    const read = entry && resolved(entry);
    return read && "version" in read ? read.version : undefined;
  });
}

/** What a version says with its references inserted; as it was written where that cannot be done. */
export async function readContent(
  scope: Scope,
  ref: DocumentRef,
): Promise<PromptContent | undefined> {
  const [found] = await readWithReached(scope.db, [{ ...ref, project: scope.projectId }]);
  const read = found && resolved(found);
  return read && "version" in read ? read.version.prompt : found?.version.prompt;
}
