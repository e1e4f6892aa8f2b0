import {
  useActiveTooltipLabel,
  useIsTooltipActive,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
} from "recharts";

import type { Line, Row, TimeChart } from "./chart.ts";
import {
  bandPath,
  barPaths,
  linePath,
  markedPoints,
  type Place,
  whiskersPath,
} from "./geometry.ts";
import { colourOf, MarkerAt } from "./swatch.tsx";

/** Where the chart around it puts instants and values; undefined until it has been measured. */
function usePlace({ length }: readonly Row[]): Place | undefined {
  const [x, y, plot] = [useXAxisScale(), useYAxisScale(), usePlotArea()];
  if (!x || !y || !plot) return undefined;
  return {
    xOf: (at) => x(at, { position: "middle" }) ?? Number.NaN,
    yOf: (value) => y(value) ?? Number.NaN,
    stepWidth: plot.width / Math.max(1, length),
  };
}

const LineSeries = ({ rows, line, place }: { rows: readonly Row[]; line: Line; place: Place }) => {
  const colour = colourOf(line.look);
  return (
    <>
      <path
        d={linePath(rows, line, place)}
        fill="none"
        stroke={colour}
        strokeWidth={2}
        strokeDasharray={line.look.dash}
      />
      {line.rangeAs === "whiskers" && (
        <path d={whiskersPath(rows, line, place)} fill="none" stroke={colour} strokeWidth={1.5} />
      )}
      {markedPoints(rows, line).map(({ at, value }) => (
        <MarkerAt key={at} x={place.xOf(at)} y={place.yOf(value)} look={line.look} />
      ))}
    </>
  );
};

/** The signs of all lines at the step that is pointed at. */
function PointedAt({ rows, lines, place }: Pick<TimeChart, "rows" | "lines"> & { place: Place }) {
  const label = useActiveTooltipLabel();
  const isActive = useIsTooltipActive();
  const row = isActive ? rows.find(({ at }) => at === Number(label)) : undefined;
  return lines.map((line) => {
    const value = row?.[line.key];
    return row && line.as === "line" && typeof value === "number" ? (
      <MarkerAt key={line.key} x={place.xOf(row.at)} y={place.yOf(value)} look={line.look} />
    ) : null;
  });
}

/**
 * Every series as a few paths, whatever the number of its points: the library makes several
 * components of each point, which takes it a second for a screen of charts.
 *
 * @param patternOf id of the pattern that a series is filled with
 */
export function SeriesDrawing({
  chart: { rows, lines },
  patternOf,
}: {
  chart: TimeChart;
  patternOf: (key: string) => string;
}) {
  const place = usePlace(rows);
  if (!place) return null;
  const bars = barPaths({ rows, lines }, place);
  return (
    <g>
      {[...bars].map(([key, path]) => (
        <path key={key} d={path} fill={`url(#${patternOf(key)})`} />
      ))}
      {lines
        .filter(({ rangeAs }) => rangeAs === "band")
        .map((line) => (
          <path
            key={line.key}
            d={bandPath(rows, line, place)}
            fill={colourOf(line.look)}
            fillOpacity={0.14}
          />
        ))}
      {lines
        .filter(({ as }) => as === "line")
        .map((line) => (
          <LineSeries key={line.key} rows={rows} line={line} place={place} />
        ))}
      <PointedAt rows={rows} lines={lines} place={place} />
    </g>
  );
}
