import "@mantine/charts/styles.css";
import { CompositeChart, type CompositeChartSeries } from "@mantine/charts";
import { useElementSize, useId } from "@mantine/hooks";
import type { ReactNode } from "react";
import { Area, ErrorBar } from "recharts";

import { minute, shortDay } from "../format/time.ts";
import { type Line, reachOf, type Row, type TimeChart } from "./chart.ts";
import { colourOf, FillPattern, MarkerAt } from "./swatch.tsx";
import { niceTicks, timeTicks } from "./ticks.ts";
import { TimeTooltip } from "./time-tooltip.tsx";
import { shownIn } from "./units.ts";

const HEIGHT = 260;
/** Of a line that has more points, only some carry its sign. */
const MOST_MARKERS = 14;
/** Of a label of the time axis, with the space around it. */
const LABEL_WIDTH = 72;
const AXIS_WIDTH = 62;

type DotProps = { cx?: number | undefined; cy?: number | undefined; index?: number };

/** A point without neighbours is no line: its sign is all there is to see of it. */
const isAlone = (rows: readonly Row[], key: string, index: number): boolean =>
  typeof rows[index - 1]?.[key] !== "number" && typeof rows[index + 1]?.[key] !== "number";

function signsOf(line: Line, rows: readonly Row[]) {
  const every = Math.ceil(rows.length / MOST_MARKERS);
  return ({ cx, cy, index = 0 }: DotProps): ReactNode => {
    const isThere = typeof rows[index]?.[line.key] === "number";
    if (!isThere || typeof cx !== "number" || typeof cy !== "number") return <g key={index} />;
    if (index % every !== 0 && !isAlone(rows, line.key, index)) return <g key={index} />;
    return <MarkerAt key={index} x={cx} y={cy} look={line.look} />;
  };
}

/** How far the ends of an interval are from its point. */
const whiskersOf =
  ({ key, range = "" }: Line) =>
  (row: Row): [number, number] => {
    const [value, ends] = [row[key], row[range]];
    return typeof value === "number" && Array.isArray(ends)
      ? [value - ends[0], ends[1] - value]
      : [0, 0];
  };

const Whiskers = (line: Line): ReactNode => (
  <ErrorBar
    dataKey={whiskersOf(line)}
    stroke={colourOf(line.look)}
    width={6}
    strokeWidth={1.5}
    isAnimationActive={false}
  />
);

const bandOf = (line: Line): ReactNode => (
  <Area
    key={`band ${line.key}`}
    dataKey={line.range ?? ""}
    stroke="none"
    fill={colourOf(line.look)}
    fillOpacity={0.14}
    type="linear"
    connectNulls={false}
    isAnimationActive={false}
    activeDot={false}
    dot={false}
    legendType="none"
    tooltipType="none"
  />
);

function seriesOf(line: Line): CompositeChartSeries {
  const { key, name, look, as } = line;
  return {
    name: key,
    label: name,
    color: look.colour,
    type: as,
    ...(look.dash === "" ? {} : { strokeDasharray: look.dash }),
  };
}

/** The picture alone; `TimeChart` loads it when it is first needed. */
export function TimeChartDrawing({
  chart,
  timeZone,
  label,
}: {
  chart: TimeChart;
  timeZone: string;
  label: string;
}) {
  const { rows, lines, unit, marks } = chart;
  const id = useId().replaceAll(":", "");
  const { ref, width } = useElementSize();
  const { least, greatest } = reachOf(chart);
  const hasBars = lines.some(({ as }) => as === "bar");
  // The length of a bar is its number, so it begins at zero; shares end at all.
  const top = unit === "share" && hasBars ? 1 : greatest;
  const ticks = niceTicks(hasBars ? Math.min(0, least) : least, top);
  const times = timeTicks(
    rows.map(({ at }) => at),
    timeZone,
    Math.max(2, Math.floor((width - AXIS_WIDTH) / LABEL_WIDTH)),
  );
  const days = new Set(times.filter(({ isDay }) => isDay).map(({ at }) => at));
  const timeText = (at: number): string =>
    days.has(at) ? shortDay(at, timeZone) : minute(at, timeZone);
  const lineOf = (name: string): Line | undefined => lines.find(({ key }) => key === name);
  const patternOf = (key: string): string => `${id}-${key}`;
  return (
    <CompositeChart
      ref={ref}
      role="group"
      aria-label={label}
      h={HEIGHT}
      data={rows}
      dataKey="at"
      series={lines.map(seriesOf)}
      curveType="linear"
      connectNulls={false}
      gridAxis="x"
      tickLine="none"
      maxBarWidth={40}
      referenceLines={marks.map(({ atMs }, place) => ({
        x: atMs,
        color: "gray.6",
        strokeDasharray: "3 3",
        labelPosition: "insideTopLeft" as const,
        label: { value: String(place + 1), fontSize: 11, fill: "var(--mantine-color-text)" },
      }))}
      xAxisProps={{
        ticks: times.map(({ at }) => at),
        tickFormatter: timeText,
        interval: 0,
      }}
      yAxisProps={{
        ticks,
        domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1],
        tickFormatter: (value: number) => shownIn(unit, value).text,
        width: AXIS_WIDTH,
        interval: 0,
      }}
      lineProps={({ name }) => {
        const line = lineOf(name);
        if (!line) return {};
        return {
          dot: signsOf(line, rows),
          ...(line.rangeAs === "whiskers" ? { children: Whiskers(line) } : {}),
        };
      }}
      barProps={({ name }) => {
        const stack = lineOf(name)?.stack;
        return {
          fill: `url(#${patternOf(name)})`,
          ...(stack === undefined ? {} : { stackId: stack }),
        };
      }}
      composedChartProps={{ margin: { top: 8, right: 12, bottom: 4, left: 0 } }}
      tooltipProps={{
        content: ({ label: at }) => (
          <TimeTooltip chart={chart} at={Number(at)} timeZone={timeZone} />
        ),
      }}
    >
      <defs>
        {lines.map(({ key, look }) => (
          <FillPattern key={key} id={patternOf(key)} look={look} />
        ))}
      </defs>
      {lines.filter(({ rangeAs }) => rangeAs === "band").map(bandOf)}
    </CompositeChart>
  );
}
