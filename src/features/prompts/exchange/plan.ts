import { diffJson } from "../../../lib/json-diff.ts";
import type { PromptState } from "../change.ts";
import { LATEST, type PromptContent } from "../model.ts";
import type { SplitChange, Splits } from "../splits/decide.ts";
import type { Line, VersionLine } from "./contract.ts";
import type { LineFault, Numbered } from "./lines.ts";
import { planSplits } from "./splits.ts";
import { faultsOfLedger, type Place, tellLedger, type Told } from "./told.ts";

export type Plan = {
  faults: LineFault[];
  after: PromptState;
  added: VersionLine[];
  /** Versions that are here already, word for word. */
  unchanged: number;
  /** The ledger that comes along; null when this name has one of its own, or none came. */
  history: Told[] | null;
  /** Live splits that come along and are not here as they were there. */
  splits: SplitChange[];
};

/** What is here of a name before lines about it are followed. */
type Here = {
  before: PromptState | undefined;
  splits: Splits;
  /** What those versions say that are here already. */
  known: ReadonlyMap<number, Known>;
};

type Known = { content: PromptContent; config: unknown };
const ofKind = <K extends Line["kind"]>(lines: readonly Numbered[], kind: K): Place<K>[] =>
  lines.filter((numbered): numbered is Place<K> => numbered.entry.kind === kind);

const isSame = (known: Known, line: VersionLine): boolean =>
  diffJson(known.content, line.content).length + diffJson(known.config, line.config).length === 0;

type Sorted = { faults: LineFault[]; added: VersionLine[]; unchanged: number };

/** The type that every version of the name must have. */
const typeOf = (before: PromptState | undefined, first: VersionLine | undefined) =>
  (before && before.versions.length > 0 ? before.type : first?.type) ?? "text";

/** Why a version that is not here cannot come; undefined when it can. */
function obstacle(
  { name, version, type }: VersionLine,
  prompt: { type: string; lastVersion: number },
): string | undefined {
  if (type !== prompt.type) {
    return `version ${version} of '${name}' is of type ${type}, the prompt of type ${prompt.type}`;
  }
  if (version > prompt.lastVersion) return undefined;
  return `version ${version} of '${name}' is not above ${prompt.lastVersion}, the highest it ever had here; numbers are not used again`;
}

/** Which versions are new, which are here, and which cannot be. */
function sortVersions(
  before: PromptState | undefined,
  known: ReadonlyMap<number, Known>,
  lines: readonly Place<"version">[],
): Sorted {
  const faults: LineFault[] = [];
  const added = new Map<number, VersionLine>();
  let unchanged = 0;
  const ascending = [...lines].sort((a, b) => a.entry.version - b.entry.version);
  const type = typeOf(before, ascending[0]?.entry);
  const prompt = { type, lastVersion: before?.lastVersion ?? 0 };
  for (const { line, entry } of ascending) {
    const { name, version } = entry;
    const here = known.get(version) ?? added.get(version);
    if (here && isSame(here, entry)) {
      unchanged++;
      continue;
    }
    const message = here
      ? `there is a version ${version} of '${name}' that says something else`
      : obstacle(entry, prompt);
    if (message === undefined) added.set(version, entry);
    else faults.push({ line, message });
  }
  return { faults, added: [...added.values()], unchanged };
}

/** Where the labels are once the lines are followed, `latest` on the highest version. */
function placeLabels(
  before: PromptState | undefined,
  versions: readonly number[],
  lines: readonly Place<"label">[],
): { faults: LineFault[]; labels: Map<string, number> } {
  const faults: LineFault[] = [];
  const labels = new Map(before?.labels);
  for (const { line, entry } of lines.filter((place) => place.entry.label !== LATEST)) {
    if (versions.includes(entry.version)) labels.set(entry.label, entry.version);
    else faults.push({ line, message: `'${entry.name}' has no version ${entry.version}` });
  }
  const highest = versions.at(-1);
  if (highest !== undefined) labels.set(LATEST, highest);
  return { faults, labels };
}

function tagsOf(
  before: PromptState | undefined,
  versions: readonly number[],
  lines: readonly Place<"prompt">[],
): string[] {
  const given = versions.length > 0 ? lines.at(-1)?.entry.tags : undefined;
  return given ?? before?.tags ?? [];
}

/**
 * What lines about one name would make of it. They add versions under their own numbers, set tags,
 * move labels and split them; they take nothing away. Done again, they change nothing.
 *
 * @param ids gives a new id for each move that has none
 */
export function planImport(
  { before, splits, known }: Here,
  lines: readonly Numbered[],
  { now, ids }: { now: Date; ids: () => string },
): Plan {
  const { faults, added, unchanged } = sortVersions(before, known, ofKind(lines, "version"));
  const versions = [...(before?.versions ?? []), ...added.map(({ version }) => version)];
  const placed = placeLabels(before, versions, ofKind(lines, "label"));
  faults.push(...placed.faults);
  const after: PromptState = {
    type: typeOf(before, added[0]),
    tags: tagsOf(before, versions, ofKind(lines, "prompt")),
    lastVersion: Math.max(before?.lastVersion ?? 0, versions.at(-1) ?? 0),
    versions,
    labels: placed.labels,
  };
  const ledger = before ? [] : ofKind(lines, "deployment");
  const splitLines = ofKind(lines, "split");
  const history = ledger.length === 0 ? null : historyOf(ledger, after, splitLines, { now, ids });
  if (history) faults.push(...faultsOfLedger(ledger, after, now));
  const split = planSplits({ after, splits, history }, splitLines, now);
  faults.push(...split.faults);
  return { faults, after, added, unchanged, history, splits: split.changes };
}

const historyOf = (
  ledger: readonly Place<"deployment">[],
  after: PromptState,
  splits: readonly Place<"split">[],
  fresh: { now: Date; ids: () => string },
): Told[] => tellLedger(ledger, after, new Set(splits.map(({ entry }) => entry.id)), fresh);
