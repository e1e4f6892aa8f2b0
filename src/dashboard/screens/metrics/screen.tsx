import { Button, Group, MultiSelect, Paper, Stack, Text, Title } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";

import type { Metrics } from "../../../features/rollups/contract.ts";
import { csvName } from "../../charts/csv.ts";
import { downloadCsv } from "../../charts/download.ts";
import { type Asked, useMetrics } from "../../charts/queries.ts";
import { count } from "../../format/number.ts";
import { dayAndMinute } from "../../format/time.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { WindowBar } from "../../parts/window-bar.tsx";
import { useProject, useTimeZone, useWindow } from "../../shell/project.ts";
import { MetricsCharts } from "./charts.tsx";
import { ColumnsChoice } from "./columns-choice.tsx";
import { columnsOf, defaultIds, readSort, writeSort } from "./columns.ts";
import { MetricsTable } from "./metrics-table.tsx";
import { NoPrompts, NoTraffic } from "./nothing.tsx";
import { PromptChoice, usePrompts } from "./prompt-choice.tsx";
import type { MetricsSearch } from "./search.ts";
import { isUsed, shownVersions } from "./subjects.ts";
import { metricsTable } from "./table-csv.ts";

const route = getRouteApi("/projects/$projectId/metrics");

function useChange(): (change: MetricsSearch) => void {
  const navigate = route.useNavigate();
  return (change) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
}

/** What is no version's: it is counted apart, and said. */
const Apart = ({ metrics }: { metrics: Metrics }) => {
  const { fallback, unresolved } = metrics;
  if (fallback.count + unresolved.count === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {fallback.count > 0 &&
        `${count(fallback.count).text} generations used the app's own fallback text. `}
      {unresolved.count > 0 &&
        `${count(unresolved.count).text} named a label that pointed at no version.`}
    </Text>
  );
};

function Table({ asked, metrics }: { asked: Asked; metrics: Metrics }) {
  const search = route.useSearch();
  const change = useChange();
  const timeZone = useTimeZone();
  const all = columnsOf(metrics.data);
  const chosen = search.columns?.split(",") ?? defaultIds(all);
  const columns = all.filter(({ id }) => chosen.includes(id));
  const n = metrics.data.reduce((sum, line) => sum + line.count, 0);
  return (
    <Paper withBorder p="md" component="section" aria-label="Versions">
      <Group justify="space-between" align="flex-start" mb="xs">
        <Stack gap={0}>
          <Title order={2}>Versions</Title>
          <Text size="xs" c="dimmed">
            n = {count(n).text} generations · {dayAndMinute(asked.from, timeZone)} –{" "}
            {dayAndMinute(asked.to, timeZone)} {timeZone} · quantiles ±1 % · each number leads to
            its generations
          </Text>
        </Stack>
        <Group gap="xs">
          <ColumnsChoice
            columns={all}
            chosen={columns.map(({ id }) => id)}
            onChange={(ids) => change({ columns: ids.join(",") })}
            onReset={() => change({ columns: undefined })}
          />
          <Button
            variant="default"
            size="xs"
            onClick={() =>
              downloadCsv(
                csvName(asked.prompt, "metrics"),
                metricsTable(asked.prompt, metrics.data, columns),
              )
            }
          >
            CSV
          </Button>
        </Group>
      </Group>
      <MetricsTable
        prompt={asked.prompt}
        lines={metrics.data}
        columns={columns}
        sort={readSort(search.sort)}
        onSort={(sort) => change({ sort: writeSort(sort) })}
      />
      <Apart metrics={metrics} />
    </Paper>
  );
}

function OfPrompt({ prompt }: { prompt: string }) {
  const search = route.useSearch();
  const change = useChange();
  const { from, to, environment } = useWindow();
  const asked: Asked = { prompt, versions: [], from, to, environment };
  const everything = useMetrics(asked);
  return (
    <Loaded query={everything}>
      {(all) => {
        const known = all.data.map(({ version }) => version);
        const { chosen, metrics, charted } = shownVersions(all, search);
        const isCut = chosen.length === 0 && charted.length > 0;
        return (
          <Stack>
            {known.length > 1 && (
              <MultiSelect
                aria-label="Versions"
                maw={480}
                placeholder={chosen.length === 0 ? "All versions" : ""}
                data={known.toReversed().map((version) => ({
                  value: String(version),
                  label: `v${version}`,
                }))}
                value={chosen.map(String)}
                clearable
                onChange={(versions) =>
                  change({ versions: versions.length > 0 ? versions.join(",") : undefined })
                }
              />
            )}
            <Table asked={asked} metrics={metrics} />
            {isCut && (
              <Text size="sm" c="dimmed">
                The charts show the {charted.length} busiest versions; choose others above.
              </Text>
            )}
            {isUsed(all) ? (
              <MetricsCharts
                asked={{ ...asked, versions: charted }}
                metrics={metrics}
                search={search}
                change={change}
              />
            ) : (
              <NoTraffic prompt={prompt} />
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** What the versions of a prompt do, in numbers and over time. */
export function MetricsScreen() {
  const search = route.useSearch();
  const change = useChange();
  const { id } = useProject();
  const prompts = usePrompts();
  const prompt = search.prompt ?? prompts.data?.data[0]?.name;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>Metrics</Title>
        {prompt !== undefined && (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/projects/$projectId/compare"
                params={{ projectId: id }}
                search={{ prompt }}
              />
            )}
          >
            Compare two versions
          </Button>
        )}
      </Group>
      <Group gap="sm" align="center">
        <PromptChoice
          value={prompt}
          onChange={(name) =>
            change({
              prompt: name,
              versions: undefined,
              version: undefined,
              score: undefined,
              label: undefined,
            })
          }
        />
        <WindowBar />
      </Group>
      {prompt !== undefined ? (
        <OfPrompt key={prompt} prompt={prompt} />
      ) : (
        <Loaded query={prompts}>{() => <NoPrompts />}</Loaded>
      )}
    </Stack>
  );
}
