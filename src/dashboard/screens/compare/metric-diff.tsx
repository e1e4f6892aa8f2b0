import { Box, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import type { Comparison } from "../../../features/comparisons/contract.ts";
import { metricName } from "../../charts/names.ts";
import { count, percent } from "../../format/number.ts";
import { Exact } from "../../parts/shown.tsx";
import { armText, type ComparedLine, effectText, intervalText, marginText, pText } from "./text.ts";
import { VerdictBadge } from "./verdict-badge.tsx";

type ArmValue = ComparedLine["control"];

const QUANTILES = ["p50", "p95", "p99"] as const;
const MOST_CATEGORIES = 6;

const Small = ({ children }: { children: ReactNode }) => (
  <Text size="xs" c="dimmed">
    {children}
  </Text>
);

const Categories = ({ arm }: { arm: ArmValue }) =>
  Object.entries(arm.categories ?? {})
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_CATEGORIES)
    .map(([name, values]) => (
      <Text key={name} size="sm" truncate title={`${name}: ${values}`}>
        {name} {percent(arm.n === 0 ? null : values / arm.n).text}
      </Text>
    ));

/** A version's value with its interval, or how many values that takes. */
function Arm({ line, arm, name }: { line: ComparedLine; arm: ArmValue; name: string }) {
  const { value, interval, needs } = arm.estimate;
  const uncertainty = interval
    ? `${armText(line, interval.low).text} to ${armText(line, interval.high).text}`
    : needs === null
      ? null
      : `interval needs n ≥ ${count(needs).text}`;
  return (
    <Box>
      <Small>
        {name}, n {count(arm.n).text}
      </Small>
      {arm.categories ? <Categories arm={arm} /> : <Exact {...armText(line, value)} />}
      {uncertainty !== null && !arm.categories && <Small>{uncertainty}</Small>}
    </Box>
  );
}

const Effect = ({ effect }: { effect: ComparedLine["effect"] }) => (
  <Box>
    <Small>difference</Small>
    {effect ? (
      <>
        <Text fw={600}>{effectText(effect, effect.estimate)}</Text>
        <Small>{intervalText(effect)}</Small>
      </>
    ) : (
      <Text>–</Text>
    )}
  </Box>
);

const quantilesText = (line: ComparedLine, arm: ArmValue): string =>
  QUANTILES.map((name) => armText(line, arm.quantiles?.[name]?.value ?? null).text).join(" / ");

/** What else is known: quantiles, margin, test, size of the effect. */
function asideOf(line: ComparedLine): string[] {
  const { control, candidate, margin, test, effectSize, chanceGreater } = line;
  return [
    control.quantiles &&
      candidate.quantiles &&
      control.n + candidate.n > 0 &&
      `p50 / p95 / p99: ${quantilesText(line, control)}, then ${quantilesText(line, candidate)}`,
    margin && `margin ${marginText(margin)}`,
    test && `${test.name}: p ${pText(test.p)}, adjusted ${pText(test.adjustedP)}`,
    effectSize && `${effectSize.name} ${effectSize.value.toFixed(2)}`,
    chanceGreater &&
      `a random value of the candidate is the greater one with a chance of ${percent(chanceGreater.value).text}`,
  ].filter((said) => typeof said === "string");
}

const Line = ({
  line,
  arms,
}: {
  line: ComparedLine;
  arms: { control: string; candidate: string };
}) => (
  <Stack
    gap={4}
    py="sm"
    component="section"
    aria-label={metricName(line.metric)}
    style={{ borderTop: "1px solid var(--mantine-color-default-border)" }}
  >
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Title order={3}>{metricName(line.metric)}</Title>
      <VerdictBadge verdict={line.verdict} />
    </Group>
    <SimpleGrid cols={3} spacing="xs">
      <Arm line={line} arm={line.control} name={arms.control} />
      <Arm line={line} arm={line.candidate} name={arms.candidate} />
      <Effect effect={line.effect} />
    </SimpleGrid>
    <Text size="sm">{line.why}</Text>
    {asideOf(line).map((said) => (
      <Small key={said}>{said}</Small>
    ))}
  </Stack>
);

/** What was measured, metric by metric: both sides, the difference, the verdict and why. */
export function MetricDiff({ comparison }: { comparison: Comparison }) {
  const arms = {
    control: `v${comparison.control.version}`,
    candidate: `v${comparison.candidate.version}`,
  };
  return (
    <Paper withBorder p="md" component="section" aria-label="Metrics">
      <Title order={2}>Metrics</Title>
      <Text size="xs" c="dimmed" mb="xs">
        {arms.control} is the control, {arms.candidate} the candidate. 95 % intervals.{" "}
        {comparison.method.multiplicity}.
      </Text>
      {comparison.metrics.map((line) => (
        <Line
          key={`${line.metric} ${line.unit} ${line.control.statistic}`}
          line={line}
          arms={arms}
        />
      ))}
    </Paper>
  );
}
