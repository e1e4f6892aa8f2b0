import { Refusal } from "../../platform/errors.ts";
import type { Scope } from "../../platform/scope.ts";
import {
  movesBetween,
  type PromptState,
  type Selector,
  versionsTouched,
  withLabels,
  without,
  withVersion,
} from "./change.ts";
import type { CreatedPrompt, CreatePrompt, ListQuery, PromptList } from "./contract.ts";
import { lint } from "./lint.ts";
import { listPrompts } from "./list/store.ts";
import { answerOf, DEFAULT_LABEL, type PromptOverview, versionDocument } from "./model.ts";
import { requireMovable } from "./protection/actions.ts";
import { readContent } from "./reads/actions.ts";
import { readStored } from "./reads/store.ts";
import { checkDraft, requireUnreferenced } from "./references/actions.ts";
import { type SplitChange, type Splits, splitsEnded } from "./splits/decide.ts";
import { type Change, type LoadedState, loadState, saveChange } from "./store.ts";

const MAX_TRIES = 25;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/** Milliseconds to wait after so many lost races: a random part of a time that doubles, so that rivals part. */
const pauseMs = (tries: number): number =>
  Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);

export type Decided<T> = Pick<
  Change,
  "after" | "added" | "read" | "history" | "splits" | "reason"
> & {
  /** Whether it may end splits that stand in its way. */
  force?: boolean;
  /** What the ledger keeps with the splits that it ends. */
  evidence?: Record<string, unknown> | undefined;
  result: T;
};

const NO_SPLITS: Splits = new Map();

/** The splits that a change ends. @throws Refusal conflict when it may not */
function endingSplits(
  name: string,
  before: LoadedState | undefined,
  { after, force = false, evidence }: Pick<Decided<unknown>, "after" | "force" | "evidence">,
): SplitChange[] {
  const ended = splitsEnded(before?.splits ?? NO_SPLITS, before?.state, after);
  const [first] = ended;
  if (!first || force) return evidence ? ended.map((one) => ({ ...one, evidence })) : ended;
  const versions = first.split.arms.map(({ version }) => version).join(" and ");
  const remedy = first.split.owner
    ? `abort its rollout ${first.split.owner} first, or say force=true, which aborts it`
    : "end the split first, or say force=true, which ends it";
  throw new Refusal(
    "conflict",
    `label '${first.label}' of '${name}' is split between the versions ${versions}; ${remedy}`,
  );
}

/**
 * Changes one name: load, decide, save; again from the start when somebody else was faster.
 *
 * @throws Refusal forbidden for a protected label, conflict for a label that is split, invalid_request when another prompt would lose
 *   what it refers to, unavailable when others were faster too often
 */
export async function changePrompt<T>(
  scope: Scope,
  name: string,
  decide: (before: PromptState | undefined, splits: Splits) => Decided<T> | Promise<Decided<T>>,
): Promise<T> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const before = await loadState(scope, name);
    const decided = await decide(before?.state, before?.splits ?? NO_SPLITS);
    const { after, result } = decided;
    const splits = [...endingSplits(name, before, decided), ...(decided.splits ?? [])];
    if (versionsTouched(before?.state, after).length + splits.length === 0) return result;
    // What a split label serves changes with its split: that is a move in the eyes of a protection.
    const stays = splits.map(({ label, version }) => ({ label, from: version, to: version }));
    await requireMovable(scope, name, [...movesBetween(before?.state, after), ...stays]);
    await requireUnreferenced(scope, name, before?.state, after);
    if (await saveChange(scope, { name, before, ...decided, splits })) return result;
    await scheduler.wait(pauseMs(tries));
  }
  throw new Refusal("unavailable", `prompt '${name}' is being changed by too many at once`, {
    retryAfterSeconds: 1,
  });
}

/** A selector in the words of the SDKs' errors. */
function selected({ version, label }: Selector): string {
  const parts = [
    ...(label === undefined ? [] : [`label '${label}'`]),
    ...(version === undefined ? [] : [`version ${version}`]),
  ];
  return parts.length > 0 ? ` with ${parts.join(" and ")}` : "";
}

