import { z } from "zod";

import { Label } from "../prompts/contract.ts";
import { isMeasure, MEASURES } from "../rollups/model.ts";

const MAX_PANELS = 24;
const MAX_VERSIONS = 20;
/** As long as the time series answers by the day. */
const MAX_DAYS = 1100;

/** What a panel draws. Only `line` chooses its statistic; volume, cost and adoption have no choice of a metric. */
const CHARTS = [
  "line",
  "volume",
  "percentiles",
  "cost",
  "score",
  "distribution",
  "adoption",
] as const;
type ChartKind = (typeof CHARTS)[number];

const OF_COUNTS = ["count", "rate"] as const;
const OF_VALUES = ["mean", "p50", "p95", "p99", "sum", "count"] as const;
const STATISTICS = ["count", "rate", "sum", "mean", "p50", "p95", "p99"] as const;
type PanelStatistic = (typeof STATISTICS)[number];

const SCORE = "score:";
const isScore = (metric: string): boolean => metric.startsWith(SCORE) && metric !== SCORE;

/** The statistics of which a line may show one; none for what is no metric. */
function statisticsOf(metric: string): readonly PanelStatistic[] {
  if (metric === "count" || metric === "errors") return OF_COUNTS;
  return isMeasure(metric) || isScore(metric) ? OF_VALUES : [];
}

const NEEDS: Record<ChartKind, { says: string; takes: (metric: string) => boolean } | null> = {
  line: {
    says: `must be one of count, errors, ${Object.keys(MEASURES).join(", ")}, score:<name>`,
    takes: (metric) => statisticsOf(metric).length > 0,
  },
  percentiles: {
    says: `must be one of ${Object.keys(MEASURES).join(", ")}`,
    takes: isMeasure,
  },
  distribution: {
    says: `must be one of ${Object.keys(MEASURES).join(", ")}, score:<name>`,
    takes: (metric) => isMeasure(metric) || isScore(metric),
  },
  score: { says: "must be score:<name>", takes: isScore },
  volume: null,
  cost: null,
  adoption: null,
};

export const Panel = z
  .strictObject({
    title: z.string().trim().max(100, "at most 100 characters").default(""),
    chart: z.enum(CHARTS),
    prompt: z.string().trim().min(1, "must not be empty").max(500, "at most 500 characters"),
    metric: z
      .string()
      .max(300)
      .nullable()
      .default(null)
      .describe(
        "As of the time series, in full; null for volume, cost and adoption, which are of one already.",
      ),
    statistic: z.enum(STATISTICS).nullable().default(null).describe("Of a line; null otherwise."),
    versions: z
      .array(z.int().min(1))
      .max(MAX_VERSIONS, `at most ${MAX_VERSIONS} versions`)
      .default([])
      .describe("Empty: all with traffic."),
    label: Label.nullable().default(null).describe("Of adoption; null is production."),
    width: z.enum(["third", "half", "full"]).default("half").describe("Of the page."),
  })
  .superRefine(({ chart, metric, statistic }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    const need = NEEDS[chart];
    if (need && !(metric !== null && need.takes(metric))) issue("metric", need.says);
    if (!need && metric !== null) issue("metric", `must be null: ${chart} has no other metric`);
    if (chart !== "line") {
      if (statistic !== null) issue("statistic", "must be null: only a line shows one of several");
      return;
    }
    const has = statisticsOf(metric ?? "");
    if (has.length > 0 && !(statistic !== null && has.includes(statistic))) {
      issue("statistic", `must be one of ${has.join(", ")}`);
    }
  });
export type Panel = z.infer<typeof Panel>;

/** The time that a dashboard shows: always until now. */
export const Window = z
  .strictObject({
    days: z.int().min(1).max(MAX_DAYS, `at most ${MAX_DAYS}`).default(30),
    granularity: z.enum(["hour", "day"]).default("day"),
    environment: z.string().min(1).max(40).nullable().default(null),
  })
  .refine(({ days, granularity }) => granularity === "day" || days <= 90, {
    path: ["granularity"],
    error: "must be day beyond 90 days: hours are kept that long",
  });
export type Window = z.infer<typeof Window>;

const DEFAULT_WINDOW: Window = { days: 30, granularity: "day", environment: null };

const Name = z.string().trim().min(1, "must not be empty").max(100, "at most 100 characters");
const Panels = z.array(Panel).max(MAX_PANELS, `at most ${MAX_PANELS} panels`);

export const CreateDashboard = z.strictObject({
  name: Name,
  window: Window.default(DEFAULT_WINDOW),
  panels: Panels.default([]),
});
export type CreateDashboard = z.infer<typeof CreateDashboard>;

/** What is absent stays; `window` and `panels` are replaced as a whole. */
export const ChangeDashboard = z.strictObject({
  rev: z.int().min(1).describe("The one that was read; 409 if it was changed since."),
  name: Name.optional(),
  window: Window.optional(),
  panels: Panels.optional(),
});
export type ChangeDashboard = z.infer<typeof ChangeDashboard>;

export const Dashboard = z.object({
  id: z.string(),
  name: z.string(),
  window: Window,
  panels: z.array(Panel),
  rev: z.int(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Dashboard = z.infer<typeof Dashboard>;

export const DashboardPath = z.object({ id: z.string().min(1).max(100) });
export const DashboardPage = z.object({
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

const Listed = z.object({
  id: z.string(),
  name: z.string(),
  panelCount: z.int(),
  updatedAt: z.iso.datetime(),
});
export const DashboardList = z.object({ data: z.array(Listed), nextCursor: z.string().nullable() });
export type DashboardList = z.infer<typeof DashboardList>;
