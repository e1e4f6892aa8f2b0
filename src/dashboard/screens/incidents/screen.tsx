import { Group, Stack, Table, Text } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import type { Incident } from "../../../features/monitors/contract.ts";
import type { Answer } from "../../api/client.ts";
import { ClearFilter } from "../../parts/clear-filter.tsx";
import { Empty } from "../../parts/empty.tsx";
import { AnchorLink } from "../../parts/links.tsx";
import { ListHead, ShowSwitch } from "../../parts/list-head.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { Age } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";
import { SEVERITY_COLOURS, STATE_COLOURS } from "./words.ts";

const route = getRouteApi("/projects/$projectId/incidents");

type Row = Answer<typeof Incident>;

const subjectOf = ({ prompt, label, version }: Row): string =>
  [prompt ?? "all prompts", label ?? "", version === null ? "" : `v${version}`]
    .filter((part) => part !== "")
    .join(" · ");

const IncidentRow = ({ incident, projectId }: { incident: Row; projectId: string }) => (
  <Table.Tr>
    <Table.Td>
      <AnchorLink
        fw={600}
        to="/projects/$projectId/incidents/$incidentId"
        params={{ projectId, incidentId: incident.id }}
      >
        {incident.summary}
      </AnchorLink>
      <Text size="sm" c="dimmed">
        {incident.monitor.name}
      </Text>
    </Table.Td>
    <Table.Td>{subjectOf(incident)}</Table.Td>
    <Table.Td>
      <StateBadge state={incident.severity} colour={SEVERITY_COLOURS[incident.severity]} />
    </Table.Td>
    <Table.Td>
      <StateBadge state={incident.state} colour={STATE_COLOURS[incident.state]} />
    </Table.Td>
    <Table.Td>
      <Age at={incident.openedAt} />
    </Table.Td>
  </Table.Tr>
);

/** What fires, and what fired. */
export function IncidentsScreen() {
  const { projectId } = route.useParams();
  const { show, prompt, monitor } = route.useSearch();
  const { may } = useProject();
  const pages = usePages<Row>("incidents", "/api/public/incidents", {
    prompt,
    monitor,
    state: show === "all" ? undefined : "active",
  });
  return (
    <Stack>
      <ListHead title="Incidents" />
      <Group>
        <ShowSwitch of="incidents" now="Active" show={show} />
        <ClearFilter name="prompt" value={prompt} />
        <ClearFilter name="monitor" value={monitor} />
      </Group>
      <Pages
        pages={pages}
        empty={
          <Empty
            title={show === "all" ? "Nothing has fired yet" : "Nothing fires"}
            {...(may("read")
              ? {
                  action: (
                    <AnchorLink to="/projects/$projectId/monitors" params={{ projectId }}>
                      To the monitors
                    </AnchorLink>
                  ),
                }
              : {})}
          >
            An incident is one stretch of time in which a monitor fired. Deployments of production
            are watched without any set-up.
          </Empty>
        }
      >
        {(rows) => (
          <WideTable
            label="Incidents"
            verticalSpacing="sm"
            miw={680}
            columns={["Incident", "About", "Severity", "State", "Opened"]}
          >
            {rows.map((incident) => (
              <IncidentRow key={incident.id} incident={incident} projectId={projectId} />
            ))}
          </WideTable>
        )}
      </Pages>
    </Stack>
  );
}
