import type { Preview } from "../contract.ts";
import { metricOf } from "../model.ts";
import type { Rule } from "../rules/contract.ts";
import { advance, type States, type WatchChange } from "../rules/course.ts";
import { phaseOf } from "../rules/evaluate.ts";
import type { Look, Seen, Watch } from "../rules/look.ts";
import { beginningOf } from "../rules/silence.ts";
import { unitOf } from "../rules/words.ts";

/** Things watched of which a preview draws a line: the newest. */
const MAX_SERIES = 20;

type Series = Preview["series"][number];
type Firing = Preview["firings"][number];

const iso = (ms: number): string => new Date(ms).toISOString();
const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

/** What the line of a rule shows. */
function drawnOf(rule: Rule): Pick<Series, "metric" | "statistic" | "unit"> {
  switch (rule.kind) {
    case "threshold": {
      const { metric, statistic } = rule;
      const known = metricOf(metric);
      return { metric, statistic, unit: known ? unitOf(known, statistic) : "" };
    }
    case "relative":
      return { metric: rule.metric, statistic: rule.statistic, unit: "relative change" };
    case "drift":
      return {
        metric: rule.metric,
        statistic: "difference of hourly means",
        unit: "on the scale of the test, up is worse",
      };
    case "volume":
      return { metric: "count", statistic: "count", unit: "generations" };
    case "budget":
      return { metric: "costUsd", statistic: "sum", unit: "USD" };
    case "regression":
      return {
        metric: "the worst",
        statistic: "difference of hourly means",
        unit: "on the scale of the test, up is worse",
      };
  }
}

/** What is drawn of a window: of a deployment its looks, not every five minutes between them. */
const isDrawn = ({ deployment, evidence }: Look): boolean =>
  !deployment || deployment.hours !== null || evidence?.proven === true;

function pointOf(look: Look, phase: Series["points"][number]["phase"]): Series["points"][number] {
  const { n, value, interval, limit } = look.point;
  return {
    at: iso(look.window.to),
    n,
    value,
    low: finite(interval?.low),
    high: finite(interval?.high),
    limit: finite(limit ?? undefined),
    phase,
  };
}

const openOn = (firings: readonly Firing[], { version, deployment }: Watch): Firing | undefined =>
  firings.findLast(
    (one) => one.version === version && one.deployment === deployment && one.resolvedAt === null,
  );

/** Takes a change into the list of what would have fired. */
function note(firings: Firing[], change: WatchChange): void {
  const { watch, look, at } = change;
  if (change.type === "opened" || change.type === "fell_silent") {
    firings.push({
      version: watch.version,
      deployment: watch.deployment,
      severity: change.severity,
      openedAt: iso(at),
      resolvedAt: null,
      reminders: 0,
      summary: look ? beginningOf(change, look).summary : "",
    });
    return;
  }
  const open = openOn(firings, watch);
  if (!open) return;
  if (change.type === "resolved") open.resolvedAt = iso(at);
  else if (change.type !== "looked_again") open.reminders += 1;
  if (change.type === "worsened") open.severity = change.severity;
}

/** The course that a rule would have taken: what it would have seen, and what would have fired. */
export function courseOf(
  rule: Rule,
  seen: readonly Seen[],
  stepMs: number,
): Pick<Preview, "fired" | "firings" | "series" | "windows" | "withoutData"> {
  const firings: Firing[] = [];
  const series = new Map<string, Series>();
  let states: States = new Map();
  let [windows, withoutData] = [0, 0];
  for (const one of seen) {
    const after = advance(rule, states, one, stepMs);
    states = after.states;
    for (const change of after.changes) note(firings, change);
    for (const { watch, look } of one.looks) {
      const state = states.get(watch.key);
      if (!state || !isDrawn(look)) continue;
      windows += 1;
      if (look.evidence === null && !look.budget) withoutData += 1;
      const { version, deployment, key } = watch;
      const line = series.get(key) ?? { version, deployment, ...drawnOf(rule), points: [] };
      line.points.push(pointOf(look, phaseOf(state.memory)));
      series.set(key, line);
    }
  }
  const lines = [...series.values()].sort((a, b) => (b.version ?? 0) - (a.version ?? 0));
  return {
    fired: firings.length,
    firings,
    series: lines.slice(0, MAX_SERIES),
    windows,
    withoutData,
  };
}
