import { Refusal } from "../../../platform/errors.ts";
import { logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { labelled, readVersions } from "../../prompts/index.ts";
import { isLabel, versionDocument } from "../../prompts/model.ts";
import { isCurrent, render } from "../document.ts";
import { documentFolder, documentKey } from "../keys.ts";
import { type Draw, drawArm } from "../split/actions.ts";
import { type ListedDocument, listDocuments, readDocuments } from "../store.ts";
import { bulkBody, bulkEtag, type Entry } from "./answer.ts";
import { type Bulk, recallBulk, rememberBulk } from "./store.ts";

const RETRY_AFTER_SECONDS = 5;
/** D1 takes 1,000 statements a request, and a document needs two. */
const REFS_PER_READ = 50;

export type BulkAnswer = {
  etag: string;
  /** undefined: the caller has it. */
  body: string | undefined;
  /** Whether an arm was drawn for the caller. */
  drawn: boolean;
};

async function listAll(scope: Scope, label: string): Promise<ListedDocument[]> {
  const prefix = documentFolder(scope.projectId, { kind: "label", selector: label });
  const all: ListedDocument[] = [];
  let cursor: string | undefined;
  do {
    const page = await listDocuments(scope.env.PROMPTS, prefix, { cursor });
    all.push(...page.listed);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return all;
}

/**
 * Bodies with the metadata that came with them: a list and a read of KV may be of different age, so
 * the answer's ETag is made of what is in it.
 */
async function withTexts(scope: Scope, listed: readonly ListedDocument[]): Promise<Bulk> {
  const keys = listed.map(({ key }) => key);
  const found = await readDocuments(scope.env.PROMPTS, keys);
  const entries = keys.flatMap((key) => {
    const document = found.get(key);
    return document ? [{ key, ...document }] : [];
  });
  return { entries, etag: await bulkEtag(entries) };
}

/** The same from the registry, where KV does not answer. */
async function fromRegistry(scope: Scope, label: string): Promise<Bulk> {
  const { projectId: project, db } = scope;
  const refs = await labelled(scope, label);
  const entries: Entry[] = [];
  for (let start = 0; start < refs.length; start += REFS_PER_READ) {
    const part = refs.slice(start, start + REFS_PER_READ);
    const stored = await readVersions(
      db,
      part.map((ref) => ({ ...ref, project })),
    );
    for (const [index, ref] of part.entries()) {
      const version = stored[index];
      if (!version) continue;
      const { body, ...metadata } = await render(project, version);
      const key = await documentKey(project, ref);
      entries.push({ key, metadata, text: new TextDecoder().decode(body) });
    }
  }
  return { entries, etag: await bulkEtag(entries) };
}

/** Every prompt at a label: from memory, else from KV; only the list when the caller has the rest. */
async function readEdge(
  scope: Scope,
  label: string,
  needsTexts: (etag: string, listed: readonly ListedDocument[]) => boolean,
): Promise<Bulk | { etag: string }> {
  const listed = await listAll(scope, label);
  const etag = await bulkEtag(listed);
  if (!needsTexts(etag, listed)) return { etag };
  const bulk = await withTexts(scope, listed);
  rememberBulk(scope, label, bulk);
  return bulk;
}

async function readBulk(
  scope: Scope,
  label: string,
  needsTexts: (etag: string, listed: readonly ListedDocument[]) => boolean,
): Promise<Bulk | { etag: string }> {
  const known = recallBulk(scope, label);
  if (known) return known;
  try {
    return await readEdge(scope, label, needsTexts);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logEvent("a store failed to answer a bulk fetch", { store: "KV", reason });
  }
  try {
    return await fromRegistry(scope, label);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logEvent("a store failed to answer a bulk fetch", { store: "D1", reason });
    throw new Refusal("unavailable", "prompts cannot be read just now", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

/** The key of the arm's document that is drawn; undefined where the control is served. */
async function armKey(scope: Scope, { text, metadata }: Entry, draw: Draw) {
  const arm = metadata.split && (await drawArm(metadata.split, draw));
  if (arm === undefined || arm === metadata.version) return undefined;
  const { name } = JSON.parse(text) as { name: string };
  return documentKey(scope.projectId, versionDocument(name, arm));
}

/** The entries with each split label's arm in its place; one that KV lacks is left to the control. */
async function withArms(scope: Scope, entries: readonly Entry[], draw: Draw): Promise<Entry[]> {
  const keys = await Promise.all(entries.map((entry) => armKey(scope, entry, draw)));
  const arms = await readDocuments(
    scope.env.PROMPTS,
    keys.filter((key) => key !== undefined),
  ).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    logEvent("arms could not be read; the controls were served", { reason });
    return new Map<string, never>();
  });
  return entries.map((entry, index) => {
    const arm = arms.get(keys[index] ?? "");
    return arm ? { key: entry.key, ...arm } : entry;
  });
}

const isSplit = ({ metadata }: Pick<ListedDocument, "metadata">): boolean =>
  metadata.split !== undefined;

/**
 * Every prompt at a label in one answer. Split labels serve their control unless an arm is drawn
 * for a targeting key.
 *
 * @throws Refusal unavailable when neither store can tell
 */
export async function fetchBulk(
  scope: Scope,
  { label, draw, ifNoneMatch }: { label: string; draw: Draw; ifNoneMatch: string | undefined },
): Promise<BulkAnswer> {
  const none = { etag: await bulkEtag([]), body: bulkBody([]), drawn: false };
  if (!isLabel(label)) return none;
  const draws = draw !== "control";
  const bulk = await readBulk(
    scope,
    label,
    (etag, listed) => (draws && listed.some(isSplit)) || !isCurrent(ifNoneMatch, etag),
  );
  if (!("entries" in bulk)) return { etag: bulk.etag, body: undefined, drawn: false };
  const drawn = draws && bulk.entries.some(isSplit);
  const entries = drawn ? await withArms(scope, bulk.entries, draw) : bulk.entries;
  const etag = drawn ? await bulkEtag(entries) : bulk.etag;
  return { etag, drawn, body: isCurrent(ifNoneMatch, etag) ? undefined : bulkBody(entries) };
}
