import { Box, Group, Progress, Stack, Text } from "@mantine/core";
import { useElementSize, useId } from "@mantine/hooks";
import type { ReactNode } from "react";

import type { Distributions } from "../../features/rollups/distribution/contract.ts";
import { count, percent } from "../format/number.ts";
import { Loaded } from "../parts/loaded.tsx";
import { useTimeZone } from "../shell/project.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { factsOf } from "./facts.ts";
import {
  type Categories,
  categoriesOf,
  type Histogram,
  histogramsOf,
  type Scale,
  scaleOf,
  valueTicks,
} from "./histogram.ts";
import { metricName } from "./names.ts";
import { type Asked, useDistribution } from "./queries.ts";
import { colourOf, FillPattern, Swatch } from "./swatch.tsx";
import { distributionTable } from "./tables.ts";
import { niceTicks } from "./ticks.ts";
import { ChartSkeleton } from "./time-chart.tsx";
import { shownIn, type Unit } from "./units.ts";

/** Few versions have more room. */
const rowHeight = (versions: number): number => (versions < 3 ? 96 : 60);
const AXIS = 20;
const UNITS: Partial<Record<string, Unit>> = { ms: "ms", USD: "USD", tokens: "tokens" };

function Bars({
  histogram: { bars, look, name },
  scale,
  width,
  height: row,
  most,
  unit,
}: {
  histogram: Histogram;
  scale: Scale;
  width: number;
  height: number;
  most: number;
  unit: Unit;
}) {
  const id = useId().replaceAll(":", "");
  return (
    <>
      <defs>
        <FillPattern id={id} look={look} />
      </defs>
      {bars.map(({ low, high, count: values, share }) => {
        const [from, to] = [scale(low) * width, scale(high) * width];
        const height = (share / most) * (row - 8);
        const range = [low, high].map((end) => shownIn(unit, end).text).join(" – ");
        return (
          <rect
            key={low}
            x={from}
            y={row - height}
            width={Math.max(2, to - from - 1)}
            height={height}
            fill={`url(#${id})`}
            stroke={colourOf(look)}
            strokeWidth={0.5}
          >
            <title>{`${name}: ${values} values (${percent(share).text}) in ${range}`}</title>
          </rect>
        );
      })}
      <path d={`M0 ${row}h${width}`} stroke="var(--mantine-color-default-border)" />
    </>
  );
}

/** Bars of all versions above one axis. */
function Histograms({
  histograms,
  kind,
  unit,
  label,
}: {
  histograms: readonly Histogram[];
  kind: "log" | "linear";
  unit: Unit;
  label: string;
}) {
  const { ref, width } = useElementSize();
  const scale = scaleOf(histograms, kind);
  const row = rowHeight(histograms.length);
  const most = Math.max(...histograms.flatMap(({ bars }) => bars.map(({ share }) => share)));
  const ticks = valueTicks(histograms, kind, niceTicks);
  return (
    <Box ref={ref} role="group" aria-label={label}>
      {histograms.map((histogram) => (
        <Box key={histogram.name} mb={6}>
          <Name {...histogram} />
          <svg width={width} height={row + 1} role="img" aria-label={summaryOf(histogram, unit)}>
            <Bars
              histogram={histogram}
              scale={scale}
              width={width}
              height={row}
              most={most}
              unit={unit}
            />
          </svg>
        </Box>
      ))}
      <svg width={width} height={AXIS} aria-hidden>
        {ticks.map((tick) => {
          const at = scale(tick) * width;
          const anchor = at < 24 ? "start" : at > width - 24 ? "end" : "middle";
          return (
            <text
              key={tick}
              x={at}
              y={13}
              fontSize={12}
              textAnchor={anchor}
              fill="var(--mantine-color-dimmed)"
            >
              {shownIn(unit, tick).text}
            </text>
          );
        })}
      </svg>
    </Box>
  );
}

const summaryOf = ({ name, n, bars }: Histogram, unit: Unit): string => {
  const commonest = bars.toSorted((a, b) => b.count - a.count)[0];
  if (!commonest) return `${name}, no values`;
  const ends = [commonest.low, commonest.high].map((end) => shownIn(unit, end).text).join(" to ");
  return `${name}, ${n} values, most often ${ends}`;
};

function Name({ name, n, look }: Pick<Histogram, "name" | "n" | "look">) {
  const id = useId().replaceAll(":", "");
  return (
    <Group gap={6}>
      <Swatch line={{ as: "bar", look }} id={id} />
      <Text size="sm">{name}</Text>
      <Text size="xs" c="dimmed">
        n = {count(n).text}
      </Text>
    </Group>
  );
}

const CategoryBars = ({ categories }: { categories: Categories }) => (
  <Box>
    <Name {...categories} />
    {categories.counts.map(([name, values]) => (
      <Group key={name} gap="xs" wrap="nowrap">
        <Text size="sm" w="35%" truncate title={name}>
          {name}
        </Text>
        <Progress
          value={(100 * values) / categories.n}
          color={categories.look.colour}
          flex={1}
          aria-label={`${categories.name}: ${name}`}
        />
        <Text size="xs" w={110} ta="right" title={String(values)}>
          {percent(values / categories.n).text} ({count(values).text})
        </Text>
      </Group>
    ))}
  </Box>
);

function Drawing({ distributions, label }: { distributions: Distributions; label: string }) {
  const histograms = histogramsOf(distributions);
  const categories = categoriesOf(distributions);
  if (histograms.length + categories.length === 0) {
    return <Text c="dimmed">Nothing in this stretch of time.</Text>;
  }
  return (
    <Stack gap="sm">
      {histograms.length > 0 && (
        <Histograms
          histograms={histograms}
          kind={distributions.scale}
          unit={UNITS[distributions.unit] ?? "score"}
          label={label}
        />
      )}
      {categories.map((one) => (
        <CategoryBars key={one.name} categories={one} />
      ))}
    </Stack>
  );
}

/** How often which values occur, a row of bars for each version. */
export function DistributionPanel({
  asked,
  metric,
  title = `${metricName(metric)}: distribution`,
  controls,
  menu,
}: {
  asked: Asked;
  metric: string;
  title?: string | undefined;
  controls?: ReactNode;
  menu?: ReactNode;
}) {
  const timeZone = useTimeZone();
  const query = useDistribution(asked, metric);
  const n = query.data ? query.data.data.reduce((sum, line) => sum + line.n, 0) : null;
  const isLog = query.data?.scale === "log";
  const facts = factsOf({
    n,
    unit: UNITS[query.data?.unit ?? ""] ?? "score",
    from: asked.from,
    to: asked.to,
    timeZone,
    environment: asked.environment,
  });
  return (
    <ChartFrame
      title={title}
      facts={[...facts, ...(isLog ? ["logarithmic axis"] : []), "height is the share of a version"]}
      table={query.data && (() => distributionTable(query.data))}
      controls={controls}
      menu={menu}
    >
      <Loaded query={query} skeleton={<ChartSkeleton />}>
        {(distributions) => <Drawing distributions={distributions} label={title} />}
      </Loaded>
    </ChartFrame>
  );
}
