import { openRegistry, type RegistryDb } from "../../../platform/db.ts";
import type { Env } from "../../../platform/env.ts";
import {
  askDrifted,
  type DocumentPlace,
  documentsAfter,
  existingDocuments,
  FIRST_DOCUMENT,
  longNames,
  type ProjectDocument,
  readVersions,
} from "../../prompts/index.ts";
import { addCounts, readCursor, writeCursor } from "../counts/store.ts";
import { type DocumentMetadata, render } from "../document.ts";
import { documentKey, DOCUMENTS, readKey, SHORTEST_HASHED_NAME } from "../keys.ts";
import { listDocuments, readDocuments } from "../store.ts";
import { type Drift, driftOf } from "./drift.ts";

/** What one run compared and found. `asked`: documents it put into the outbox. */
export type Reconciled = Record<Drift, number> & {
  compared: number;
  asked: number;
  rounds: number;
};

type Found = { drifted: ProjectDocument[]; counts: Omit<Reconciled, "asked"> };

const NOTHING = { compared: 0, missing: 0, stale: 0, orphaned: 0, rounds: 0 };

const placeOf = (cursor: string): DocumentPlace =>
  cursor === "" ? FIRST_DOCUMENT : (JSON.parse(cursor) as DocumentPlace);

/** Where the walk goes on after a slice: after its last document, with the next kind, or from the start. */
function nextPlace(place: DocumentPlace, slice: readonly ProjectDocument[], limit: number): string {
  const last = slice.at(-1);
  if (last && slice.length === limit) return JSON.stringify(last);
  return place.kind === "label" ? JSON.stringify({ ...FIRST_DOCUMENT, kind: "version" }) : "";
}

async function metadataOf(
  project: string,
  stored: Awaited<ReturnType<typeof readVersions>>[number],
): Promise<DocumentMetadata | undefined> {
  if (!stored) return undefined;
  const { body: _body, ...metadata } = await render(project, stored);
  return metadata;
}

/** A slice of what the registry says, beside what KV has of it. */
async function fromRegistry(
  { db, kv }: { db: RegistryDb; kv: KVNamespace },
  cursor: string,
  limit: number,
): Promise<Found & { cursor: string }> {
  const place = placeOf(cursor);
  const slice = await documentsAfter(db, place, limit);
  const keys = await Promise.all(slice.map(({ project, ...ref }) => documentKey(project, ref)));
  // KV before D1: what changes in between is in the outbox already, and is not asked for again.
  const inKv = await readDocuments(kv, keys);
  const stored = await readVersions(db, slice);
  const counts = { ...NOTHING, compared: slice.length };
  const drifted: ProjectDocument[] = [];
  for (const [index, ref] of slice.entries()) {
    const expected = await metadataOf(ref.project, stored[index]);
    const drift = driftOf(expected, inKv.get(keys[index] ?? "")?.metadata);
    if (!drift) continue;
    counts[drift]++;
    drifted.push(ref);
  }
  const next = nextPlace(place, slice, limit);
  return { drifted, counts: { ...counts, rounds: next === "" ? 1 : 0 }, cursor: next };
}

/** The documents that keys of KV stand for. Where a key has but a name's hash, the registry knows the name. */
async function documentsOf(db: RegistryDb, keys: readonly string[]): Promise<ProjectDocument[]> {
  const documents: ProjectDocument[] = [];
  const long = new Map<string, string[]>();
  for (const key of keys) {
    const read = readKey(key);
    if (!read) continue;
    const { project, kind, selector } = read;
    const names =
      "name" in read
        ? [read.name]
        : (long.get(project) ?? (await longNames(db, project, SHORTEST_HASHED_NAME)));
    if (!("name" in read)) long.set(project, names);
    for (const name of names) {
      const ref = { name, kind, selector };
      if ((await documentKey(project, ref)) === key) documents.push({ ...ref, project });
    }
  }
  return documents;
}

const idOf = ({ project, kind, selector, name }: ProjectDocument): string =>
  JSON.stringify([project, kind, selector, name]);

/** A slice of what KV has, of which the registry may know nothing any more. */
async function fromEdge(
  { db, kv }: { db: RegistryDb; kv: KVNamespace },
  cursor: string,
  limit: number,
): Promise<Found & { cursor: string }> {
  const page = await listDocuments(kv, DOCUMENTS, { cursor: cursor || undefined, limit });
  const documents = await documentsOf(
    db,
    page.listed.map(({ key }) => key),
  );
  const living = await existingDocuments(db, documents);
  const known = new Set(living.map(idOf));
  const drifted = documents.filter((ref) => !known.has(idOf(ref)));
  const counts = { ...NOTHING, compared: documents.length, orphaned: drifted.length };
  return { drifted, counts, cursor: page.cursor ?? "" };
}

/**
 * Compares a slice of the registry's documents with KV, and a slice of KV's with the registry, and
 * asks the outbox for those that differ: the drain repairs them. Each run goes on where the last one
 * stopped, so that every document is looked at again and again.
 */
export async function reconcile(env: Env, at: Date, limit: number): Promise<Reconciled> {
  const stores = { db: openRegistry(env.DB), kv: env.PROMPTS };
  const { db } = stores;
  const total: Reconciled = { ...NOTHING, asked: 0 };
  for (const [side, compare] of [
    ["registry", fromRegistry],
    ["edge", fromEdge],
  ] as const) {
    const { drifted, counts, cursor } = await compare(stores, await readCursor(db, side), limit);
    for (const what of ["compared", "missing", "stale", "orphaned", "rounds"] as const) {
      total[what] += counts[what];
    }
    if (drifted.length > 0) total.asked += await askDrifted(db, drifted, at);
    await writeCursor(db, side, cursor, at);
  }
  await addCounts(db, "reconcile", total, at);
  return total;
}
