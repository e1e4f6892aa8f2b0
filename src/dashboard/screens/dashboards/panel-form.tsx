import {
  Button,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import type { Dashboard, Panel } from "../../../features/dashboards/contract.ts";
import { metricName } from "../../charts/names.ts";
import { useMetrics } from "../../charts/queries.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { useMinute } from "../../shell/project.ts";
import { PromptChoice } from "../metrics/prompt-choice.tsx";
import {
  type Chart,
  CHART_NAMES,
  fitted,
  metricsFor,
  STATISTIC_NAMES,
  statisticsFor,
  stretchOf,
  titleOf,
} from "./panels.ts";

const CHARTS = Object.entries(CHART_NAMES).map(([value, label]) => ({ value, label }));
const WIDTHS = [
  { value: "third", label: "A third" },
  { value: "half", label: "Half" },
  { value: "full", label: "Full width" },
];

/** What the prompt has to choose from, in the dashboard's own stretch of time. */
function useKnown(prompt: string, dashboard: Dashboard) {
  const { data } = useMetrics({ prompt, versions: [], ...stretchOf(dashboard, useMinute()) });
  const lines = data?.data ?? [];
  return {
    versions: lines.map(({ version }) => version),
    labels: [...new Set(lines.flatMap(({ labels }) => labels))],
    scores: [...new Set(lines.flatMap(({ scores }) => scores.map(({ name }) => name)))],
  };
}

type Known = ReturnType<typeof useKnown>;
type Change = (change: Partial<Panel>) => void;

function OfChart({ panel, known, change }: { panel: Panel; known: Known; change: Change }) {
  const metrics = metricsFor(panel.chart, known.scores);
  if (panel.metric !== null && !metrics.includes(panel.metric)) metrics.push(panel.metric);
  return (
    <>
      {(metrics.length > 0 || panel.chart === "score") && (
        <Select
          label="Metric"
          data={metrics.map((value) => ({ value, label: metricName(value) }))}
          value={panel.metric}
          allowDeselect={false}
          placeholder="This prompt has no scores here"
          onChange={(metric) => change({ metric })}
        />
      )}
      {panel.chart === "line" && (
        <Select
          label="Number"
          data={statisticsFor(panel.metric ?? "count").map((value) => ({
            value,
            label: STATISTIC_NAMES[value],
          }))}
          value={panel.statistic}
          allowDeselect={false}
          onChange={(statistic) => change({ statistic })}
        />
      )}
      {panel.chart === "adoption" ? (
        <Select
          label="Label"
          data={[...new Set(["production", ...known.labels])]}
          value={panel.label ?? "production"}
          allowDeselect={false}
          onChange={(label) => change({ label })}
        />
      ) : (
        <MultiSelect
          label="Versions"
          placeholder={panel.versions.length === 0 ? "All with traffic" : ""}
          data={known.versions.map((version) => ({
            value: String(version),
            label: `v${version}`,
          }))}
          value={panel.versions.map(String)}
          clearable
          onChange={(versions) => change({ versions: versions.map(Number) })}
        />
      )}
    </>
  );
}

/** What a panel shows. Whatever is chosen, its parts always go together. */
export function PanelForm({
  initial,
  dashboard,
  saving,
  error,
  onSave,
}: {
  initial: Panel;
  dashboard: Dashboard;
  saving: boolean;
  error: unknown;
  onSave: (panel: Panel) => void;
}) {
  const [panel, setPanel] = useState(initial);
  const known = useKnown(panel.prompt, dashboard);
  const change: Change = (part) =>
    setPanel((before) => fitted({ ...before, ...part }, known.scores));
  const isWhole = panel.chart !== "score" || panel.metric !== null;
  return (
    <form
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        onSave(panel);
      }}
    >
      <Stack>
        <PromptChoice
          label="Prompt"
          value={panel.prompt}
          onChange={(prompt) => change({ prompt, versions: [], label: null })}
        />
        <Select
          label="Chart"
          data={CHARTS}
          value={panel.chart}
          allowDeselect={false}
          onChange={(chart) => change({ chart: chart as Chart })}
        />
        <OfChart panel={panel} known={known} change={change} />
        <TextInput
          label="Title"
          placeholder={titleOf({ ...panel, title: "" })}
          maxLength={100}
          value={panel.title}
          onChange={(event) => change({ title: event.currentTarget.value })}
        />
        <Group gap="xs">
          <Text size="sm" fw={500}>
            Width
          </Text>
          <SegmentedControl
            aria-label="Width"
            data={WIDTHS}
            value={panel.width}
            onChange={(width) => change({ width: width as Panel["width"] })}
          />
        </Group>
        {error !== null && <ErrorPanel error={error} title="That was not saved" />}
        <Button type="submit" loading={saving} disabled={!isWhole}>
          Save the chart
        </Button>
      </Stack>
    </form>
  );
}
