import { Group, Paper, Stack, Text } from "@mantine/core";
import { useId } from "@mantine/hooks";

import { instant } from "../format/time.ts";
import type { Line, Row, TimeChart } from "./chart.ts";
import { Swatch } from "./swatch.tsx";
import { shownIn } from "./units.ts";

const numberOf = (value: Row[string] | undefined): number | null =>
  typeof value === "number" ? value : null;

function LineText({ line, row, chart }: { line: Line; row: Row; chart: TimeChart }) {
  const id = useId().replaceAll(":", "");
  const { text, exact } = shownIn(chart.unit, numberOf(row[line.key]));
  const ends = line.rangeAs === "whiskers" ? row[line.range ?? ""] : null;
  const interval = Array.isArray(ends)
    ? `, 95 % interval ${ends.map((end) => shownIn(chart.unit, end).text).join(" to ")}`
    : "";
  return (
    <Group gap={6} wrap="nowrap">
      <Swatch line={line} id={id} />
      <Text size="xs">
        <b>{line.name}</b> {text}
        {exact !== text && ` (${exact})`}
        {interval}
        {line.sizes !== undefined && `, n = ${shownIn("values", numberOf(row[line.sizes])).exact}`}
      </Text>
    </Group>
  );
}

/** One step in full: exact numbers, sample sizes, and what was deployed in it. */
export function TimeTooltip({
  chart,
  at,
  timeZone,
}: {
  chart: TimeChart;
  at: number;
  timeZone: string;
}) {
  const row = chart.rows.find((row) => row.at === at);
  if (!row) return null;
  const said = chart.marks.filter(({ atMs }) => atMs === at).flatMap(({ says }) => says);
  return (
    <Paper withBorder shadow="sm" p="xs" maw={340}>
      <Stack gap={4}>
        <Text size="xs" c="dimmed">
          {instant(at, timeZone)} {timeZone}
        </Text>
        {chart.lines.map((line) => (
          <LineText key={line.key} line={line} row={row} chart={chart} />
        ))}
        {said.map((text) => (
          <Text size="xs" key={text}>
            Deployed: {text}
          </Text>
        ))}
      </Stack>
    </Paper>
  );
}
