import { Box } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";

import { barOf, type ForestRow, type Place, placeOf, reachOf } from "./forest.ts";

const ROW = 34;
const HEAD = 34;
const PAD = 14;
const WIDE_NAMES = 190;
/** Narrower than this, names stand above their bars. */
const NARROW = 520;

/** What the plot shows of one metric. */
export type ForestLine = { row: ForestRow; name: string; colour: string; says: string };

const arrow = (x: number, y: number, way: 1 | -1): string => `M${x} ${y}l${-7 * way} -5v10z`;

function Line({
  line: { row, name, colour, says },
  y,
  place,
  isNarrow,
}: {
  line: ForestLine;
  y: number;
  place: Place;
  isNarrow: boolean;
}) {
  const { from, to, goesOnBelow, goesOnAbove } = barOf(row, place);
  const at = placeOf(row.estimate, place);
  const middle = isNarrow ? y + 26 : y + ROW / 2;
  return (
    <g>
      <title>{says}</title>
      <text
        x={isNarrow ? place.left : place.left - 12}
        y={isNarrow ? y + 12 : middle + 4}
        textAnchor={isNarrow ? "start" : "end"}
        fontSize={13}
        fill="var(--mantine-color-text)"
      >
        {name}
      </text>
      <path d={`M${from} ${middle}H${to}`} stroke={colour} strokeWidth={2.5} />
      {goesOnBelow ? (
        <path d={arrow(from, middle, -1)} fill={colour} />
      ) : (
        <path d={`M${from} ${middle - 5}v10`} stroke={colour} strokeWidth={2} />
      )}
      {goesOnAbove ? (
        <path d={arrow(to, middle, 1)} fill={colour} />
      ) : (
        <path d={`M${to} ${middle - 5}v10`} stroke={colour} strokeWidth={2} />
      )}
      <rect x={at - 4.5} y={middle - 4.5} width={9} height={9} fill={colour} />
    </g>
  );
}

function Frame({ place, height }: { place: Place; height: number }) {
  const [better, zero, worse] = [-1, 0, 1].map((value) => placeOf(value, place));
  const text = { fontSize: 12, fill: "var(--mantine-color-dimmed)", y: 14 } as const;
  return (
    <g aria-hidden>
      <rect
        x={better}
        y={HEAD - 6}
        width={(worse ?? 0) - (better ?? 0)}
        height={height - HEAD + 6}
        fill="var(--mantine-color-default-hover)"
      />
      <path
        d={`M${zero} ${HEAD - 6}V${height}`}
        stroke="var(--mantine-color-text)"
        strokeOpacity={0.6}
      />
      {[better, worse].map((x) => (
        <path
          key={x}
          d={`M${x} ${HEAD - 6}V${height}`}
          stroke="var(--mantine-color-dimmed)"
          strokeDasharray="4 3"
        />
      ))}
      <text {...text} x={placeOf(-place.reach, place)} textAnchor="start">
        better
      </text>
      <text {...text} x={zero ?? 0} textAnchor="middle">
        margin to margin
      </text>
      <text {...text} x={placeOf(place.reach, place)} textAnchor="end">
        worse
      </text>
    </g>
  );
}

/**
 * Effects with their intervals on one scale: the dashed lines are each metric's margin, and right is
 * worse. An interval beyond the plot ends in an arrow.
 */
export function ForestPlot({ lines, label }: { lines: readonly ForestLine[]; label: string }) {
  const { ref, width } = useElementSize();
  const isNarrow = width < NARROW;
  const row = isNarrow ? ROW + 8 : ROW;
  const height = HEAD + lines.length * row + 4;
  const reach = reachOf(lines.map((line) => line.row));
  const place = { width, left: isNarrow ? PAD : WIDE_NAMES, right: PAD, reach };
  return (
    <Box ref={ref}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          <Frame place={place} height={height} />
          {lines.map((line, index) => (
            <Line
              key={line.row.metric}
              line={line}
              y={HEAD + index * row}
              place={place}
              isNarrow={isNarrow}
            />
          ))}
        </svg>
      )}
    </Box>
  );
}
