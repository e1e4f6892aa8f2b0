import { type EvidencePoint, evidencePaths, heightOf } from "./evidence.ts";

const BOX = { width: 320, height: 120 };
const LEFT = 56;

const Level = ({ value, name, dash }: { value: number; name: string; dash: string }) => {
  const y = heightOf(value, BOX);
  return (
    <>
      <text
        x={LEFT - 6}
        y={y + 4}
        textAnchor="end"
        fontSize={11}
        fill="var(--mantine-color-dimmed)"
      >
        {name}
      </text>
      <line
        x1={LEFT}
        x2={LEFT + BOX.width}
        y1={y}
        y2={y}
        stroke="var(--mantine-color-dimmed)"
        strokeDasharray={dash}
      />
    </>
  );
};

/** The estimate and its interval over time, against no change and the margin. Worse is up. */
export function EvidenceChart({
  points,
  label,
}: {
  points: readonly EvidencePoint[];
  label: string;
}) {
  const { band, line } = evidencePaths(points, BOX);
  const last = points.at(-1);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${LEFT + BOX.width + 4} ${BOX.height}`}
      width="100%"
    >
      <Level value={0} name="same" dash="" />
      <Level value={1} name="margin" dash="5 4" />
      <g transform={`translate(${LEFT} 0)`}>
        <path d={band} fill="var(--mantine-color-blue-5)" fillOpacity={0.25} />
        <path d={line} fill="none" stroke="var(--mantine-primary-color-filled)" strokeWidth={2} />
        {last && last.estimate !== null && (
          <circle
            cx={BOX.width}
            cy={heightOf(last.estimate, BOX)}
            r={3.5}
            fill="var(--mantine-primary-color-filled)"
          />
        )}
      </g>
      <text x={LEFT + 4} y={11} fontSize={11} fill="var(--mantine-color-dimmed)">
        worse ↑
      </text>
    </svg>
  );
}
