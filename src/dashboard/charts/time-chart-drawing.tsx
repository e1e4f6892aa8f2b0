import "@mantine/charts/styles.css";
import { CompositeChart } from "@mantine/charts";
import { useElementSize, useId } from "@mantine/hooks";
import { memo, useMemo } from "react";

import { minute, shortDay } from "../format/time.ts";
import { type Line, reachOf, type TimeChart } from "./chart.ts";
import { SeriesDrawing } from "./series-drawing.tsx";
import { FillPattern } from "./swatch.tsx";
import { niceTicks, timeTicks } from "./ticks.ts";
import { TimeTooltip } from "./time-tooltip.tsx";
import { shownIn } from "./units.ts";

const HEIGHT = 260;
/** Of a label of the time axis, with the space around it. */
const LABEL_WIDTH = 72;
const AXIS_WIDTH = 62;

const hasBarsIn = (lines: readonly Line[]): boolean => lines.some(({ as }) => as === "bar");

/** Round values that the vertical axis names. */
function valueTicksOf(chart: TimeChart): number[] {
  const { least, greatest } = reachOf(chart);
  const hasBars = hasBarsIn(chart.lines);
  // The length of a bar is its number, so it begins at zero; shares end at all.
  const top = chart.unit === "share" && hasBars ? 1 : greatest;
  return niceTicks(hasBars ? Math.min(0, least) : least, top);
}

/** Instants that the axis of time names, and how: a day by its date, all else by its time. */
function timeTicksOf({ rows }: TimeChart, timeZone: string, width: number) {
  const times = timeTicks(
    rows.map(({ at }) => at),
    timeZone,
    Math.max(2, Math.floor((width - AXIS_WIDTH) / LABEL_WIDTH)),
  );
  const days = new Set(times.filter(({ isDay }) => isDay).map(({ at }) => at));
  return {
    ticks: times.map(({ at }) => at),
    tickFormatter: (at: number): string =>
      days.has(at) ? shortDay(at, timeZone) : minute(at, timeZone),
  };
}

/** A step can be pointed at only where a series of the library's own has a value. */
const stepsOf = (value: number) => ({
  series: [{ name: "steps", type: "line" as const, color: "gray" }],
  lineProps: {
    dataKey: () => value,
    stroke: "none",
    strokeOpacity: 0,
    dot: false,
    activeDot: false,
  },
});

/** The picture alone; `TimeChart` loads it when it is first needed. */
export const TimeChartDrawing = memo(function TimeChartDrawing({
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
  const ticks = useMemo(() => valueTicksOf(chart), [chart]);
  const times = useMemo(() => timeTicksOf(chart, timeZone, width), [chart, timeZone, width]);
  const [bottom = 0, top = 1] = [ticks[0], ticks.at(-1)];
  const patternOf = (key: string): string => `${id}-${key}`;
  return (
    <CompositeChart
      ref={ref}
      role="group"
      aria-label={label}
      h={HEIGHT}
      data={rows}
      dataKey="at"
      {...stepsOf(bottom)}
      gridAxis="x"
      tickLine="none"
      referenceLines={marks.map(({ atMs }, place) => ({
        x: atMs,
        color: "gray.6",
        strokeDasharray: "3 3",
        labelPosition: "insideTopLeft" as const,
        label: { value: String(place + 1), fontSize: 11, fill: "var(--mantine-color-text)" },
      }))}
      xAxisProps={{ ...times, interval: 0, scale: hasBarsIn(lines) ? "band" : "point" }}
      yAxisProps={{
        ticks,
        domain: [bottom, top],
        tickFormatter: (value: number) => shownIn(unit, value).text,
        width: AXIS_WIDTH,
        interval: 0,
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
      <SeriesDrawing chart={chart} patternOf={patternOf} />
    </CompositeChart>
  );
});
