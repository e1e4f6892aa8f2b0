import { DEFAULT_LABEL } from "../../prompts/model.ts";
import type { Rule } from "./contract.ts";

/** The label whose version a rule watches; null where it watches something else. */
export function labelOf(rule: Rule): string | null {
  if (rule.kind === "threshold") return rule.label ?? null;
  const isOfOne = rule.kind === "relative" || rule.kind === "drift";
  if (!isOfOne || rule.version !== undefined) return null;
  return rule.label ?? DEFAULT_LABEL;
}

/** Whether a rule watches each version that is used, and so forgets those that are not any more. */
export const watchesEach = (rule: Rule): boolean =>
  rule.kind === "threshold" && rule.label === undefined && rule.version === undefined;

/** Fields that change who is told and when, but not what is judged. */
const ASIDE = ["name", "severity", "renotifyHours", "enabled", "activeHours", "noDataMinutes"];

/** Whether two rules judge alike: then what one remembers is true for the other. */
export function judgesAlike(a: Rule, b: Rule): boolean {
  const judged = (rule: Rule): string =>
    JSON.stringify(
      Object.entries(rule)
        .filter(([field]) => !ASIDE.includes(field))
        .sort(([x], [y]) => (x < y ? -1 : 1)),
    );
  return judged(a) === judged(b);
}
