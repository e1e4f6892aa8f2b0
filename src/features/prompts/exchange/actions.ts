import { newId } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Offer } from "../../../platform/exchange.ts";
import type { Scope } from "../../../platform/scope.ts";
import { auditing } from "../../projects/index.ts";
import { changePrompt } from "../actions.ts";
import { readContents } from "../catalog/store.ts";
import type { PromptState } from "../change.ts";
import { movesBetween } from "../change.ts";
import { LATEST, versionDocument } from "../model.ts";
import { readVersion } from "../reads/actions.ts";
import { referencesOf } from "../references/syntax.ts";
import type { Splits } from "../splits/decide.ts";
import type { ImportReport } from "./contract.ts";
import { byName, type LineFault, type Numbered, readLines } from "./lines.ts";
import { importOffered } from "./offers/actions.ts";
import { type Plan, planImport } from "./plan.ts";
import { importProject } from "./project/actions.ts";

/** References that one import looks after, so that it ends. */
const MAX_RESOLVED = 50;

type Outcome = {
  errors: LineFault[];
  added: number[];
  unchanged: number;
  moved: number;
  splits: number;
  /** The highest version that came with references. */
  referring: number | undefined;
};

const NOTHING = { added: [], unchanged: 0, moved: 0, splits: 0, referring: undefined };

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
  { before, splits }: { before: PromptState | undefined; splits: Splits },
  lines: readonly Numbered[],
): Promise<Plan> {
  const wanted = lines.flatMap(({ entry }) => (entry.kind === "version" ? [entry.version] : []));
  const here = wanted.filter((version) => before?.versions.includes(version));
  const contents = await readContents(scope, name, here);
  const known = new Map(
    contents.map(({ version, prompt, config }) => [version, { content: prompt, config }]),
  );
  const ids = () => newId("dep", scope.now);
  return planImport({ before, splits, known }, lines, { now: scope.now, ids });
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
    return await changePrompt(scope, name, async (before, here) => {
      const planned = await plan(scope, name, { before, splits: here }, lines);
      const { faults, after, added, unchanged, history, splits } = planned;
      if (faults.length > 0) throw new Faulty(faults);
      const moves = movesBetween(before, after).filter(({ label }) => label !== LATEST);
      const referring = added.findLast(({ content }) => referencesOf(content).length > 0)?.version;
      const result: Outcome = {
        errors: [],
        added: added.map(({ version }) => version),
        unchanged,
        moved: moves.length,
        splits: splits.length,
        referring,
      };
      return { after, added, ...(history ? { history } : {}), splits, reason: "import", result };
    });
  } catch (error) {
    if (error instanceof Faulty) return { ...NOTHING, errors: error.faults };
    if (error instanceof Refusal && error.code !== "unavailable") {
      return { ...NOTHING, errors: [{ line: lines[0]?.line ?? 0, message: error.message }] };
    }
    throw error;
  }
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

const changesAnything = ({
  settings,
  prompts,
  scoreConfigs,
  prices,
  others,
}: Omit<ImportReport, "complete" | "errors" | "warnings">): boolean =>
  settings || prompts + scoreConfigs + prices + Object.keys(others).length > 0;

/**
 * Brings an export in. Each prompt comes whole or not at all; the others come all the same. What is
 * here already is left alone, so it may be done again, also with what was left out before.
 *
 * @param offers what other slices take; they come last, because they name prompts
 */
export async function importLines(
  scope: Scope,
  text: string,
  offers: readonly Offer[],
): Promise<ImportReport> {
  const { lines, foreign, faults } = readLines(text, new Set(offers.map(({ kind }) => kind)));
  const groups = byName(lines);
  const { faults: ofProject, ...project } = await importProject(scope, lines);
  const errors = [...faults, ...ofProject];
  const registry = { prompts: 0, versions: { added: 0, unchanged: 0 }, labels: 0, splits: 0 };
  const report = { ...registry, ...project, others: {} };
  const referring: [name: string, version: number][] = [];
  for (const [name, group] of groups) {
    const outcome = await importPrompt(scope, name, group);
    errors.push(...outcome.errors);
    report.versions.added += outcome.added.length;
    report.versions.unchanged += outcome.unchanged;
    report.labels += outcome.moved;
    report.splits += outcome.splits;
    if (outcome.added.length + outcome.moved + outcome.splits > 0) report.prompts++;
    if (outcome.referring !== undefined) referring.push([name, outcome.referring]);
  }
  const warnings: string[] = [];
  for (const [name, version] of referring.slice(0, MAX_RESOLVED)) {
    warnings.push(...(await warningOf(scope, name, version)));
  }
  const offered = await importOffered(scope, foreign, offers);
  report.others = offered.others;
  errors.push(...offered.faults);
  warnings.push(...offered.warnings);
  if (changesAnything(report)) {
    await auditing(scope, { action: "import.run", target: "ndjson", detail: report });
  }
  const complete = lines.some(({ entry }) => entry.kind === "end");
  errors.sort((a, b) => a.line - b.line);
  return { ...report, complete, errors, warnings };
}
