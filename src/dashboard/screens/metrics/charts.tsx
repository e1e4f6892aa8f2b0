import { Select, SimpleGrid } from "@mantine/core";

import type { Metrics } from "../../../features/rollups/contract.ts";
import { AdoptionPanel } from "../../charts/adoption-panel.tsx";
import { DistributionPanel } from "../../charts/distribution-panel.tsx";
import { granularityOf } from "../../charts/granularity.ts";
import { metricName } from "../../charts/names.ts";
import {
  CostPanel,
  PercentilesPanel,
  ScorePanel,
  VolumePanel,
} from "../../charts/over-time-panels.tsx";
import type { Asked } from "../../charts/queries.ts";
import { useMinute } from "../../shell/project.ts";
import type { MetricsSearch } from "./search.ts";
import { chartSubjects } from "./subjects.ts";

const Choice = ({
  label,
  data,
  value,
  onChange,
  w = 170,
}: {
  label: string;
  data: { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
  w?: number;
}) => (
  <Select
    aria-label={label}
    size="xs"
    w={w}
    data={data}
    value={value}
    allowDeselect={false}
    onChange={(value) => value !== null && onChange(value)}
  />
);

/** All charts of one prompt; what they are of is in the address. */
export function MetricsCharts({
  asked,
  metrics: shown,
  search,
  change,
}: {
  asked: Asked;
  metrics: Metrics;
  search: MetricsSearch;
  change: (change: MetricsSearch) => void;
}) {
  const nowMs = useMinute();
  const span = { fromMs: Date.parse(asked.from), toMs: Date.parse(asked.to) };
  const granularity = granularityOf(span, nowMs);
  const { scores, score, labels, label, metric, valueMetric, metrics } = chartSubjects(
    shown,
    search,
  );
  const asOptions = (names: readonly string[]) =>
    names.map((value) => ({ value, label: metricName(value) }));
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <VolumePanel asked={asked} granularity={granularity} />
      <PercentilesPanel
        asked={asked}
        granularity={granularity}
        metric={valueMetric}
        version={search.version}
        onVersion={(version) => change({ version })}
      />
      <CostPanel asked={asked} granularity={granularity} />
      {score !== undefined && (
        <ScorePanel
          asked={asked}
          granularity={granularity}
          name={score}
          controls={
            scores.length > 1 && (
              <Choice
                label="Score"
                data={scores.map((name) => ({ value: name, label: name }))}
                value={score}
                onChange={(score) => change({ score })}
              />
            )
          }
        />
      )}
      <DistributionPanel
        asked={asked}
        metric={metric}
        controls={
          <Choice
            label="Metric of the distribution and the percentiles"
            data={asOptions(metrics)}
            value={metric}
            onChange={(metric) => change({ metric })}
          />
        }
      />
      <AdoptionPanel
        asked={asked}
        label={label}
        controls={
          <Choice
            label="Label"
            w={130}
            data={labels.map((name) => ({ value: name, label: name }))}
            value={label}
            onChange={(label) => change({ label })}
          />
        }
      />
    </SimpleGrid>
  );
}
