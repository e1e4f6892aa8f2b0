import { newId } from "../../../lib/ids.ts";
import { diffJson } from "../../../lib/json-diff.ts";
import { Refusal } from "../../../platform/errors.ts";
import { issuesOf } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import { PatchSettings } from "../../projects/contract.ts";
import { auditing, changeSettings, currentSettings } from "../../projects/index.ts";
import { changePrompt } from "../actions.ts";
import { readContents } from "../catalog/store.ts";
import type { PromptState } from "../change.ts";
import { movesBetween } from "../change.ts";
import { LATEST, versionDocument } from "../model.ts";
import { readVersion } from "../reads/actions.ts";
import { referencesOf } from "../references/syntax.ts";
import type { ImportReport } from "./contract.ts";
import { byName, type LineFault, type Numbered, readLines } from "./lines.ts";
import { type Plan, planImport } from "./plan.ts";

/** References that one import looks after, so that it ends. */
const MAX_RESOLVED = 50;

type Outcome = {
  errors: LineFault[];
  added: number[];
  unchanged: number;
  moved: number;
  /** The highest version that came with references. */
  referring: number | undefined;
};

const NOTHING = { added: [], unchanged: 0, moved: 0, referring: undefined };

/** Why a name was not imported. Never leaves this file. */
class Faulty extends Error {
  readonly faults: LineFault[];
  constructor(faults: LineFault[]) {
    super("lines at fault");
    this.faults = faults;
  }
}

async function plan(
  scope: Scope,
  name: string,
  before: PromptState | undefined,
  lines: readonly Numbered[],
): Promise<Plan> {
  const wanted = lines.flatMap(({ entry }) => (entry.kind === "version" ? [entry.version] : []));
  const here = wanted.filter((version) => before?.versions.includes(version));
  const contents = await readContents(scope, name, here);
  const known = new Map(
    contents.map(({ version, prompt, config }) => [version, { content: prompt, config }]),
  );
  const ids = () => newId("dep", scope.now);
  return planImport(before, known, lines, { now: scope.now, ids });
}

/**
 * Brings lines about one name in: all of them, or, where one is at fault, none.
 */
export async function importPrompt(
  scope: Scope,
  name: string,
  lines: readonly Numbered[],
): Promise<Outcome> {
  try {
    return await changePrompt(scope, name, async (before) => {
      const { faults, after, added, unchanged, history } = await plan(scope, name, before, lines);
      if (faults.length > 0) throw new Faulty(faults);
      const moves = movesBetween(before, after).filter(({ label }) => label !== LATEST);
      const referring = added.findLast(({ content }) => referencesOf(content).length > 0)?.version;
      const result: Outcome = {
        errors: [],
        added: added.map(({ version }) => version),
        unchanged,
        moved: moves.length,
        referring,
      };
      return { after, added, ...(history ? { history } : {}), reason: "import", result };
    });
  } catch (error) {
    if (error instanceof Faulty) return { ...NOTHING, errors: error.faults };
    if (error instanceof Refusal && error.code !== "unavailable") {
      return { ...NOTHING, errors: [{ line: lines[0]?.line ?? 0, message: error.message }] };
    }
    throw error;
  }
}

/** Sets what an export says about the project. Only an admin key may. */
async function importSettings(scope: Scope, lines: readonly Numbered[]): Promise<LineFault[]> {
  const faults: LineFault[] = [];
  for (const { line, entry } of lines) {
    if (entry.kind !== "settings") continue;
    if (!scope.grants.includes("admin")) {
      faults.push({ line, message: "settings are changed by keys with the scope admin only" });
      continue;
    }
    const read = PatchSettings.safeParse(entry.settings);
    if (!read.success) {
      const [issue] = issuesOf(read.error);
      faults.push({ line, message: `settings.${issue?.path}: ${issue?.message}` });
      continue;
    }
    const present = await currentSettings(scope);
    const next = { ...present, ...read.data };
    if (diffJson(present, next).length > 0) await changeSettings(scope, read.data);
  }
  return faults;
}

/** Whether what came can be resolved: references to what is not here yet are allowed, and told. */
async function warningOf(scope: Scope, name: string, version: number): Promise<string[]> {
  try {
    await readVersion(scope, versionDocument(name, version));
    return [];
  } catch (error) {
    if (error instanceof Refusal && error.code === "conflict") return [error.message];
    throw error;
  }
}

/**
 * Brings an export in. Each prompt comes whole or not at all; the others come all the same. What is
 * here already is left alone, so it may be done again, also with what was left out before.
 */
export async function importLines(scope: Scope, text: string): Promise<ImportReport> {
  const { lines, faults } = readLines(text);
  const groups = byName(lines);
  const errors = [...faults, ...(await importSettings(scope, lines))];
  const report = { prompts: 0, versions: { added: 0, unchanged: 0 }, labels: 0 };
  const referring: [name: string, version: number][] = [];
  for (const [name, group] of groups) {
    const outcome = await importPrompt(scope, name, group);
    errors.push(...outcome.errors);
    report.versions.added += outcome.added.length;
    report.versions.unchanged += outcome.unchanged;
    report.labels += outcome.moved;
    if (outcome.added.length + outcome.moved > 0) report.prompts++;
    if (outcome.referring !== undefined) referring.push([name, outcome.referring]);
  }
  const warnings: string[] = [];
  for (const [name, version] of referring.slice(0, MAX_RESOLVED)) {
    warnings.push(...(await warningOf(scope, name, version)));
  }
  if (report.prompts > 0) {
    await auditing(scope, { action: "import.run", target: "ndjson", detail: report });
  }
  const complete = lines.some(({ entry }) => entry.kind === "end");
  errors.sort((a, b) => a.line - b.line);
  return { ...report, complete, errors, warnings };
}
