import type { PromptState } from "../change.ts";
import { fitsDocument, problemOf, type SplitChange, type Splits } from "../splits/decide.ts";
import type { LiveSplit } from "../splits/table.ts";
import type { LineFault } from "./lines.ts";
import type { Place, Told } from "./told.ts";

type SplitLine = Place<"split">["entry"];

type Here = {
  /** The name as the other lines make it. */
  after: PromptState;
  /** Splits that live here already. */
  splits: Splits;
  /** The ledger that comes along; null when the name has one of its own. */
  history: readonly Told[] | null;
};

const sameTable = (live: LiveSplit, { arms, runs }: SplitLine): boolean =>
  JSON.stringify([live.arms, live.runs]) === JSON.stringify([arms, runs]);

/** What keeps the split that lives here from becoming the file's. */
function obstacleHere(live: LiveSplit | undefined, line: SplitLine): string | undefined {
  if (!live) return undefined;
  const { name, label, id } = line;
  if (live.id !== id) return `label '${label}' of '${name}' has another split here; end it first`;
  if (!live.owner || sameTable(live, line)) return undefined;
  return `the split of label '${label}' of '${name}' is steered by rollout ${live.owner} here; abort it first`;
}

/** What keeps a split from being the label's; undefined when nothing does. */
function obstacle({ after, splits }: Here, line: SplitLine, now: Date): string | undefined {
  const { name, label, arms, runs, startedAt, changedAt } = line;
  const control = after.labels.get(label);
  if (control === undefined) return `'${name}' has no label '${label}' to split`;
  const problem = problemOf(after, control, arms);
  if (problem?.outcome === "invalid") return `${problem.field}: ${problem.message}`;
  if (!fitsDocument(runs)) return "ranges: are in too many pieces";
  if (changedAt > now) return "changedAt: is in the future";
  if (startedAt > changedAt) return "startedAt: is after changedAt";
  return obstacleHere(splits.get(label), line);
}

/** What the ledger that comes along says last of a split; undefined when nothing, or that it ended. */
function lastTold({ history }: Here, id: string) {
  const last = history?.findLast(({ cause }) => cause && "split" in cause && cause.split === id);
  const cause = last?.cause;
  return cause && "split" in cause && cause.event !== "ended" ? cause : undefined;
}

/** A split as it begins or changes here, and whether the ledger that comes along says so already. */
function changeOf(here: Here, line: SplitLine, now: Date): SplitChange[] {
  const { label, id, arms, runs } = line;
  const version = here.after.labels.get(label);
  const live = here.splits.get(label);
  if (version === undefined || (live && sameTable(live, line))) return [];
  const told = lastTold(here, id);
  const startedAt = live?.startedAt ?? (told ? line.startedAt : now);
  const isTold = told !== undefined && JSON.stringify(told.arms) === JSON.stringify(arms);
  const changedAt = isTold ? line.changedAt : now;
  const event = live || told ? ("changed" as const) : ("started" as const);
  return [{ label, version, event, split: { id, arms, runs, startedAt, changedAt }, isTold }];
}

/**
 * The splits of a file, live again under their ids and with their slots: no targeting key changes
 * its arm. Done again, they change nothing; a split that is here and not in the file stays.
 */
export function planSplits(
  here: Here,
  lines: readonly Place<"split">[],
  now: Date,
): { faults: LineFault[]; changes: SplitChange[] } {
  const faults: LineFault[] = [];
  // The last line of a label counts, as it does for labels.
  const last = new Map(lines.map((place) => [place.entry.label, place]));
  const changes: SplitChange[] = [];
  for (const { line, entry } of last.values()) {
    const message = obstacle(here, entry, now);
    if (message === undefined) changes.push(...changeOf(here, entry, now));
    else faults.push({ line, message });
  }
  return { faults, changes };
}
