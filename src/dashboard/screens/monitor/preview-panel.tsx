import { Alert, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { ApiError } from "../../api/client.ts";
import { ChartFrame } from "../../charts/chart-frame.tsx";
import { metricName } from "../../charts/names.ts";
import { TimeChart } from "../../charts/time-chart.tsx";
import { UNIT_NAMES } from "../../charts/units.ts";
import { count } from "../../format/number.ts";
import { dayAndMinute } from "../../format/time.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { Lines } from "../../parts/loaded.tsx";
import { Instant } from "../../parts/shown.tsx";
import { useProject, useTimeZone } from "../../shell/project.ts";
import type { Draft } from "./fields.ts";
import { nameOf, type PreviewAnswer, previewChart, previewTable, unitOf } from "./preview.ts";

const TYPING_MS = 600;
const DAYS = 14;

/** A rule without a name is previewed all the same: the name is no part of what it sees. */
const previewed = (rule: Draft): Draft => ({ name: "preview", ...rule });

function usePreview(rule: Draft) {
  const { id, api } = useProject();
  const [settled] = useDebouncedValue(JSON.stringify(previewed(rule)), TYPING_MS);
  return useQuery({
    queryKey: [id, "monitor preview", settled],
    queryFn: () =>
      api.send<PreviewAnswer>(
        "POST",
        `/api/public/monitors/preview?days=${DAYS}`,
        JSON.parse(settled),
      ),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

const Firings = ({ preview }: { preview: PreviewAnswer }) => (
  <Stack gap={4} component="ol" m={0} pl="md">
    {preview.firings.map(({ openedAt, resolvedAt, summary, version }) => (
      <li key={`${openedAt} ${version}`}>
        <Text size="sm">
          <Instant at={openedAt} />
          {resolvedAt !== null && (
            <>
              {" "}
              – <Instant at={resolvedAt} />
            </>
          )}
          : {summary}
        </Text>
      </li>
    ))}
  </Stack>
);

/** What the rule would have done with what is known of the past. Follows what is typed. */
export function PreviewPanel({ rule }: { rule: Draft }) {
  const timeZone = useTimeZone();
  const { data, error, isPlaceholderData } = usePreview(rule);
  if (error) {
    // The fields say what is wrong once the rule is saved; until then it may just be half typed.
    return error instanceof ApiError && error.status === 400 ? (
      <Alert color="gray" variant="light" title="No preview yet">
        {error.message}
      </Alert>
    ) : (
      <ErrorPanel error={error} title="The preview could not be made" />
    );
  }
  if (!data) return <Lines count={5} />;
  return (
    <Stack
      gap="sm"
      component="section"
      aria-label="Preview"
      style={{ opacity: isPlaceholderData ? 0.6 : 1 }}
    >
      <Title order={2}>Preview</Title>
      <Text fw={600}>{data.says}</Text>
      <Text size="sm" c="dimmed">
        {count(data.windows).text} windows, {count(data.withoutData).text} of them without enough
        data.
        {data.note !== null && ` ${data.note}`}
      </Text>
      <Firings preview={data} />
      {data.series.map((seen) => (
        <ChartFrame
          key={`${nameOf(seen)} ${seen.metric} ${seen.statistic}`}
          title={`${metricName(seen.metric)} ${seen.statistic}, ${nameOf(seen)}`}
          facts={[
            UNIT_NAMES[unitOf(seen.unit)],
            `n = ${count(seen.points.reduce((sum, { n }) => sum + n, 0)).text}`,
            `${dayAndMinute(data.from, timeZone)} – ${dayAndMinute(data.to, timeZone)} ${timeZone}`,
          ]}
          table={() => previewTable(seen)}
        >
          <TimeChart
            chart={previewChart(seen, data)}
            timeZone={timeZone}
            label={`${metricName(seen.metric)} ${seen.statistic} and its limit`}
          />
        </ChartFrame>
      ))}
    </Stack>
  );
}
