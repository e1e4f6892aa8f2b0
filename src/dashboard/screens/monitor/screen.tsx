import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { AnchorLink } from "../../parts/links.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useProject } from "../../shell/project.ts";
import { PHASE_COLOURS } from "../incidents/words.ts";
import { type AnyMonitor, subjectOf } from "../monitors/condition.ts";
import { Deeds } from "./deeds.tsx";
import { Editor } from "./editor.tsx";

const route = getRouteApi("/projects/$projectId/monitors/$monitorId");

/** What each thing that is watched is like now. */
function States({ monitor }: { monitor: AnyMonitor }) {
  const { id: projectId } = useProject();
  return (
    <Stack gap={6}>
      {monitor.states.map(({ version, deployment, phase, incident }) => (
        <Group key={`${version} ${deployment}`} gap="xs">
          <StateBadge state={phase} colour={PHASE_COLOURS[phase]} />
          <Text size="sm">
            {version === null ? subjectOf(monitor) : `v${version}`}
            {deployment !== null && `, deployment ${deployment}`}
          </Text>
          {incident !== null && (
            <AnchorLink
              size="sm"
              to="/projects/$projectId/incidents/$incidentId"
              params={{ projectId, incidentId: incident }}
            >
              its incident
            </AnchorLink>
          )}
        </Group>
      ))}
    </Stack>
  );
}

function Existing({ monitorId }: { monitorId: string }) {
  const { id: projectId, api, may } = useProject();
  const query = useQuery({
    queryKey: [projectId, "monitors", monitorId],
    queryFn: ({ signal }) =>
      api.get<AnyMonitor>(`/api/public/monitors/${encodeURIComponent(monitorId)}`, {}, signal),
    // What is being edited is not changed under the person's hands.
    refetchOnWindowFocus: false,
  });
  return (
    <Loaded query={query}>
      {(monitor) => (
        <Stack gap="lg">
          <Group justify="space-between" align="flex-start">
            <Title order={1}>{monitor.name}</Title>
            {may("write") && <Deeds monitor={monitor} />}
          </Group>
          <States monitor={monitor} />
          <Editor
            key={monitor.updatedAt}
            monitorId={monitor.id}
            kind={monitor.kind}
            draft={monitor}
          />
        </Stack>
      )}
    </Loaded>
  );
}

/** One monitor: what it watches, and what it would have seen. */
export function MonitorScreen() {
  const { monitorId } = route.useParams();
  const { prompt, kind } = route.useSearch();
  if (monitorId !== "new") return <Existing monitorId={monitorId} />;
  return (
    <Stack gap="lg">
      <Title order={1}>New monitor</Title>
      <Editor
        monitorId={undefined}
        kind={kind ?? "threshold"}
        draft={prompt === undefined ? {} : { prompt }}
      />
    </Stack>
  );
}
