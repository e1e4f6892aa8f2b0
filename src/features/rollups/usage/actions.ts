import type { Scope } from "../../../platform/scope.ts";
import { slotOf, spanOf } from "../slots.ts";
import type { Usage, UsageQuery } from "./contract.ts";
import { selectUsedDays, type UsedDay } from "./store.ts";

const US_PER_MS = 1000;
const NANO_PER_USD = 1e9;

/** Days of all shards added up, in the order of `slots`. */
function seriesOf(days: readonly UsedDay[], slots: readonly number[]) {
  const on = slots.map((slot) => days.filter((day) => day.slot === slot));
  const sum = (parts: readonly UsedDay[], of: (day: UsedDay) => number): number =>
    parts.reduce((total, day) => total + of(day), 0);
  return {
    generations: on.map((parts) => sum(parts, ({ generations }) => generations)),
    costUsd: on.map((parts) =>
      sum(parts, ({ priced }) => priced) === 0
        ? null
        : sum(parts, ({ costNanoUsd }) => costNanoUsd) / NANO_PER_USD,
    ),
  };
}

/** Volume and cost of several prompts over the last days, all versions together, from daily buckets. */
export async function readUsage(scope: Scope, { prompt, days }: UsageQuery): Promise<Usage> {
  const to = slotOf(2, scope.now.getTime() * US_PER_MS) + 1;
  const from = to - days;
  const slots = Array.from({ length: days }, (_, day) => from + day);
  const used = Map.groupBy(
    await selectUsedDays(scope, prompt, { from, to }),
    ({ prompt: name }) => name,
  );
  const dayOf = (slot: number): string =>
    new Date(spanOf(2, slot).from / US_PER_MS).toISOString().slice(0, 10);
  return {
    days: slots.map(dayOf),
    data: prompt.map((name) => ({ prompt: name, ...seriesOf(used.get(name) ?? [], slots) })),
  };
}
