import { readTotals, usesEver, versionsWithTraffic } from "../../rollups/index.ts";
import { slotOf } from "../../rollups/model.ts";
import { filterOf, slotsIn } from "../reading/actions.ts";
import type { Task } from "../reading/actions.ts";
import type { RuleOf } from "../rules/contract.ts";
import type { Seen, Watch } from "../rules/look.ts";
import { looksAtVolume, VOLUME_HISTORY_HOURS } from "./look.ts";

const US_PER_MS = 1000;
const HOUR_MS = 3_600_000;

const watchOf = (prompt: string): Watch => ({
  key: "all",
  prompt,
  label: null,
  version: null,
  deployment: null,
  isOptional: false,
});

/** What hours of a prompt's traffic say, all versions together. */
export async function readVolume(task: Task<RuleOf<"volume">>): Promise<Seen[]> {
  const { scope, rule, windows, timeZone } = task;
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return [];
  const watch = watchOf(rule.prompt);
  const stored = await versionsWithTraffic(scope, rule.prompt);
  const uses = await usesEver(scope, rule.prompt, stored);
  const firstUses = [...uses.values()].flatMap((use) => use.first ?? []);
  if (firstUses.length === 0) return windows.map(({ to }) => ({ at: to, looks: [] }));
  const firstUseMs = Math.min(...firstUses) / US_PER_MS;
  const from = Math.max(
    Math.floor(firstUseMs / HOUR_MS) * HOUR_MS,
    first.from - VOLUME_HISTORY_HOURS * HOUR_MS,
  );
  const totals = await readTotals(scope, {
    versions: stored.map((version) => ({ prompt: rule.prompt, version })),
    range: slotsIn(1, { from, to: last.to }),
    filter: filterOf(rule),
    of: "generations",
  });
  const counts: number[] = [];
  for (let ms = from; ms < last.to; ms += HOUR_MS) {
    counts.push(totals.get(slotOf(1, ms * US_PER_MS)) ?? 0);
  }
  return looksAtVolume(rule, watch, { hourly: { fromMs: from, counts }, timeZone, windows });
}
