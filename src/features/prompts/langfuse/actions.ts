import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { auditing } from "../../projects/index.ts";
import { importPrompt } from "../exchange/actions.ts";
import { Line } from "../exchange/contract.ts";
import type { Numbered } from "../exchange/lines.ts";
import { isLabel, LATEST } from "../model.ts";
import { checkAddress } from "./address.ts";
import type { LangfuseImport, LangfuseReport, SourceList, SourceVersion } from "./contract.ts";
import { type Cursor, readCursor, START, writeCursor } from "./cursor.ts";
import { PAGE_SIZE, readSourceList, readSourceVersion, type Source } from "./source/actions.ts";

/** Requests to the source that one step makes. */
const FETCHES = 30;
/** A step begins nothing new after this long. */
const BUDGET_MS = 20_000;

/** What a step needs beside its scope: who asks the source, and a clock that goes on. */
export type Tools = { fetcher: Source["fetcher"]; clock: () => Date };

/** One step's means and its findings. */
type Step = {
  scope: Scope;
  source: Source;
  isOver: () => boolean;
  count: () => void;
  report: Pick<LangfuseReport, "versions" | "labels" | "errors">;
};

function sourceOf({ env }: Scope, body: LangfuseImport, fetcher: Source["fetcher"]): Source {
  const address = checkAddress(body.baseUrl, env.LOCAL === "1");
  if ("problem" in address) {
    throw new Refusal("invalid_request", `body baseUrl: ${address.problem}`, {
      issues: [{ path: "baseUrl", message: address.problem }],
    });
  }
  return { ...address, publicKey: body.publicKey, secretKey: body.secretKey, fetcher };
}

function cursorOf({ cursor }: LangfuseImport): Cursor {
  const read = cursor === undefined ? START : readCursor(cursor);
  if (read) return read;
  const message = "is not one that a step answered";
  throw new Refusal("invalid_request", `body cursor: ${message}`, {
    issues: [{ path: "cursor", message }],
  });
}

/** A version of the source in the words of an export; its number stands for the line. */
function linesOf(name: string, version: number, from: SourceVersion): Numbered[] | string {
  const { labels, tags, type, createdBy, createdAt, ...said } = from;
  const raw: object[] = [
    { kind: "prompt", name, type, tags },
    {
      kind: "version",
      name,
      version,
      type,
      ...said,
      createdBy: createdBy || undefined,
      createdAt: createdAt ?? undefined,
    },
    ...labels
      .filter((label) => label !== LATEST && isLabel(label))
      .map((label) => ({ kind: "label", name, label, version })),
  ];
  const lines: Numbered[] = [];
  for (const value of raw) {
    const read = Line.safeParse(value);
    const issue = read.error?.issues[0];
    if (issue) return `${issue.path.join(".")}: ${issue.message}`;
    if (read.data) lines.push({ line: version, entry: read.data });
  }
  return lines;
}

/**
 * Reads versions of one name in ascending order, and stores what was read.
 *
 * @returns the last version read when the step is over before the name is; else undefined
 */
async function importName(
  { scope, source, isOver, count, report }: Step,
  { name, versions }: SourceList["data"][number],
  after: number,
): Promise<number | undefined> {
  const wanted = versions.filter((version) => version > after).sort((a, b) => a - b);
  const lines: Numbered[] = [];
  let stopped: number | undefined;
  let last = after;
  for (const version of wanted) {
    if (isOver()) {
      stopped = last;
      break;
    }
    count();
    const from = await readSourceVersion(source, name, version);
    for (const label of from.labels.filter((label) => !isLabel(label))) {
      report.errors.push({ name, version, message: `label '${label}' cannot be a label here` });
    }
    const read = linesOf(name, version, from);
    if (typeof read === "string") {
      // Later versions stay out: a number below the highest cannot be added afterwards.
      report.errors.push({ name, version, message: read });
      break;
    }
    lines.push(...read);
    last = version;
  }
  if (lines.length === 0) return stopped;
  const outcome = await importPrompt(scope, name, lines);
  report.versions.added += outcome.added.length;
  report.versions.unchanged += outcome.unchanged;
  report.labels += outcome.moved;
  for (const { line, message } of outcome.errors)
    report.errors.push({ name, version: line, message });
  return stopped;
}

/** Goes through a page from the cursor on. @returns where the next step goes on */
async function importPage(step: Step, list: SourceList, start: Cursor): Promise<Cursor> {
  let { index, after, prompts } = start;
  for (; index < list.data.length; index++, after = 0, prompts++) {
    const entry = list.data[index];
    if (step.isOver() || !entry) return { ...start, index, after, prompts };
    const stopped = await importName(step, entry, after);
    if (stopped !== undefined) return { ...start, index, after: stopped, prompts };
  }
  return { page: start.page + 1, index: 0, after: 0, prompts };
}

/**
 * One step of an import from a running Langfuse: as many versions as a request may take. Numbers,
 * labels, tags and messages stay; what is here already is left alone, so a step may be repeated.
 *
 * @throws Refusal invalid_request for an address or keys that do not do, unavailable when the
 *   source does not answer: the step before it can then be gone on from
 */
export async function importFromLangfuse(
  scope: Scope,
  body: LangfuseImport,
  { fetcher, clock }: Tools,
): Promise<LangfuseReport> {
  const source = sourceOf(scope, body, fetcher);
  let cursor = cursorOf(body);
  const untilMs = clock().getTime() + BUDGET_MS;
  let fetches = 0;
  const report = { versions: { added: 0, unchanged: 0 }, labels: 0, errors: [] };
  const step: Step = {
    scope,
    source,
    isOver: () => fetches >= FETCHES || clock().getTime() > untilMs,
    count: () => void fetches++,
    report,
  };
  for (;;) {
    step.count();
    const list = await readSourceList(source, cursor.page);
    cursor = await importPage(step, list, cursor);
    const done = (cursor.page - 1) * PAGE_SIZE >= list.meta.totalItems || list.data.length === 0;
    if (!done && !step.isOver()) continue;
    if (report.versions.added > 0) {
      const detail = { from: source.url, ...report.versions, labels: report.labels };
      await auditing(scope, { action: "import.run", target: "langfuse", detail });
    }
    const progress = { prompts: cursor.prompts, of: list.meta.totalItems };
    return { done, cursor: done ? null : writeCursor(cursor), progress, ...report };
  }
}
