import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { changePrompt, notFound, requirePrompt } from "../actions.ts";
import type { PromptState } from "../change.ts";
import { DEFAULT_LABEL, LATEST } from "../model.ts";
import { checkDraft } from "../references/actions.ts";
import { listDependants } from "../references/store.ts";
import { loadState } from "../store.ts";
import {
  type Duplicate,
  MAX_DEPENDANTS,
  MAX_DUPLICATED,
  type SearchPage,
  type SearchQuery,
  type VersionPage,
  type VersionsQuery,
} from "./contract.ts";
import {
  type Candidate,
  findMatches,
  listCandidates,
  listFolders,
  listVersions,
  type Match,
  readContents,
} from "./store.ts";

/** Names whose content one request looks through: what bounds the cost of a search. */
const SCANNED = 500;
const MAX_FOLDERS = 1_000;

type Listed = SearchPage["data"][number];

function listed(row: Candidate, match: Match | undefined): Listed {
  const labels = JSON.parse(row.labels) as Listed["labels"];
  return {
    name: row.name,
    type: row.type,
    tags: JSON.parse(row.tags) as string[],
    versions: (JSON.parse(row.versions) as number[]).sort((a, b) => a - b),
    labels: labels.sort((a, b) => (a.label < b.label ? -1 : 1)),
    updatedAt: new Date(row.updatedAt).toISOString(),
    match: match ? { version: match.version, excerpt: match.excerpt } : null,
  };
}

/** A page of prompts by name, folder, tag and label; with `q`, only those that say it. */
export async function search(scope: Scope, query: SearchQuery): Promise<SearchPage> {
  const { q, label, limit } = query;
  const most = q === undefined ? limit : SCANNED;
  const scanned = await listCandidates(scope, query, most + 1);
  const rows = scanned.slice(0, most);
  const more = rows.length < scanned.length;
  const end = (last: { name: string } | undefined) => last?.name ?? null;
  if (q === undefined) {
    return {
      data: rows.map((row) => listed(row, undefined)),
      nextCursor: more ? end(rows.at(-1)) : null,
    };
  }
  const names = rows.map(({ name }) => name);
  const matches = new Map<string, Match>();
  for (const match of await findMatches(scope, { q, label, names })) {
    if (!matches.has(match.name)) matches.set(match.name, match);
  }
  const hits = rows.filter(({ name }) => matches.has(name));
  const data = hits.slice(0, limit).map((row) => listed(row, matches.get(row.name)));
  if (hits.length > limit) return { data, nextCursor: end(data.at(-1)) };
  return { data, nextCursor: more ? end(rows.at(-1)) : null };
}

/** Folders right under one. */
export async function readFolders(scope: Scope, parent: string) {
  return { data: await listFolders(scope, parent === "" ? "" : `${parent}/`, MAX_FOLDERS) };
}

/** A page of a prompt's versions, newest first, with their labels and commit messages. */
export async function readVersionList(
  scope: Scope,
  name: string,
  { cursor, limit }: VersionsQuery,
): Promise<VersionPage> {
  const below = cursor === undefined ? undefined : Number(cursor);
  const rows = await listVersions(scope, name, { below, limit: limit + 1 });
  if (rows.length === 0 && below === undefined) throw notFound(name);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map((row) => ({
      ...row,
      labels: JSON.parse(row.labels) as string[],
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    })),
    nextCursor: last && rows.length > limit ? String(last.version) : null,
  };
}

/** Gives a name other tags; its versions stay. */
export const setTags = (scope: Scope, name: string, tags: string[]) =>
  changePrompt(scope, name, (before) => {
    if (!before || before.versions.length === 0) throw notFound(name);
    return { after: { ...before, tags }, reason: null, result: { name, tags } };
  });

/** Versions that are to be duplicated. @throws Refusal not_found, or invalid_request for too many */
function chosenVersions(name: string, source: PromptState, terms: Duplicate): number[] {
  const { version, label, allVersions } = terms;
  if (allVersions) {
    if (source.versions.length <= MAX_DUPLICATED) return source.versions;
    const message = `'${name}' has more than ${MAX_DUPLICATED} versions; choose one, or export and import`;
    throw new Refusal("invalid_request", `body allVersions: ${message}`, {
      issues: [{ path: "allVersions", message }],
    });
  }
  if (version !== undefined) {
    if (!source.versions.includes(version)) throw notFound(name, { version });
    return [version];
  }
  const chosen = label ?? (source.labels.has(DEFAULT_LABEL) ? DEFAULT_LABEL : LATEST);
  const target = source.labels.get(chosen);
  if (target === undefined) throw notFound(name, { label: chosen });
  return [target];
}

/**
 * Copies a prompt to a new name: one version as its first, or all with their numbers. Tags go
 * along; labels do not, because nobody deployed the copy.
 *
 * @throws Refusal conflict when the new name was used before
 */
export async function duplicate(scope: Scope, name: string, terms: Duplicate) {
  const source = (await loadState(scope, name))?.state;
  if (!source || source.versions.length === 0) throw notFound(name);
  const chosen = chosenVersions(name, source, terms);
  const contents = await readContents(scope, name, chosen);
  const { newName, allVersions } = terms;
  const added = contents.map(({ version, prompt, config, commitMessage }) => ({
    version: allVersions ? version : 1,
    content: prompt,
    config,
    commitMessage: allVersions
      ? commitMessage
      : `copy of version ${version} of ${name}`.slice(0, 500),
  }));
  const versions = added.map(({ version }) => version);
  const lastVersion = versions.at(-1);
  if (lastVersion === undefined) throw notFound(name);
  await changePrompt(scope, newName, async (before) => {
    if (before) {
      throw new Refusal("conflict", `there is, or was, a prompt '${newName}' already`);
    }
    const checked = await Promise.all(
      added.map(({ version, content }) => checkDraft(scope, { name: newName, version, content })),
    );
    const after: PromptState = {
      type: source.type,
      tags: source.tags,
      lastVersion,
      versions,
      labels: new Map([[LATEST, lastVersion]]),
    };
    const read = checked.flatMap((one) => one.read);
    return { after, added, read, reason: `copied from ${name}`, result: undefined };
  });
  return { name: newName, versions, source: { name, versions: chosen } };
}

/** Versions of other prompts that insert this one directly, by name and number. */
export async function readDependants(scope: Scope, name: string) {
  await requirePrompt(scope, name);
  const rows = await listDependants(scope, name, MAX_DEPENDANTS);
  return {
    data: rows.map(({ parent, parentVersion, kind, selector }) => ({
      name: parent,
      version: parentVersion,
      by: { kind, selector },
    })),
  };
}
