import { Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";

import type { ReportSummary } from "../../../features/reports/contract.ts";
import { Empty } from "../../parts/empty.tsx";
import { AnchorLink } from "../../parts/links.tsx";
import { ListHead, NewButton } from "../../parts/list-head.tsx";
import { Pages, usePages } from "../../parts/pages.tsx";
import { Age } from "../../parts/shown.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";
import { CreateDialog } from "./create-dialog.tsx";
import { daysText, KIND_NAMES, STATE_COLOURS } from "./words.ts";

const route = getRouteApi("/projects/$projectId/reports");

const Row = ({ report, projectId }: { report: ReportSummary; projectId: string }) => (
  <Table.Tr>
    <Table.Td>
      <AnchorLink
        fw={600}
        to="/projects/$projectId/reports/$reportId"
        params={{ projectId, reportId: report.id }}
      >
        {report.title}
      </AnchorLink>
      {report.highlights.slice(0, 2).map((line) => (
        <Text size="sm" c="dimmed" key={line}>
          {line}
        </Text>
      ))}
    </Table.Td>
    <Table.Td>{KIND_NAMES[report.kind]}</Table.Td>
    <Table.Td>{daysText(report.period)}</Table.Td>
    <Table.Td>
      <StateBadge state={report.state} colour={STATE_COLOURS[report.state]} />
      {report.state === "running" && (
        <Text size="sm">
          {report.progress.done} of {report.progress.total} prompts
        </Text>
      )}
    </Table.Td>
    <Table.Td>
      <Age at={report.createdAt} />
    </Table.Td>
  </Table.Tr>
);

/** What was reported, by the calendar and on demand. */
export function ReportsScreen() {
  const { projectId } = route.useParams();
  const { may } = useProject();
  const [creating, { open, close }] = useDisclosure();
  const pages = usePages<ReportSummary>("reports", "/api/public/reports");
  return (
    <Stack>
      <ListHead title="Reports">
        {may("write") && <NewButton onClick={open}>New report</NewButton>}
      </ListHead>
      <Pages
        pages={pages}
        empty={
          <Empty title="No report yet">
            Weekly and daily reports come by the project&apos;s calendar, as its settings say. One
            of any days can be asked for at any time.
          </Empty>
        }
      >
        {(rows) => (
          <WideTable
            label="Reports"
            verticalSpacing="sm"
            miw={680}
            columns={["Report", "Kind", "Days", "State", "Made"]}
          >
            {rows.map((report) => (
              <Row key={report.id} report={report} projectId={projectId} />
            ))}
          </WideTable>
        )}
      </Pages>
      {creating && <CreateDialog onClose={close} />}
    </Stack>
  );
}
