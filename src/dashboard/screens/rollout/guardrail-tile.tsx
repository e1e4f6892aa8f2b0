import { Group, Stack, Text } from "@mantine/core";

import type { Rollout } from "../../../features/rollouts/contract.ts";
import { ChartFrame } from "../../charts/chart-frame.tsx";
import { count, duration, money, number, percent, type Shown } from "../../format/number.ts";
import { Exact } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { guardrailName } from "../rollouts/words.ts";
import { EvidenceChart } from "./evidence-chart.tsx";
import { evidenceTable, pointsOf } from "./evidence.ts";

type Guardrail = Rollout["guardrails"][number];
type Evidence = NonNullable<Guardrail["evidence"]>;

const VERDICTS: Record<Evidence["verdict"], { state: string; colour: string }> = {
  harmful: { state: "proven harm", colour: "red" },
  safe: { state: "proven safe", colour: "green" },
  open: { state: "not yet", colour: "gray" },
};

const UNITS: Record<string, (value: number | null) => Shown> = {
  ms: duration,
  USD: money,
  tokens: count,
  "share of generations": percent,
};

/** What one version does, in the guardrail's own unit. */
const shownValue = ({ unit }: Guardrail, value: number | null): Shown =>
  (UNITS[unit] ?? number)(value);

/** A ratio as per cent of change; a difference in its own unit. */
const shownEffect = ({ scale }: Guardrail, value: number | null): Shown => {
  if (value === null || scale === "raw") return number(value);
  const change = scale === "relative" ? value : value - 1;
  const { text, exact } = percent(change);
  return { text: change > 0 ? `+${text}` : text, exact };
};

const boundText = (guardrail: Guardrail, value: number | null): string =>
  value === null ? "no bound" : shownEffect(guardrail, value).text;

function Numbers({ guardrail, evidence }: { guardrail: Guardrail; evidence: Evidence }) {
  const { estimate, interval, control, candidate, designEffect } = evidence;
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text fw={700} size="lg">
          <Exact {...shownEffect(guardrail, estimate)} />
        </Text>
        <Text size="sm" c="dimmed">
          {interval
            ? `${boundText(guardrail, interval.low)} to ${boundText(guardrail, interval.high)}`
            : "no interval yet"}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        control <Exact {...shownValue(guardrail, control.value)} /> (n = {count(control.n).text}),
        candidate <Exact {...shownValue(guardrail, candidate.value)} /> (n ={" "}
        {count(candidate.n).text})
        {designEffect !== null && designEffect > 1 && (
          <>
            , clustered ×<Exact {...number(designEffect)} />
          </>
        )}
      </Text>
      <Text size="sm">{evidence.because}</Text>
    </Stack>
  );
}

const marginText = (guardrail: Guardrail): string =>
  `margin ${shownEffect(guardrail, guardrail.margin).text}${guardrail.scale === "raw" ? ` ${guardrail.unit}` : ""}`;

/** One guardrail: what it says now, how that came about, and what is still missing. */
export function GuardrailTile({ guardrail, rollout }: { guardrail: Guardrail; rollout: Rollout }) {
  const { metric, evidence, required, note } = guardrail;
  const name = guardrailName(metric);
  const points = pointsOf(rollout.history, metric);
  const facts = [
    marginText(guardrail),
    `${guardrail.better} is better`,
    ...(required ? [] : ["not required for promotion"]),
  ];
  const verdict = evidence ? VERDICTS[evidence.verdict] : VERDICTS.open;
  return (
    <ChartFrame
      title={name}
      facts={facts}
      table={() => evidenceTable(rollout.history, metric)}
      controls={<StateBadge {...verdict} />}
    >
      <Stack gap="xs">
        {points.some(({ estimate }) => estimate !== null) && (
          <EvidenceChart
            points={points}
            label={`${name}: estimate and interval over ${points.length} checks, in margins`}
          />
        )}
        {evidence ? (
          <Numbers guardrail={guardrail} evidence={evidence} />
        ) : (
          <Text size="sm">Not judged yet.</Text>
        )}
        {note !== null && (
          <Text size="sm" c="dimmed">
            {note}
          </Text>
        )}
      </Stack>
    </ChartFrame>
  );
}
