import { Stack, Table, Text } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import { ClearFilter } from "../../parts/clear-filter.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { AnchorLink, ButtonLink } from "../../parts/links.tsx";
import { ListHead } from "../../parts/list-head.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { Instant } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";
import { PHASE_COLOURS, SEVERITY_COLOURS } from "../incidents/words.ts";
import { type AnyMonitor, conditionOf, subjectOf } from "./condition.ts";

const route = getRouteApi("/projects/$projectId/monitors");

function Phase({ monitor }: { monitor: AnyMonitor }) {
  const { enabled, phase, muted } = monitor;
  return (
    <Stack gap={4} align="flex-start">
      {enabled ? (
        <StateBadge
          state={phase ?? "not looked yet"}
          colour={phase === null ? "gray" : PHASE_COLOURS[phase]}
        />
      ) : (
        <StateBadge state="switched off" colour="gray" />
      )}
      {muted && (
        <Text size="sm">
          muted
          {muted.until !== null && (
            <>
              {" "}
              until <Instant at={muted.until} />
            </>
          )}
        </Text>
      )}
    </Stack>
  );
}

const Row = ({ monitor, projectId }: { monitor: AnyMonitor; projectId: string }) => (
  <Table.Tr>
    <Table.Td>
      <AnchorLink
        fw={600}
        to="/projects/$projectId/monitors/$monitorId"
        params={{ projectId, monitorId: monitor.id }}
      >
        {monitor.name}
      </AnchorLink>
      <Text size="sm" c="dimmed">
        {conditionOf(monitor)}
      </Text>
    </Table.Td>
    <Table.Td>{subjectOf(monitor)}</Table.Td>
    <Table.Td>
      <StateBadge state={monitor.severity} colour={SEVERITY_COLOURS[monitor.severity]} />
    </Table.Td>
    <Table.Td>
      <Phase monitor={monitor} />
    </Table.Td>
  </Table.Tr>
);

/** What watches the prompts. */
export function MonitorsScreen() {
  const { projectId } = route.useParams();
  const { prompt } = route.useSearch();
  const { may } = useProject();
  const pages = usePages<AnyMonitor>("monitors", "/api/public/monitors", { prompt });
  return (
    <Stack>
      <ListHead title="Monitors">
        {may("write") && (
          <ButtonLink
            to="/projects/$projectId/monitors/$monitorId"
            params={{ projectId, monitorId: "new" }}
            search={{ prompt }}
            leftSection={<Icon name="plus" size={16} />}
          >
            New monitor
          </ButtonLink>
        )}
      </ListHead>
      <ClearFilter name="prompt" value={prompt} />
      <Pages
        pages={pages}
        empty={
          <Empty title="Nothing is watched">
            A monitor watches a metric, the volume, a budget, or every deployment of a label, and
            opens an incident when it fires.
          </Empty>
        }
      >
        {(rows) => (
          <WideTable
            label="Monitors"
            verticalSpacing="sm"
            miw={620}
            columns={["Monitor", "Watches", "Severity", "State"]}
          >
            {rows.map((monitor) => (
              <Row key={monitor.id} monitor={monitor} projectId={projectId} />
            ))}
          </WideTable>
        )}
      </Pages>
    </Stack>
  );
}
