import { Text } from "@mantine/core";

import type { Comparison } from "../../../features/comparisons/contract.ts";
import { ChartFrame } from "../../charts/chart-frame.tsx";
import { type ForestLine, ForestPlot } from "../../charts/forest-plot.tsx";
import { forestRow } from "../../charts/forest.ts";
import { metricName } from "../../charts/names.ts";
import { count } from "../../format/number.ts";
import { dayAndMinute } from "../../format/time.ts";
import { useTimeZone } from "../../shell/project.ts";
import { comparisonTable } from "./table-csv.ts";
import { type ComparedLine, effectText, intervalText, marginText, type Verdict } from "./text.ts";

const COLOURS: Record<Verdict, string> = {
  worse: "var(--mantine-color-red-7)",
  better: "var(--mantine-color-teal-8)",
  equivalent: "var(--mantine-color-blue-7)",
  "not enough data": "var(--mantine-color-gray-6)",
};

function lineOf(line: ComparedLine): ForestLine[] {
  const row = forestRow(line);
  if (!row || !line.effect || !line.margin) return [];
  const name = metricName(line.metric);
  const verdict = line.verdict ?? "not enough data";
  const effect = `${effectText(line.effect, line.effect.estimate)} (${intervalText(line.effect)})`;
  return [
    {
      row,
      name,
      colour: COLOURS[verdict],
      says: `${name}: ${effect}, margin ${marginText(line.margin)}: ${verdict}`,
    },
  ];
}

/** All tested effects at once, each in its own margins. */
export function Effects({ comparison }: { comparison: Comparison }) {
  const timeZone = useTimeZone();
  const lines = comparison.metrics.flatMap(lineOf);
  const { control, candidate, from, to } = comparison;
  return (
    <ChartFrame
      title="Effects in margins"
      facts={[
        `n = ${count(control.count).text} and ${count(candidate.count).text} generations`,
        "unit: each metric's margin",
        "95 % intervals",
        `${dayAndMinute(from, timeZone)} – ${dayAndMinute(to, timeZone)} ${timeZone}`,
      ]}
      table={() => comparisonTable(comparison)}
    >
      {lines.length > 0 ? (
        <ForestPlot lines={lines} label={lines.map(({ says }) => says).join(". ")} />
      ) : (
        <Text c="dimmed">
          No metric could be tested here. The reasons are beside each metric below.
        </Text>
      )}
    </ChartFrame>
  );
}
