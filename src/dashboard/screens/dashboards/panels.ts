import type { Dashboard, Panel } from "../../../features/dashboards/contract.ts";
import { metricName, VALUE_METRICS } from "../../charts/names.ts";

/** What people may choose from; the API checks it again. */
export const CHART_NAMES: Record<Panel["chart"], string> = {
  line: "One number over time",
  volume: "Volume by version",
  percentiles: "Percentiles of one version",
  cost: "Cost: input and output",
  score: "Score: mean and interval",
  distribution: "Distribution",
  adoption: "Adoption of deployments",
};

export type Chart = Panel["chart"];
type Statistic = NonNullable<Panel["statistic"]>;

const ofScores = (scores: readonly string[]): string[] => scores.map((name) => `score:${name}`);

/** The metrics that a chart can be of; empty where it is of one already. */
export function metricsFor(chart: Chart, scores: readonly string[]): string[] {
  switch (chart) {
    case "line":
      return ["count", "errors", ...VALUE_METRICS, ...ofScores(scores)];
    case "percentiles":
      return [...VALUE_METRICS];
    case "distribution":
      return [...VALUE_METRICS, ...ofScores(scores)];
    case "score":
      return ofScores(scores);
    case "volume":
    case "cost":
    case "adoption":
      return [];
  }
}

export const statisticsFor = (metric: string): readonly Statistic[] =>
  metric === "count" || metric === "errors"
    ? ["count", "rate"]
    : ["mean", "p50", "p95", "p99", "sum", "count"];

export const STATISTIC_NAMES: Record<Statistic, string> = {
  count: "count",
  rate: "rate",
  sum: "sum",
  mean: "mean",
  p50: "p50 (median)",
  p95: "p95",
  p99: "p99",
};

/** A panel whose parts go together: what its chart does not take is left out, the rest is filled in. */
export function fitted(panel: Panel, scores: readonly string[]): Panel {
  const metrics = metricsFor(panel.chart, scores);
  const isKept = panel.metric !== null && metrics.includes(panel.metric);
  const metric = isKept ? panel.metric : (metrics[0] ?? null);
  if (panel.chart !== "line") return { ...panel, metric, statistic: null };
  const statistics = statisticsFor(metric ?? "count");
  const statistic =
    panel.statistic !== null && statistics.includes(panel.statistic)
      ? panel.statistic
      : (statistics[0] ?? null);
  return { ...panel, metric, statistic };
}

const shownOf = ({ chart, metric, statistic, label }: Panel): string => {
  const name = metric === null ? "" : metricName(metric);
  switch (chart) {
    case "line":
      return statistic === null ? name : `${name}, ${STATISTIC_NAMES[statistic]}`;
    case "percentiles":
      return `${name}, p50, p95 and p99`;
    case "distribution":
      return `${name}, distribution`;
    case "score":
      return `${name}, mean`;
    case "adoption":
      return `Adoption of ${label ?? "production"}`;
    case "volume":
    case "cost":
      return CHART_NAMES[chart];
  }
};

/** What a panel is called unless somebody named it. */
export const titleOf = (panel: Panel): string =>
  panel.title === "" ? `${panel.prompt}: ${shownOf(panel)}` : panel.title;

export const newPanel = (prompt: string): Panel => ({
  title: "",
  chart: "volume",
  prompt,
  metric: null,
  statistic: null,
  versions: [],
  label: null,
  width: "half",
});

/** The panels with one of them a place earlier or later. */
export function moved<T>(panels: readonly T[], from: number, by: 1 | -1): T[] {
  const to = from + by;
  const [panel, other] = [panels[from], panels[to]];
  if (panel === undefined || other === undefined) return [...panels];
  return panels.with(from, other).with(to, panel);
}

/** Columns of twelve that a panel takes on a wide screen. */
export const COLUMNS: Record<Panel["width"], number> = { third: 4, half: 6, full: 12 };

/** What a panel is of where it does not say so. */
export const metricOf = ({ metric }: Panel): string => metric ?? "latencyMs";
export const statisticOf = ({ statistic }: Panel): Statistic => statistic ?? "count";
export const labelOf = ({ label }: Panel): string => label ?? "production";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The stretch that a dashboard shows: until the end of this minute. */
export function stretchOf({ window }: Pick<Dashboard, "window">, nowMs: number) {
  const toMs = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
  return {
    from: new Date(toMs - window.days * DAY_MS).toISOString(),
    to: new Date(toMs).toISOString(),
    environment: window.environment ?? undefined,
  };
}
