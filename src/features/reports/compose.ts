import { benjaminiHochberg } from "../../lib/stats/multiplicity.ts";
import type { Movement, PromptReport, ReportContent } from "./contract.ts";
import { REPORT_METHOD } from "./model.ts";
import type { PeriodDays } from "./periods.ts";
import type { Aside, Section } from "./section/model.ts";
import { addDays, addTotals, changeOf, NO_TOTALS } from "./totals.ts";

/** Share of false ones among the movements that are shown. */
const ALPHA = 0.05;

const byCount = (a: Section, b: Section): number =>
  b.totals.count - a.totals.count ||
  b.previous.count - a.previous.count ||
  (a.prompt < b.prompt ? -1 : 1);

/** Each section's movements: of all that was tested in the report, those that are no chance. */
function moversOf(sections: readonly Section[]): Movement[][] {
  const adjusted = benjaminiHochberg(
    sections.flatMap(({ tests }) => tests.map(({ p }) => p)),
  ).values();
  return sections.map(({ tests }) =>
    tests
      .map((test): Movement => ({ ...test, adjustedP: adjusted.next().value ?? 1 }))
      .filter(({ adjustedP }) => adjustedP < ALPHA)
      .sort((a, b) => a.adjustedP - b.adjustedP),
  );
}

const VERDICT_ORDER = ["worse", "better", "not enough data", "equivalent", null];

/** What got worse first, then what got better, then what lies between. */
const byVerdict = (
  a: Pick<Movement, "verdict" | "adjustedP">,
  b: Pick<Movement, "verdict" | "adjustedP">,
): number =>
  VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) || a.adjustedP - b.adjustedP;

const byInstant =
  <T>(instantOf: (item: T) => string) =>
  (a: T, b: T): number =>
    instantOf(a) < instantOf(b) ? -1 : 1;

const iso = (ms: number): string => new Date(ms).toISOString();

/** A report from its sections: what they say together, and each by itself. */
export function compose(
  { previous, current }: Pick<PeriodDays, "previous" | "current">,
  unsorted: readonly Section[],
  { withoutTraffic, omitted, incidents }: Aside,
): ReportContent {
  const sections = unsorted.toSorted(byCount);
  const movers = moversOf(sections);
  const totals = sections.map((one) => one.totals).reduce(addTotals, NO_TOTALS);
  const before = sections.map((one) => one.previous).reduce(addTotals, NO_TOTALS);
  const prompts = sections.map(
    ({ tests: _tests, previousDays: _days, isExact: _exact, ...section }, i): PromptReport => ({
      ...section,
      movers: movers[i] ?? [],
    }),
  );
  return {
    totals,
    previous: {
      ...before,
      from: iso(previous[0]?.fromMs ?? 0),
      to: iso(current[0]?.fromMs ?? 0),
    },
    change: changeOf(totals, before),
    days: addDays(sections.map(({ days }) => days)),
    previousDays: addDays(sections.map(({ previousDays }) => previousDays)),
    movers: prompts
      .flatMap(({ prompt, movers }) => movers.map((mover) => ({ ...mover, prompt })))
      .sort(byVerdict),
    tested: sections.reduce((sum, { tests }) => sum + tests.length, 0),
    deployments: prompts.flatMap(({ deployments }) => deployments).sort(byInstant(({ at }) => at)),
    incidents: [...incidents, ...prompts.flatMap((one) => one.incidents)].sort(
      byInstant(({ openedAt }) => openedAt),
    ),
    rollouts: prompts
      .flatMap(({ rollouts }) => rollouts)
      .sort(byInstant(({ startedAt }) => startedAt)),
    leftovers: prompts.flatMap(({ leftovers }) => leftovers).sort((a, b) => b.count - a.count),
    withoutTraffic,
    prompts,
    omitted,
    isExact: sections.every(({ isExact }) => isExact),
    method: REPORT_METHOD,
  };
}

/** Whether there is anything that a scheduled report would tell. */
export const isWorthTelling = ({
  totals,
  previous,
  deployments,
  incidents,
  rollouts,
}: ReportContent): boolean =>
  totals.count + previous.count + deployments.length + incidents.length + rollouts.length > 0;
