import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { IncidentDetail } from "../../../features/monitors/contract.ts";
import type { VersionDiff } from "../../../features/prompts/diff/contract.ts";
import type { Answer } from "../../api/client.ts";
import { AnchorLink } from "../../parts/links.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Instant } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { TextChanges } from "../../parts/text-changes.tsx";
import { useProject } from "../../shell/project.ts";
import { SEVERITY_COLOURS, STATE_COLOURS } from "../incidents/words.ts";
import { Deeds } from "./deeds.tsx";
import { Findings } from "./findings.tsx";
import { Timeline } from "./timeline.tsx";

const route = getRouteApi("/projects/$projectId/incidents/$incidentId");
const REFRESH_MS = 30_000;

type Detail = Answer<typeof IncidentDetail>;

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <Stack gap="sm" component="section" aria-label={title}>
    <Title order={2}>{title}</Title>
    {children}
  </Stack>
);

function Head({ incident }: { incident: Detail }) {
  const { may } = useProject();
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="flex-start">
        <Title order={1}>{incident.summary}</Title>
        {may("write") && <Deeds incident={incident} />}
      </Group>
      <Group gap="sm">
        <StateBadge state={incident.state} colour={STATE_COLOURS[incident.state]} />
        <StateBadge state={incident.severity} colour={SEVERITY_COLOURS[incident.severity]} />
        <Text size="sm" c="dimmed">
          opened <Instant at={incident.openedAt} />
          {incident.resolvedAt !== null && (
            <>
              {" "}
              · resolved <Instant at={incident.resolvedAt} />
            </>
          )}
          {incident.muted && " · nobody was told: the monitor was muted"}
        </Text>
      </Group>
      {incident.resolution !== null && <Text>{incident.resolution}</Text>}
    </Stack>
  );
}

/** Where to look further: the monitor, the prompt, both versions, the generations. */
function Ways({ incident, projectId }: { incident: Detail; projectId: string }) {
  const { prompt, version, monitor, deploymentDetail, evidence } = incident;
  const control = deploymentDetail?.from ?? undefined;
  const { from, to } = evidence.window;
  return (
    <Group gap="md">
      <AnchorLink
        to="/projects/$projectId/monitors/$monitorId"
        params={{ projectId, monitorId: monitor.id }}
      >
        Monitor: {monitor.name}
      </AnchorLink>
      {prompt !== null && (
        <AnchorLink to="/projects/$projectId/prompts/$name" params={{ projectId, name: prompt }}>
          Prompt: {prompt}
        </AnchorLink>
      )}
      {prompt !== null && version !== null && control !== undefined && (
        <AnchorLink
          to="/projects/$projectId/compare"
          params={{ projectId }}
          search={{ prompt, control, candidate: version, from, to }}
        >
          Compare v{control} and v{version}
        </AnchorLink>
      )}
      {prompt !== null && (
        <AnchorLink
          to="/projects/$projectId/generations"
          params={{ projectId }}
          search={{ promptName: prompt, promptVersion: version ?? undefined, from, to }}
        >
          Generations behind it
        </AnchorLink>
      )}
    </Group>
  );
}

function Deployment({ deployment }: { deployment: NonNullable<Detail["deploymentDetail"]> }) {
  const { label, from, to, at, actor, reason } = deployment;
  const side = (version: number | null): string => (version === null ? "nothing" : `v${version}`);
  return (
    <Text>
      {label}: {side(from)} → {side(to)}, <Instant at={at} /> by{" "}
      {actor.kind === "system" ? "Promptside" : actor.id}
      {reason !== null && <>: {reason}</>}
    </Text>
  );
}

/** One incident: what it rests on, what was deployed, and what can be done. */
export function IncidentScreen() {
  const { projectId, incidentId } = route.useParams();
  const { api } = useProject();
  const query = useQuery({
    queryKey: [projectId, "incidents", incidentId],
    queryFn: ({ signal }) =>
      api.get<Detail>(`/api/public/incidents/${encodeURIComponent(incidentId)}`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.state === "resolved" ? false : REFRESH_MS),
  });
  return (
    <Loaded query={query}>
      {(incident) => (
        <Stack gap="lg">
          <Head incident={incident} />
          <Ways incident={incident} projectId={projectId} />
          <Section title="Evidence">
            <Findings evidence={incident.evidence} />
          </Section>
          {incident.deploymentDetail && (
            <Section title="Deployment">
              <Deployment deployment={incident.deploymentDetail} />
              {incident.diff && <TextChanges diff={incident.diff as Answer<typeof VersionDiff>} />}
            </Section>
          )}
          <Section title="What happened">
            <Timeline history={incident.history} />
          </Section>
        </Stack>
      )}
    </Loaded>
  );
}
