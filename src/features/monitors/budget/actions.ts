import {
  readTotals,
  type UsedVersion,
  versionsUsedOn,
  versionsWithTraffic,
} from "../../rollups/index.ts";
import { spanOf } from "../../rollups/model.ts";
import { filterOf, slotsIn } from "../reading/actions.ts";
import type { Task } from "../reading/actions.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Seen, Watch, Window } from "../rules/look.ts";
import { costNeededFrom, looksAtBudget } from "./look.ts";

const US_PER_MS = 1000;
const NANO_USD = 1e9;

const watchOf = (prompt: string | undefined): Watch => ({
  key: "all",
  prompt: prompt ?? null,
  label: null,
  version: null,
  deployment: null,
  isOptional: false,
});

/** Whose cost counts: every version, fallbacks too, of one prompt or of all. */
async function versionsOf(
  { scope, rule }: Task<RuleOf<"budget">>,
  { from, to }: Window,
): Promise<UsedVersion[]> {
  const { prompt } = rule;
  if (prompt === undefined) {
    return versionsUsedOn(scope, { from: from * US_PER_MS, to: to * US_PER_MS });
  }
  const stored = await versionsWithTraffic(scope, prompt);
  return stored.map((version) => ({ prompt, version }));
}

/** What hours cost, and where that leaves the budget of their period. */
export async function readBudget(task: Task<RuleOf<"budget">>): Promise<Seen[]> {
  const { scope, rule, windows, timeZone } = task;
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return [];
  const span = { from: costNeededFrom(timeZone, first, rule.period), to: last.to };
  const totals = await readTotals(scope, {
    versions: await versionsOf(task, span),
    range: slotsIn(1, span),
    filter: filterOf(rule),
    of: "costNanoUsd",
  });
  const cost = new Map(
    [...totals].map(([slot, nano]) => [spanOf(1, slot).from / US_PER_MS, nano / NANO_USD] as const),
  );
  return looksAtBudget(rule, watchOf(rule.prompt), { cost, timeZone, windows });
}