/** The refusal of a prompt, or of a version or label of it, that does not exist. */
export const notFound = (name: string, selector: Selector = {}): Refusal =>
  new Refusal("not_found", `Prompt not found: '${name}'${selected(selector)}`);

/** `force` ends a split that stands in the way. */
export type Forced = { force?: boolean };

export type PromptAnswer = ReturnType<typeof answerOf>;

/** A version as it is stored: references are inserted only where a prompt is fetched. */
export async function storedAnswer(
  scope: Scope,
  name: string,
  version: number,
): Promise<PromptAnswer> {
  const stored = await readStored(scope, versionDocument(name, version));
  if (!stored) throw notFound(name, { version });
  return answerOf(scope.projectId, stored);
}

/** The version on production, for the lint of a newer one. */
async function readProduction(scope: Scope, name: string, before: PromptState | undefined) {
  const version = before?.labels.get(DEFAULT_LABEL);
  if (version === undefined) return undefined;
  const content = await readContent(scope, versionDocument(name, version));
  return content === undefined ? undefined : { version, content };
}

/** Stores a draft as the next version; its labels, and `latest`, move to it in the same batch. */
export async function createVersion(
  scope: Scope,
  draft: CreatePrompt,
  { force = false }: Forced = {},
): Promise<CreatedPrompt> {
  const { name, type, content, config, commitMessage } = draft;
  const { version, warnings } = await changePrompt(scope, name, async (before) => {
    const created = withVersion(before, draft);
    if (created.outcome === "type-differs") {
      const message = `prompt '${name}' is of type ${created.type}; a version cannot be ${type}`;
      throw new Refusal("invalid_request", `body type: ${message}`, {
        issues: [{ path: "type", message }],
      });
    }
    const { after, version } = created;
    const { read, resolved } = await checkDraft(scope, { name, version, content });
    const production = await readProduction(scope, name, before);
    const result = { version, warnings: lint({ content, resolved, production }) };
    const added = [{ version, content, config, commitMessage }];
    return { after, added, read, force, reason: commitMessage, result };
  });
  return { ...(await storedAnswer(scope, name, version)), warnings };
}

/** Moves labels to a version; those it has already stay. */
export async function addLabels(
  scope: Scope,
  { name, version }: { name: string; version: number },
  labels: readonly string[],
  { force = false }: Forced = {},
): Promise<PromptAnswer> {
  await changePrompt(scope, name, (before) => {
    const after = withLabels(before, version, labels);
    if (!after) throw notFound(name, { version });
    return { after, force, reason: null, result: undefined };
  });
  return storedAnswer(scope, name, version);
}

/** Deletes the versions that match, or the whole prompt. Their numbers are not used again. */
export const removeVersions = (
  scope: Scope,
  name: string,
  selector: Selector,
  { force = false }: Forced = {},
): Promise<void> =>
  changePrompt(scope, name, (before) => {
    const after = without(before, selector);
    if (!after) throw notFound(name, selector);
    return { after, force, reason: `deleted${selected(selector)}`, result: undefined };
  });

export async function readList(scope: Scope, query: ListQuery): Promise<PromptList> {
  const { page, limit } = query;
  const { data, totalItems } = await listPrompts(scope, query);
  const meta = { page, limit, totalItems, totalPages: Math.ceil(totalItems / limit) };
  return { data, meta, pagination: meta };
}

/** A prompt with its versions, ascending, and their labels; undefined when it has none. */
export async function findPrompt(scope: Scope, name: string): Promise<PromptOverview | undefined> {
  const state = (await loadState(scope, name))?.state;
  if (!state || state.versions.length === 0) return undefined;
  const labels = [...state.labels];
  return {
    name,
    type: state.type,
    versions: state.versions.map((version) => ({
      version,
      labels: labels
        .filter(([, target]) => target === version)
        .map(([label]) => label)
        .sort(),
    })),
  };
}

/** As `findPrompt`. @throws Refusal not_found with the name */
export async function requirePrompt(scope: Scope, name: string): Promise<PromptOverview> {
  const prompt = await findPrompt(scope, name);
  if (!prompt) throw notFound(name);
  return prompt;
}
