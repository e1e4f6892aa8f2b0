import { Refusal } from "../../platform/errors.ts";
import { logEvent } from "../../platform/log.ts";
import type { Scope } from "../../platform/scope.ts";
import { askMissing, readStored, readVersion } from "../prompts/index.ts";
import { type DocumentRef, isLabel, nameProblem } from "../prompts/model.ts";
import { type Document, render } from "./document.ts";
import { documentKey } from "./keys.ts";
import { changeOf, readDocument, recall, remember } from "./store.ts";

const RETRY_AFTER_SECONDS = 5;

/** A read that may fail: what it gave, or that its store is down. */
type Attempt = { ok: true; document: Document | undefined } | { ok: false };

async function attempt(store: string, read: Promise<Document | undefined>): Promise<Attempt> {
  try {
    return { ok: true, document: await read };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    logEvent("a store failed to answer a prompt fetch", { store, reason });
    return { ok: false };
  }
}

/** The document as the registry has it at this instant. */
export async function fetchFresh(scope: Scope, ref: DocumentRef): Promise<Document | undefined> {
  const stored = await readVersion(scope, ref);
  return stored && render(scope.projectId, stored);
}

/** The version as it was written, references and all. Asks D1: nobody fetches that on a hot path. */
export async function fetchUnresolved(
  scope: Scope,
  ref: DocumentRef,
): Promise<Document | undefined> {
  const stored = await readStored(scope, ref);
  return stored && render(scope.projectId, stored);
}

const down = (): Refusal =>
  new Refusal("unavailable", "prompts cannot be read just now", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

async function askLater(scope: Scope, ref: DocumentRef): Promise<void> {
  await askMissing(scope, ref);
}

/** KV first. What it does not have or cannot say, the registry does; a document KV lacks is asked for. */
async function readEdgeFirst(
  scope: Scope,
  ref: DocumentRef,
  key: string,
): Promise<Document | undefined> {
  const edge = await attempt("KV", readDocument(scope.env.PROMPTS, key));
  if (edge.ok && edge.document) return edge.document;
  const registry = await attempt("D1", fetchFresh(scope, ref));
  if (!registry.ok) throw down();
  if (edge.ok && registry.document) scope.defer(askLater(scope, ref));
  return registry.document;
}

/** The registry first: whoever changed a prompt through this isolate sees the change. */
async function readRegistryFirst(
  scope: Scope,
  ref: DocumentRef,
  key: string,
): Promise<Document | undefined> {
  const registry = await attempt("D1", fetchFresh(scope, ref));
  if (registry.ok) return registry.document;
  const edge = await attempt("KV", readDocument(scope.env.PROMPTS, key));
  if (!edge.ok || !edge.document) throw down();
  return edge.document;
}

/** Whether the registry would take such a name and label; KV would choke on some that it does not. */
const canExist = ({ name, kind, selector }: DocumentRef): boolean =>
  nameProblem(name) === undefined && (kind === "version" || isLabel(selector));

/**
 * A prompt's document: from memory, else from KV, else from the registry. It may be some ten
 * seconds and KV's own delay behind the registry.
 *
 * @returns undefined when there is no such prompt, label or version
 * @throws Refusal unavailable when neither store can tell
 */
export async function fetchDocument(scope: Scope, ref: DocumentRef): Promise<Document | undefined> {
  const key = await documentKey(scope.projectId, ref);
  const known = recall(scope, key);
  if (known !== undefined) return known ?? undefined;
  if (!canExist(ref)) return undefined;
  const change = changeOf(scope, key);
  const read = change ? readRegistryFirst : readEdgeFirst;
  const document = await read(scope, ref, key);
  remember(scope, key, document, change);
  return document;
}
