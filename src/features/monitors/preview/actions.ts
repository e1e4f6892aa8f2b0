import type { Scope } from "../../../platform/scope.ts";
import { currentSettings } from "../../projects/index.ts";
import { LIFETIME_DAYS } from "../../rollups/model.ts";
import type { Preview } from "../contract.ts";
import { requireReferences } from "../references/actions.ts";
import type { Rule } from "../rules/contract.ts";
import { SETTLE_MS, stepMsOf, windowsBetween } from "../rules/windows.ts";
import { readLooks } from "../run/read/actions.ts";
import { courseOf } from "./shape.ts";

const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;

/** Days of the past that hold the buckets a rule is judged by, and what that leaves out. */
function reachOf(rule: Rule, days: number): { days: number; note: string | null } {
  const fine = LIFETIME_DAYS[0];
  const isFine =
    (rule.kind === "threshold" || rule.kind === "relative") &&
    stepMsOf(rule) < MS_PER_HOUR &&
    days > fine;
  if (isFine) {
    const note = `Windows shorter than an hour can be looked at for ${fine} days: so long buckets of 5 minutes are kept.`;
    return { days: fine, note };
  }
  const note =
    rule.kind === "regression" && days > fine
      ? `That half of the calls fail, which opens at once, can be seen for the last ${fine} days only; the looks after 6 and 24 hours for all of them.`
      : null;
  return { days, note };
}

const times = (fired: number): string =>
  fired === 0 ? "not have fired" : `have fired ${fired === 1 ? "once" : `${fired} times`}`;

/**
 * Looks at windows of the past with a rule that need not exist, by the same code that looks at new
 * ones. Nothing is written.
 *
 * @throws Refusal invalid_request naming what is not there
 */
export async function previewRule(scope: Scope, rule: Rule, days: number): Promise<Preview> {
  await requireReferences(scope, rule);
  const { timeZone } = await currentSettings(scope);
  const reach = reachOf(rule, days);
  const until = scope.now.getTime() - SETTLE_MS;
  const after = scope.now.getTime() - reach.days * MS_PER_DAY;
  const { windows, evaluatedTo } = windowsBetween(rule, timeZone, { after, until });
  const seen =
    windows.length === 0 ? [] : await readLooks({ scope, timeZone, rule, windows, known: null });
  const course = courseOf(rule, seen, stepMsOf(rule));
  const plural = reach.days === 1 ? "the last day" : `the last ${reach.days} days`;
  return {
    from: new Date(after).toISOString(),
    to: new Date(evaluatedTo).toISOString(),
    says: `It would ${times(course.fired)} in ${plural}.`,
    ...course,
    note: reach.note,
  };
}
