import { isMeasure, type Measure } from "../rollups/model.ts";

/** The rules by which monitors judge. A change of any rule, limit or default is a new number. */
export const METHOD_VERSION = "monitors/1";

export const MONITOR_KINDS = [
  "regression",
  "threshold",
  "relative",
  "drift",
  "volume",
  "budget",
] as const;
export type MonitorKind = (typeof MONITOR_KINDS)[number];

/** The monitor that every project has: regressions after deployments of its watched labels. */
export const BUILT_IN = "regressions";

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What a monitor says of one thing that it watches. `learning`: too little history to judge. `no
 * data`: three windows without enough values; what fired goes on firing meanwhile. `resolved`: it
 * fired until the last window.
 */
export const PHASES = ["ok", "pending", "firing", "resolved", "no data", "learning"] as const;
export type Phase = (typeof PHASES)[number];

export const INCIDENT_STATES = ["open", "acknowledged", "resolved"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** What happens to an incident. */
export const INCIDENT_EVENTS = [
  "opened",
  "reminded",
  "worsened",
  "looked_again",
  "acknowledged",
  "commented",
  "rolled_back",
  "resolved",
] as const;
export type IncidentEvent = (typeof INCIDENT_EVENTS)[number];

/** What is measured: generations, failed ones, values of generations, or scores. */
export type Metric =
  | { of: "count" }
  | { of: "errors" }
  | { of: "measure"; measure: Measure }
  | { of: "score"; name: string };

const SCORE_PREFIX = "score:";

/** Reads a metric's name; undefined for one that does not exist. */
export function metricOf(name: string): Metric | undefined {
  if (name === "count" || name === "errors") return { of: name };
  if (isMeasure(name)) return { of: "measure", measure: name };
  const score = name.startsWith(SCORE_PREFIX) ? name.slice(SCORE_PREFIX.length) : "";
  return score === "" ? undefined : { of: "score", name: score };
}

export const STATISTICS = [
  "count",
  "rate",
  "sum",
  "mean",
  "p5",
  "p50",
  "p95",
  "p99",
  "share",
] as const;
export type Statistic = (typeof STATISTICS)[number];

/** The statistics that a metric has. `rate`: a minute, of errors a share. `share`: of one category. */
export const STATISTICS_OF: Record<Metric["of"], readonly Statistic[]> = {
  count: ["count", "rate"],
  errors: ["count", "rate"],
  measure: ["count", "sum", "mean", "p5", "p50", "p95", "p99"],
  score: ["count", "mean", "p5", "p50", "p95", "p99", "share"],
};

/** Statistics whose ratio has an interval. */
export const RELATIVE_STATISTICS: Record<Metric["of"], readonly Statistic[]> = {
  count: [],
  errors: ["rate"],
  measure: ["mean", "p5", "p50", "p95", "p99"],
  score: ["mean", "p5", "p50", "p95", "p99", "share"],
};

/** Lengths of a window, in minutes: each is a whole number of buckets, and divides a day. */
export const WINDOW_MINUTES = [5, 15, 60, 360, 1440] as const;

/** Lengths of a drift window, in hours. */
export const DRIFT_HOURS = [6, 24] as const;

export const BUDGET_PERIODS = ["day", "week", "month"] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

export const VOLUME_WATCHES = ["spike", "drop", "silence"] as const;
export type VolumeWatch = (typeof VOLUME_WATCHES)[number];

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** When windows are looked at, in the project's time zone. Minutes after midnight; `to` may be before `from`. */
export type ActiveHours = { days: Weekday[]; from: string; to: string };
