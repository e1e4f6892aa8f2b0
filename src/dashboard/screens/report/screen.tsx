import { Alert, Anchor, Group, List, Progress, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import type { Report } from "../../../features/reports/contract.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Instant } from "../../parts/shown.tsx";
import { useProject } from "../../shell/project.ts";
import { daysText, KIND_NAMES } from "../reports/words.ts";
import { Content } from "./content.tsx";

const route = getRouteApi("/projects/$projectId/reports/$reportId");
const REFRESH_MS = 3_000;

/** The same report in forms that can be passed on. */
function Forms({ report }: { report: Report }) {
  if (!report.share) return null;
  const { path, expiresAt } = report.share;
  const as = (format: string): string => `${path}${path.includes("?") ? "&" : "?"}format=${format}`;
  return (
    <Group gap="md">
      <Anchor href={path} target="_blank" rel="noreferrer">
        Open as a page
      </Anchor>
      <Anchor href={as("markdown")} target="_blank" rel="noreferrer">
        Markdown
      </Anchor>
      <Anchor href={as("json")} target="_blank" rel="noreferrer">
        JSON
      </Anchor>
      <Text size="sm" c="dimmed">
        These links need no key and open until <Instant at={expiresAt} />
      </Text>
    </Group>
  );
}

function State({ report }: { report: Report }) {
  const { state, progress, error } = report;
  if (state === "running") {
    const share = progress.total > 0 ? (progress.done / progress.total) * 100 : 0;
    return (
      <Stack gap="xs">
        <Text>
          It is being made: {progress.done} of {progress.total} prompts.
        </Text>
        <Progress value={share} aria-label="Prompts that are done" />
      </Stack>
    );
  }
  if (state === "failed") {
    return (
      <Alert color="red" variant="light" title="It could not be made" role="alert">
        {error}
      </Alert>
    );
  }
  return state === "skipped" ? <Text>There was nothing to tell.</Text> : null;
}

/** One report. */
export function ReportScreen() {
  const { projectId, reportId } = route.useParams();
  const { api } = useProject();
  const query = useQuery({
    queryKey: [projectId, "reports", reportId],
    queryFn: ({ signal }) =>
      api.get<Report>(
        `/api/public/reports/${encodeURIComponent(reportId)}`,
        { format: "json" },
        signal,
      ),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? REFRESH_MS : false),
  });
  return (
    <Loaded query={query}>
      {(report) => (
        <Stack gap="lg">
          <Stack gap={4}>
            <Title order={1}>{report.title}</Title>
            <Text c="dimmed">
              {KIND_NAMES[report.kind]} · {daysText(report.period)} · {report.period.timeZone}
            </Text>
          </Stack>
          <State report={report} />
          <Forms report={report} />
          {report.highlights.length > 0 && (
            <List>
              {report.highlights.map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
            </List>
          )}
          {report.content && <Content content={report.content} />}
        </Stack>
      )}
    </Loaded>
  );
}
