import { emptyCell } from "../../rollups/model.ts";
import { readSubjects, readWindows } from "../reading/actions.ts";
import type { Task } from "../reading/actions.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Seen } from "../rules/look.ts";
import { labelOf } from "../rules/subject.ts";
import { lookAtThreshold } from "./look.ts";

/** What windows say of a fixed line, version by version. */
export async function readThreshold(task: Task<RuleOf<"threshold">>): Promise<Seen[]> {
  const { rule, windows } = task;
  const subjects = await readSubjects(task, { ...rule, label: labelOf(rule) });
  const cellOf = await readWindows(task, { ...rule, versions: subjects.versions });
  return windows.map((window) => ({
    at: window.to,
    looks: subjects.at(window).map((watch) => {
      const cell = cellOf(watch.version ?? 0, window) ?? emptyCell();
      return { watch, look: lookAtThreshold(rule, { watch, window, cell }) };
    }),
  }));
}
