import { Select } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Timeseries } from "../../features/rollups/timeseries/contract.ts";
import { Loaded } from "../parts/loaded.tsx";
import { useTimeZone } from "../shell/project.ts";
import { ChartFrame } from "./chart-frame.tsx";
import type { TimeChart as Chart } from "./chart.ts";
import type { CsvTable } from "./csv.ts";
import { factsOf } from "./facts.ts";
import { type Granularity, zoneOf } from "./granularity.ts";
import { metricName } from "./names.ts";
import {
  costChart,
  lineChart,
  type NumberStatistic,
  percentilesChart,
  scoreChart,
  volumeChart,
} from "./over-time.ts";
import { type Asked, useTimeseries } from "./queries.ts";
import { joinedTable, timeseriesTable } from "./tables.ts";
import { ChartSkeleton, TimeChart } from "./time-chart.tsx";

type Common = {
  asked: Asked;
  granularity: Granularity;
  title?: string | undefined;
  controls?: ReactNode;
  menu?: ReactNode;
};

/** A chart over time in its frame, from one answer; it says all that is needed to read it alone. */
function Framed<T>({
  asked,
  granularity,
  title,
  controls,
  menu,
  query,
  chartOf,
  tableOf,
}: Common & {
  title: string;
  query: UseQueryResult<T>;
  chartOf: (data: T) => Chart;
  tableOf: (data: T) => CsvTable;
}) {
  const timeZone = zoneOf(granularity, useTimeZone());
  const chart = query.data === undefined ? undefined : chartOf(query.data);
  const facts = chart
    ? factsOf({
        n: chart.n,
        unit: chart.unit,
        from: chart.fromMs,
        to: chart.toMs,
        timeZone,
        stepMs: chart.stepMs,
        environment: asked.environment,
      })
    : ["…"];
  return (
    <ChartFrame
      title={title}
      facts={facts}
      table={query.data === undefined ? undefined : tableOf(query.data)}
      controls={controls}
      menu={menu}
    >
      <Loaded query={query} skeleton={<ChartSkeleton />}>
        {() => chart && <TimeChart chart={chart} timeZone={timeZone} label={title} />}
      </Loaded>
    </ChartFrame>
  );
}

export function VolumePanel(props: Common) {
  const query = useTimeseries(props.asked, {
    metric: "count",
    statistic: "count",
    granularity: props.granularity,
  });
  return (
    <Framed
      {...props}
      title={props.title ?? "Volume by version"}
      query={query}
      chartOf={volumeChart}
      tableOf={timeseriesTable}
    />
  );
}

/** One statistic of one metric, a line for each version. */
export function LinePanel({
  metric,
  statistic,
  ...props
}: Common & { metric: string; statistic: NumberStatistic }) {
  const query = useTimeseries(props.asked, { metric, statistic, granularity: props.granularity });
  return (
    <Framed
      {...props}
      title={props.title ?? `${metricName(metric)}, ${statistic}`}
      query={query}
      chartOf={(series) => lineChart(series, statistic)}
      tableOf={timeseriesTable}
    />
  );
}

/** The version whose percentiles are drawn: the one with the most values, unless somebody chose. */
function busiest({ data }: Timeseries): number {
  const sizes = data.map(({ version, points }) => ({
    version,
    n: points.reduce((sum, { n }) => sum + n, 0),
  }));
  return sizes.toSorted((a, b) => b.n - a.n || b.version - a.version)[0]?.version ?? 1;
}

/** Median, p95 and p99 of one version: bands of several would hide each other. */
export function PercentilesPanel({
  metric,
  version,
  onVersion,
  ...props
}: Common & {
  metric: string;
  version?: number | undefined;
  onVersion?: (version: number) => void;
}) {
  const query = useTimeseries(props.asked, {
    metric,
    statistic: "p50,p95,p99",
    granularity: props.granularity,
  });
  const versions = query.data?.data.map((line) => line.version) ?? [];
  const shown =
    version !== undefined && versions.includes(version)
      ? version
      : query.data
        ? busiest(query.data)
        : 1;
  const choice = onVersion && versions.length > 1 && (
    <Select
      aria-label="Version of the percentiles"
      size="xs"
      w={80}
      data={versions.map((version) => ({ value: String(version), label: `v${version}` }))}
      value={String(shown)}
      allowDeselect={false}
      onChange={(value) => value !== null && onVersion(Number(value))}
    />
  );
  return (
    <Framed
      {...props}
      title={props.title ?? `${metricName(metric)}: p50, p95, p99 of v${shown}`}
      controls={choice || props.controls}
      query={query}
      chartOf={(series) => percentilesChart(series, shown)}
      tableOf={timeseriesTable}
    />
  );
}

/** Several answers as one: loaded when all are, failed when any did. */
function together<T>(
  first: UseQueryResult<T>,
  ...others: UseQueryResult<T>[]
): UseQueryResult<T[]> {
  const all = [first, ...others];
  const loaded = all.flatMap(({ data }) => (data === undefined ? [] : [data]));
  return {
    ...first,
    data: loaded.length === all.length ? loaded : undefined,
    error: all.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => Promise.all(all.map((query) => query.refetch())),
  } as unknown as UseQueryResult<T[]>;
}

/** A cache of which nothing is known has no part of its own. */
const costParts = ([input, cached, output]: Timeseries[]): Chart => {
  if (!input || !cached || !output) throw new Error("a part of the cost is missing");
  const isKnown = cached.data.some(({ points }) => points.some(({ n }) => n > 0));
  return costChart({ input, cached: isKnown ? cached : null, output });
};

export function CostPanel(props: Common) {
  const { asked, granularity } = props;
  const ask = { statistic: "sum", granularity };
  const input = useTimeseries(asked, { ...ask, metric: "inputCostUsd" });
  const output = useTimeseries(asked, { ...ask, metric: "outputCostUsd" });
  const cached = useTimeseries(asked, { ...ask, metric: "cachedCostUsd" });
  return (
    <Framed
      {...props}
      title={props.title ?? (granularity === "day" ? "Cost per day" : "Cost")}
      query={together(input, cached, output)}
      chartOf={costParts}
      tableOf={(parts) => joinedTable(parts.map(timeseriesTable))}
    />
  );
}

/** The mean of a score with its 95 % interval. */
export function ScorePanel({ name, ...props }: Common & { name: string }) {
  const query = useTimeseries(props.asked, {
    metric: `score:${name}`,
    statistic: "mean,share",
    granularity: props.granularity,
    intervals: true,
  });
  return (
    <Framed
      {...props}
      title={props.title ?? `Score ${name}: mean and 95 % interval`}
      query={query}
      chartOf={scoreChart}
      tableOf={timeseriesTable}
    />
  );
}
