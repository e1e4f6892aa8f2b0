import { count } from "../format/number.ts";

const HEIGHT = 26;
const STEP = 7;
const GAP = 2;
/** A day with little must not look like one with nothing. */
const LEAST = 2;

/** One bar a day, the last day last. What it shows is said in words for those who do not see it. */
export function Sparkline({ values, of, first }: { values: number[]; of: string; first: string }) {
  const most = Math.max(...values, 1);
  const total = values.reduce((sum, value) => sum + value, 0);
  const says = `${count(total).exact} ${of} in ${values.length} days since ${first}`;
  return (
    <svg role="img" aria-label={says} width={values.length * STEP} height={HEIGHT}>
      <title>{says}</title>
      {values.map((value, day) => {
        const height = value === 0 ? 1 : Math.max(LEAST, (value / most) * HEIGHT);
        return (
          <rect
            key={day}
            x={day * STEP}
            y={HEIGHT - height}
            width={STEP - GAP}
            height={height}
            rx={1}
            fill={
              value === 0
                ? "var(--mantine-color-default-border)"
                : "var(--mantine-primary-color-filled)"
            }
          />
        );
      })}
    </svg>
  );
}
