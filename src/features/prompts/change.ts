import {
  type DocumentRef,
  LATEST,
  labelDocument,
  type PromptType,
  versionDocument,
} from "./model.ts";

/** Everything about a name but what its versions say. Changes are decided on it. */
export type PromptState = {
  type: PromptType;
  tags: string[];
  /** The highest version there ever was. */
  lastVersion: number;
  /** Versions that exist, ascending. */
  versions: number[];
  labels: ReadonlyMap<string, number>;
};

/** One move of one label; null stands for nowhere. */
export type Move = { label: string; from: number | null; to: number | null };

const EMPTY: PromptState = {
  type: "text",
  tags: [],
  lastVersion: 0,
  versions: [],
  labels: new Map(),
};

type NewVersion = { type: PromptType; labels: string[]; tags: string[] | null };

export type Created =
  | { outcome: "created"; after: PromptState; version: number }
  | { outcome: "type-differs"; type: PromptType };

/** The name with one more version, numbered one above the highest there ever was. Tags null: unchanged. */
export function withVersion(before: PromptState | undefined, draft: NewVersion): Created {
  const { type, tags, lastVersion, versions, labels } = before ?? EMPTY;
  const exists = versions.length > 0;
  if (exists && type !== draft.type) return { outcome: "type-differs", type };
  const version = lastVersion + 1;
  const moved = new Map(labels);
  for (const label of [...draft.labels, LATEST]) moved.set(label, version);
  return {
    outcome: "created",
    version,
    after: {
      type: draft.type,
      tags: draft.tags ?? (exists ? tags : []),
      lastVersion: version,
      versions: [...versions, version],
      labels: moved,
    },
  };
}

/** The name with labels moved to a version; undefined when there is no such version. */
export function withLabels(
  before: PromptState | undefined,
  version: number,
  labels: readonly string[],
): PromptState | undefined {
  if (!before?.versions.includes(version)) return undefined;
  const moved = new Map(before.labels);
  for (const label of labels) moved.set(label, version);
  return { ...before, labels: moved };
}

/** The name without one of its labels. */
export function withoutLabel(before: PromptState, label: string): PromptState {
  const labels = new Map(before.labels);
  labels.delete(label);
  return { ...before, labels };
}

export type Selector = { version?: number | undefined; label?: string | undefined };

function matching(state: PromptState, { version, label }: Selector): number[] {
  return state.versions.filter(
    (candidate) =>
      (version === undefined || candidate === version) &&
      (label === undefined || state.labels.get(label) === candidate),
  );
}

/**
 * The name without the versions that match: all of them when nothing is selected. Their labels go
 * with them, but `latest`, which falls to the highest that remains. Undefined when nothing matches.
 */
export function without(
  before: PromptState | undefined,
  selector: Selector,
): PromptState | undefined {
  if (!before) return undefined;
  const gone = new Set(matching(before, selector));
  if (gone.size === 0) return undefined;
  const versions = before.versions.filter((version) => !gone.has(version));
  const labels = new Map([...before.labels].filter(([, version]) => !gone.has(version)));
  const highest = versions.at(-1);
  if (highest !== undefined) labels.set(LATEST, highest);
  return { ...before, versions, labels, tags: highest === undefined ? [] : before.tags };
}

/** What the ledger must say about a change, in order of the labels. */
export function movesBetween(before: PromptState | undefined, after: PromptState): Move[] {
  const old = before?.labels ?? EMPTY.labels;
  return [...new Set([...old.keys(), ...after.labels.keys()])]
    .sort()
    .map((label) => ({
      label,
      from: old.get(label) ?? null,
      to: after.labels.get(label) ?? null,
    }))
    .filter(({ from, to }) => from !== to);
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** Versions, deleted ones included, whose answer is another after the change. */
export function versionsTouched(before: PromptState | undefined, after: PromptState): number[] {
  const old = before ?? EMPTY;
  const touched = new Set<number>();
  for (const { from, to } of movesBetween(before, after)) {
    if (from !== null) touched.add(from);
    if (to !== null) touched.add(to);
  }
  const all = new Set([...old.versions, ...after.versions]);
  const retagged = !sameList(old.tags, after.tags);
  for (const version of all) {
    const existed = old.versions.includes(version);
    if (retagged || existed !== after.versions.includes(version)) touched.add(version);
  }
  return [...touched].sort((a, b) => a - b);
}

/**
 * Documents that a change makes stale: those of every version it touches, and of every label that
 * points at one of them, before or after.
 */
export function documentsBetween(
  name: string,
  before: PromptState | undefined,
  after: PromptState,
): DocumentRef[] {
  const touched = new Set(versionsTouched(before, after));
  const labels = new Set<string>();
  for (const state of [before ?? EMPTY, after]) {
    for (const [label, version] of state.labels) if (touched.has(version)) labels.add(label);
  }
  return [
    ...[...touched].map((version) => versionDocument(name, version)),
    ...[...labels].sort().map((label) => labelDocument(name, label)),
  ];
}
