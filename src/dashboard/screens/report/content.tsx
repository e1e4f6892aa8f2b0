import { Stack, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import type { Report } from "../../../features/reports/contract.ts";
import { metricName } from "../../charts/names.ts";
import { count, money, number, percent, type Shown } from "../../format/number.ts";
import { AnchorLink } from "../../parts/links.tsx";
import { Exact, Instant } from "../../parts/shown.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";

type Content = NonNullable<Report["content"]>;
type Mover = Content["movers"][number];

/** A part of the report; nothing at all where it has nothing to tell. */
function Part({
  title,
  columns,
  rows,
}: {
  title: string;
  columns: string[];
  rows: { key: string; cells: ReactNode[] }[];
}) {
  if (rows.length === 0) return null;
  return (
    <Stack gap="xs" component="section">
      <Title order={2}>{title}</Title>
      <WideTable label={title} miw={560} columns={columns}>
        {rows.map(({ key, cells }) => (
          <Table.Tr key={key}>
            {cells.map((cell, place) => (
              <Table.Td key={columns[place]}>{cell}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </WideTable>
    </Stack>
  );
}

function PromptLink({ name }: { name: string }) {
  const { id: projectId } = useProject();
  return (
    <AnchorLink to="/projects/$projectId/prompts/$name" params={{ projectId, name }}>
      {name}
    </AnchorLink>
  );
}

const signed = ({ text, exact }: Shown, value: number | null): Shown => ({
  text: value !== null && value > 0 ? `+${text}` : text,
  exact,
});
const change = (value: number | null) => <Exact {...signed(percent(value), value)} />;

const effectShown = ({ unit }: Mover["effect"], value: number | null): Shown =>
  unit === "relative" || unit === "points" ? signed(percent(value), value) : number(value);

const Effect = ({ effect }: { effect: Mover["effect"] }) => (
  <>
    <Exact {...effectShown(effect, effect.estimate)} />
    <Text size="sm" c="dimmed">
      {effectShown(effect, effect.interval.low).text} to{" "}
      {effectShown(effect, effect.interval.high).text}
    </Text>
  </>
);

const version = (value: number | null): string => (value === null ? "nothing" : `v${value}`);

function Deployments({ deployments }: { deployments: Content["deployments"] }) {
  return (
    <Part
      title="Deployments"
      columns={["Prompt", "Move", "When", "Verdict", "Why"]}
      rows={deployments.map((one) => ({
        key: one.id,
        cells: [
          <PromptLink key="prompt" name={one.prompt} />,
          `${one.label}: ${version(one.from)} → ${version(one.to)}`,
          <Instant key="at" at={one.at} />,
          one.verdict ?? "none",
          one.says,
        ],
      }))}
    />
  );
}

function Incidents({ incidents }: { incidents: Content["incidents"] }) {
  const { id: projectId } = useProject();
  return (
    <Part
      title="Incidents"
      columns={["Incident", "Monitor", "Opened", "Resolved"]}
      rows={incidents.map((one) => ({
        key: one.id,
        cells: [
          <AnchorLink
            key="incident"
            to="/projects/$projectId/incidents/$incidentId"
            params={{ projectId, incidentId: one.id }}
          >
            {one.summary}
          </AnchorLink>,
          one.monitor,
          <Instant key="opened" at={one.openedAt} />,
          one.resolvedAt === null ? "still open" : <Instant key="resolved" at={one.resolvedAt} />,
        ],
      }))}
    />
  );
}

function Rollouts({ rollouts }: { rollouts: Content["rollouts"] }) {
  const { id: projectId } = useProject();
  return (
    <Part
      title="Rollouts"
      columns={["Rollout", "Outcome", "Started", "Why"]}
      rows={rollouts.map((one) => ({
        key: one.id,
        cells: [
          <AnchorLink
            key="rollout"
            to="/projects/$projectId/rollouts/$rolloutId"
            params={{ projectId, rolloutId: one.id }}
          >
            {one.prompt}, {one.label}: v{one.control} → v{one.candidate}
          </AnchorLink>,
          one.state.replaceAll("_", " "),
          <Instant key="started" at={one.startedAt} />,
          one.reason ?? "–",
        ],
      }))}
    />
  );
}

const Prompts = ({ prompts }: { prompts: Content["prompts"] }) => (
  <Part
    title="Prompts"
    columns={["Prompt", "Generations", "Change", "Cost", "Change of cost", "Errors"]}
    rows={prompts.map((one) => ({
      key: one.prompt,
      cells: [
        <PromptLink key="prompt" name={one.prompt} />,
        <Exact key="count" {...count(one.totals.count)} />,
        change(one.change.count),
        <Exact key="cost" {...money(one.totals.costUsd)} />,
        change(one.change.costUsd),
        <Exact key="errors" {...count(one.totals.errors)} />,
      ],
    }))}
  />
);

/** What a report tells, its parts in the order in which one would ask. */
export const Content = ({ content }: { content: Content }) => (
  <Stack gap="lg">
    {!content.isExact && (
      <Text>Some days are widened to whole hours: they are too old to be cut finer.</Text>
    )}
    <Deployments deployments={content.deployments} />
    <Part
      title="What moved"
      columns={["Prompt", "Metric", "Effect", "n", "Verdict", "Why"]}
      rows={content.movers.map((one) => ({
        key: `${one.prompt} ${one.metric}`,
        cells: [
          <PromptLink key="prompt" name={one.prompt} />,
          metricName(one.metric),
          <Effect key="effect" effect={one.effect} />,
          `${count(one.n).text}, before ${count(one.nBefore).text}`,
          one.verdict ?? "none",
          one.why,
        ],
      }))}
    />
    <Incidents incidents={content.incidents} />
    <Rollouts rollouts={content.rollouts} />
    <Prompts prompts={content.prompts} />
    <Part
      title="Replaced, but still called"
      columns={["Prompt", "Version", "Replaced by", "Since", "Share of the last day"]}
      rows={content.leftovers.map((one) => ({
        key: `${one.prompt} ${one.version}`,
        cells: [
          <PromptLink key="prompt" name={one.prompt} />,
          `v${one.version}`,
          version(one.replacedBy),
          <Instant key="since" at={one.replacedAt} />,
          <Exact key="share" {...percent(one.share)} />,
        ],
      }))}
    />
    {content.withoutTraffic.length > 0 && (
      <Stack gap="xs" component="section" aria-label="Without traffic">
        <Title order={2}>Without traffic</Title>
        <Text>{content.withoutTraffic.join(", ")}</Text>
      </Stack>
    )}
  </Stack>
);
