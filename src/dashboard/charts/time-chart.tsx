import { Box, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useId } from "@mantine/hooks";
import { lazy, Suspense } from "react";

import { count } from "../format/number.ts";
import { dayAndMinute, shortDay } from "../format/time.ts";
import { isBlank, type TimeChart as Chart } from "./chart.ts";
import { Swatch } from "./swatch.tsx";

const HEIGHT = 260;
const DAY_MS = 86_400_000;

/** The drawing library is heavy: it comes when a chart is first looked at. */
const Drawing = lazy(() =>
  import("./time-chart-drawing.tsx").then((module) => ({ default: module.TimeChartDrawing })),
);

/** As high as the chart that will stand there, so that nothing jumps. */
export const ChartSkeleton = () => (
  <Box role="status" aria-label="Loading">
    <Skeleton height={HEIGHT} />
  </Box>
);

const sizeOf = ({ rows }: Chart, sizes: string): number =>
  rows.reduce((sum, row) => sum + (typeof row[sizes] === "number" ? row[sizes] : 0), 0);

function Legend({ chart }: { chart: Chart }) {
  const id = useId().replaceAll(":", "");
  return (
    <Group gap="md" mb={4} component="ul" p={0} style={{ listStyle: "none" }}>
      {chart.lines.map((line) => (
        <Group gap={6} key={line.key} wrap="nowrap" component="li">
          <Swatch line={line} id={`${id}-${line.key}`} />
          <Text size="sm">{line.name}</Text>
          {line.sizes !== undefined && (
            <Text size="xs" c="dimmed">
              n = {count(sizeOf(chart, line.sizes)).text}
            </Text>
          )}
        </Group>
      ))}
    </Group>
  );
}

function Deployments({ chart, timeZone }: { chart: Chart; timeZone: string }) {
  const text = chart.stepMs >= DAY_MS ? shortDay : dayAndMinute;
  if (chart.marks.length === 0) return null;
  return (
    <Group component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none", rowGap: 2 }}>
      {chart.marks.map(({ atMs, says }, place) => (
        <Text size="xs" c="dimmed" component="li" key={atMs}>
          <b>{place + 1}</b> {text(atMs, timeZone)} {says.join("; ")}
        </Text>
      ))}
    </Group>
  );
}

/** A chart over time with its legend and, numbered as in the picture, the deployments it crosses. */
export function TimeChart({
  chart,
  timeZone,
  label,
}: {
  chart: Chart;
  timeZone: string;
  label: string;
}) {
  if (isBlank(chart)) {
    return (
      <Stack h={HEIGHT} justify="center" align="center">
        <Text c="dimmed">Nothing in this stretch of time.</Text>
      </Stack>
    );
  }
  return (
    <Box>
      <Legend chart={chart} />
      <Suspense fallback={<ChartSkeleton />}>
        <Drawing chart={chart} timeZone={timeZone} label={label} />
      </Suspense>
      <Deployments chart={chart} timeZone={timeZone} />
    </Box>
  );
}
