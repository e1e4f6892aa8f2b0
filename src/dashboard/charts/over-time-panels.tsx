import { Select } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo } from "react";

import type { Timeseries } from "../../features/rollups/timeseries/contract.ts";
import { Loaded } from "../parts/loaded.tsx";
import { useTimeZone } from "../shell/project.ts";
import { COST_PARTS, costAsk, percentilesAsk, scoreAsk, volumeAsk } from "./asks.ts";
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
function Framed({
  asked,
  granularity,
  title,
  controls,
  menu,
  query,
  chartOf,
  tableOf = timeseriesTable,
}: Common & {
  title: string;
  query: UseQueryResult<Timeseries>;
  /** The same function as long as it draws the same of an answer: then a chart stays as it is. */
  chartOf: (series: Timeseries) => Chart;
  tableOf?: (series: Timeseries) => CsvTable;
}) {
  const timeZone = zoneOf(granularity, useTimeZone());
  const { data } = query;
  const chart = useMemo(() => data && chartOf(data), [data, chartOf]);
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
      table={data && (() => tableOf(data))}
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
  const query = useTimeseries(props.asked, volumeAsk(props.granularity));
  return (
    <Framed
      {...props}
      title={props.title ?? "Volume by version"}
      query={query}
      chartOf={volumeChart}
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
      chartOf={useCallback((series: Timeseries) => lineChart(series, statistic), [statistic])}
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
  const query = useTimeseries(props.asked, percentilesAsk(metric, props.granularity));
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
      chartOf={useCallback((series: Timeseries) => percentilesChart(series, shown), [shown])}
    />
  );
}

/** The parts of a cost, each as if it had been asked for alone. */
function costParts(series: Timeseries): Timeseries[] {
  const { also = [], ...first } = series;
  return [first, ...also.map((lines) => ({ ...first, ...lines }))];
}

/** A cache of which nothing is known has no part of its own. */
function costPartsChart(series: Timeseries): Chart {
  const [input, output, cached] = COST_PARTS.map((name) =>
    costParts(series).find(({ metric }) => metric === name),
  );
  if (!input || !cached || !output) throw new Error("a part of the cost is missing");
  const isKnown = cached.data.some(({ points }) => points.some(({ n }) => n > 0));
  return costChart({ input, cached: isKnown ? cached : null, output });
}

const costTable = (series: Timeseries): CsvTable =>
  joinedTable(costParts(series).map(timeseriesTable));

export function CostPanel(props: Common) {
  const { asked, granularity } = props;
  const query = useTimeseries(asked, costAsk(granularity));
  return (
    <Framed
      {...props}
      title={props.title ?? (granularity === "day" ? "Cost per day" : "Cost")}
      query={query}
      chartOf={costPartsChart}
      tableOf={costTable}
    />
  );
}

/** The mean of a score with its 95 % interval. */
export function ScorePanel({ name, ...props }: Common & { name: string }) {
  const query = useTimeseries(props.asked, scoreAsk(name, props.granularity));
  return (
    <Framed
      {...props}
      title={props.title ?? `Score ${name}: mean and 95 % interval`}
      query={query}
      chartOf={scoreChart}
    />
  );
}
