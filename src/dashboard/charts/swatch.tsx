import type { Line } from "./chart.ts";
import type { Fill, Look, Marker } from "./look.ts";

/** The colour of a look as CSS has it: "blue.7" is Mantine's blue, shade 7. */
export const colourOf = ({ colour }: Look): string =>
  `var(--mantine-color-${colour.replace(".", "-")})`;

const PATHS: Record<Marker, string> = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
  square: "M-3.5-3.5h7v7h-7z",
  triangle: "M0-4.5l4.5 8h-9z",
  diamond: "M0-5l5 5l-5 5l-5-5z",
  cross: "M-4-4l8 8M-4 4l8-8",
};

/** The sign of a series, around a point. */
export const MarkerAt = ({ x, y, look }: { x: number; y: number; look: Look }) => (
  <path
    d={PATHS[look.marker]}
    transform={`translate(${x} ${y})`}
    fill={look.marker === "cross" ? "none" : colourOf(look)}
    stroke={look.marker === "cross" ? colourOf(look) : "var(--mantine-color-body)"}
    strokeWidth={look.marker === "cross" ? 2 : 1}
  />
);

const STROKES: Record<Fill, string> = {
  plain: "",
  rising: "M-2 2l4-4M0 8l8-8M6 10l4-4",
  falling: "M-2 6l4 4M0 0l8 8M6-2l4 4",
  dots: "M2 2h.01M6 6h.01",
  level: "M0 2h8M0 6h8",
};

/** A fill that can be told without its colour: light lines or dots on it. */
export const FillPattern = ({ id, look }: { id: string; look: Look }) => (
  <pattern id={id} width={8} height={8} patternUnits="userSpaceOnUse">
    <rect width={8} height={8} fill={colourOf(look)} />
    <path
      d={STROKES[look.fill]}
      stroke="white"
      strokeOpacity={0.75}
      strokeWidth={look.fill === "dots" ? 2.5 : 1.5}
      strokeLinecap="round"
    />
  </pattern>
);

/** What stands for a series in the legend: exactly what is drawn. */
export function Swatch({ line, id }: { line: Pick<Line, "as" | "look">; id: string }) {
  const { as, look } = line;
  return (
    <svg width={30} height={14} aria-hidden style={{ flexShrink: 0 }}>
      {as === "line" ? (
        <>
          <path
            d="M0 7h30"
            stroke={colourOf(look)}
            strokeWidth={2}
            strokeDasharray={look.dash}
            fill="none"
          />
          <MarkerAt x={15} y={7} look={look} />
        </>
      ) : (
        <>
          <defs>
            <FillPattern id={id} look={look} />
          </defs>
          <rect width={30} height={14} rx={2} fill={`url(#${id})`} />
        </>
      )}
    </svg>
  );
}
