import { baselineDays } from "../../../lib/stats/margins.ts";
import { readGroupedCells, usesEver } from "../../rollups/index.ts";
import { type Cell, coverInside, emptyCell } from "../../rollups/model.ts";
import {
  filterOf,
  readSubjects,
  readWindows,
  storedOf,
  type Subjects,
  takeoverIn,
} from "../reading/actions.ts";
import type { Task } from "../reading/actions.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Seen, Watch, Window } from "../rules/look.ts";
import { wishOf } from "../rules/statistic.ts";
import { labelOf } from "../rules/subject.ts";
import { type Baseline, lookAtRelative } from "./look.ts";

type Rule = RuleOf<"relative">;

const US_PER_MS = 1000;
const MS_PER_DAY = 86_400_000;

/** What a version did in the last days before an instant: a week, or four where that holds too little. */
async function readBaseline(
  { scope, rule }: Task<Rule>,
  version: number,
  beforeMs: number,
): Promise<Baseline> {
  const read = async (days: number): Promise<Cell> => {
    const cells = await readGroupedCells(
      scope,
      {
        prompt: rule.prompt,
        versions: storedOf(version),
        ranges: coverInside(
          { from: (beforeMs - days * MS_PER_DAY) * US_PER_MS, to: beforeMs * US_PER_MS },
          scope.now.getTime() * US_PER_MS,
        ),
        filter: filterOf(rule),
        wish: wishOf(rule),
      },
      () => "all",
    );
    return cells.get("all") ?? emptyCell();
  };
  const week = await read(7);
  if (baselineDays(week.n, week.n) === 7) return { known: true, version, days: 7, cell: week };
  const weeks = await read(28);
  if (weeks.n > 0) return { known: true, version, days: 28, cell: weeks };
  return { known: false, version, because: `v${version} has no generations in the weeks before` };
}

/** When a version took over and from which: by its label's move, else by its first use. */
async function takeoverOf(
  { scope, rule }: Task<Rule>,
  subjects: Subjects,
  { watch, window }: { watch: Watch; window: Window },
): Promise<{ beforeMs: number; previous: number | null } | undefined> {
  const move = takeoverIn(subjects, window);
  if (move) return { beforeMs: move.at.getTime(), previous: move.from };
  const version = watch.version ?? 0;
  const uses = await usesEver(scope, rule.prompt, storedOf(version));
  const firsts = [...uses.values()].flatMap(({ first }) => first ?? []);
  if (firsts.length === 0) return undefined;
  return {
    beforeMs: Math.min(...firsts) / US_PER_MS,
    previous: version > 1 ? version - 1 : null,
  };
}

async function baselineOf(
  task: Task<Rule>,
  subjects: Subjects,
  seen: { watch: Watch; window: Window },
): Promise<Baseline> {
  const takeover = await takeoverOf(task, subjects, seen);
  if (!takeover) return { known: false, version: null, because: "the version was never used" };
  const { against } = task.rule;
  const version = against === "previous" ? takeover.previous : against;
  if (version === null) {
    return { known: false, version, because: "there is no version before it" };
  }
  if (version === seen.watch.version) {
    return { known: false, version, because: "it is the version that it is held against" };
  }
  return readBaseline(task, version, takeover.beforeMs);
}

/** What windows of a version say beside the last days of another. */
export async function readRelative(task: Task<Rule>): Promise<Seen[]> {
  const { rule, windows } = task;
  const subjects = await readSubjects(task, { ...rule, label: labelOf(rule) });
  const cellOf = await readWindows(task, { ...rule, versions: subjects.versions });
  const baselines = new Map<string, Promise<Baseline>>();
  const knownBaseline = (seen: { watch: Watch; window: Window }): Promise<Baseline> => {
    const key = `${seen.watch.key}/${takeoverIn(subjects, seen.window)?.id ?? ""}`;
    const known = baselines.get(key) ?? baselineOf(task, subjects, seen);
    baselines.set(key, known);
    return known;
  };
  return Promise.all(
    windows.map(async (window) => ({
      at: window.to,
      looks: await Promise.all(
        subjects.at(window).map(async (watch) => {
          const cell = cellOf(watch.version ?? 0, window) ?? emptyCell();
          const baseline = await knownBaseline({ watch, window });
          return { watch, look: lookAtRelative(rule, { watch, window, cell, baseline }) };
        }),
      ),
    })),
  );
}
