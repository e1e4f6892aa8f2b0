import {
  BUDGET_PERIODS,
  DRIFT_HOURS,
  type MonitorKind,
  SEVERITIES,
  STATISTICS,
  VOLUME_WATCHES,
  WINDOW_MINUTES,
} from "../../../features/monitors/model.ts";

/** What a rule holds while it is edited: what is typed, and the API judges it. */
export type Draft = Record<string, unknown>;

export type Field = {
  name: string;
  label: string;
  description?: string;
  isOptional?: boolean;
} & (
  | { input: "text" | "number" | "switch" }
  | { input: "one" | "many"; choices: readonly (string | number)[] }
  | { input: "words"; choices?: readonly string[] }
);

const text = (name: string, label: string, rest: Partial<Field> = {}): Field =>
  ({ input: "text", name, label, ...rest }) as Field;
const amount = (name: string, label: string, description?: string): Field => ({
  input: "number",
  name,
  label,
  isOptional: true,
  ...(description === undefined ? {} : { description }),
});

const METRIC = text("metric", "Metric", {
  description: "latencyMs, costUsd, errors, count, … or score:<name>",
});
const STATISTIC: Field = {
  input: "one",
  name: "statistic",
  label: "Statistic",
  choices: STATISTICS,
};
const CATEGORY = text("category", "Category", {
  isOptional: true,
  description: "Of the statistic share only",
});
const SUBJECT = [
  text("label", "Label", { isOptional: true, description: "The version that it points at" }),
  amount("version", "Version", "Instead of a label"),
];
const WINDOW: Field = {
  input: "one",
  name: "windowMinutes",
  label: "Window in minutes",
  choices: WINDOW_MINUTES,
};
const PROMPT = text("prompt", "Prompt");
const ANY_PROMPT = text("prompt", "Prompt", { isOptional: true, description: "Empty: all" });
const MIN_N = amount("minN", "Least values in a window");
const NO_DATA = amount(
  "noDataMinutes",
  "Fires after so many minutes without data",
  "Three windows at least; empty: never",
);

const OWN: Record<MonitorKind, Field[]> = {
  threshold: [
    PROMPT,
    ...SUBJECT,
    METRIC,
    STATISTIC,
    CATEGORY,
    amount("above", "Fires above", "In ms, USD, tokens; a share is 0 to 1"),
    amount("below", "Fires below"),
    WINDOW,
    MIN_N,
    NO_DATA,
  ],
  relative: [
    PROMPT,
    ...SUBJECT,
    METRIC,
    STATISTIC,
    CATEGORY,
    amount("increase", "Fires at so much more", "0.1 is 10 %"),
    amount("decrease", "Fires at so much less"),
    WINDOW,
    MIN_N,
    NO_DATA,
  ],
  drift: [
    PROMPT,
    ...SUBJECT,
    METRIC,
    amount("margin", "Margin", "Of a comparison; its default when empty"),
    { input: "one", name: "windowHours", label: "Window in hours", choices: DRIFT_HOURS },
    NO_DATA,
  ],
  volume: [PROMPT, { input: "many", name: "watch", label: "Watch for", choices: VOLUME_WATCHES }],
  budget: [
    ANY_PROMPT,
    { input: "one", name: "period", label: "Period", choices: BUDGET_PERIODS },
    { input: "number", name: "limitUsd", label: "Limit in USD" },
  ],
  regression: [
    ANY_PROMPT,
    { input: "words", name: "labels", label: "Deployments of" },
    { input: "words", name: "metrics", label: "Metrics", description: "Empty: the usual ones" },
  ],
};

const COMMON: Field[] = [
  { input: "one", name: "severity", label: "Severity", choices: SEVERITIES },
  text("environment", "Environment", { isOptional: true, description: "Empty: all" }),
  text("model", "Model", { isOptional: true, description: "Empty: all" }),
  amount("renotifyHours", "Remind every so many hours", "Empty: never"),
  { input: "switch", name: "enabled", label: "Switched on" },
];

export const fieldsOf = (kind: MonitorKind): Field[] => [
  text("name", "Name"),
  ...OWN[kind],
  ...COMMON,
];

const COMMON_START = { severity: "warning", enabled: true, renotifyHours: 24 };
const START: Record<MonitorKind, Draft> = {
  threshold: { metric: "latencyMs", statistic: "p95", windowMinutes: 60 },
  relative: { metric: "latencyMs", statistic: "p95", windowMinutes: 60, increase: 0.2 },
  drift: { metric: "latencyMs", windowHours: 24 },
  volume: { watch: [...VOLUME_WATCHES] },
  budget: { period: "month" },
  regression: { labels: ["production"], metrics: [] },
};

/** What a new monitor of a kind begins with. */
export const draftOf = (kind: MonitorKind, kept: Draft): Draft => ({
  ...COMMON_START,
  ...START[kind],
  ...kept,
});

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (Array.isArray(value) && value.length === 0);

/** The rule as the API takes it: only fields of the kind, nothing that is empty. */
export function ruleOf(kind: MonitorKind, draft: Draft): Draft {
  const filled = fieldsOf(kind)
    .map(({ name }): [string, unknown] => [name, draft[name]])
    .filter(([, value]) => !isEmpty(value));
  const never = isEmpty(draft["renotifyHours"]) ? { renotifyHours: null } : {};
  return { kind, ...Object.fromEntries(filled), ...never };
}

/** What a change says: kind and prompt stay, and null takes away what was emptied. */
export function changeOf(kind: MonitorKind, draft: Draft): Draft {
  const change = fieldsOf(kind)
    .filter(({ name }) => name !== "prompt")
    .map(({ name }): [string, unknown] => [name, isEmpty(draft[name]) ? null : draft[name]]);
  return Object.fromEntries(change);
}

/** What of several a rule cannot be without: one of each row. */
const ONE_OF: Partial<Record<MonitorKind, string[]>> = {
  threshold: ["above", "below"],
  relative: ["increase", "decrease"],
};

/** Whether enough was typed for the API to judge: half a rule is no mistake yet. */
export function isWhole(kind: MonitorKind, draft: Draft): boolean {
  const needed = OWN[kind].filter(
    ({ isOptional, input }) => isOptional !== true && input !== "words",
  );
  const alternatives = ONE_OF[kind];
  return (
    needed.every(({ name }) => !isEmpty(draft[name])) &&
    (alternatives === undefined || alternatives.some((name) => !isEmpty(draft[name])))
  );
}
