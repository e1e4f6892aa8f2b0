import type { ReactNode } from "react";

import type { Dashboard, Panel } from "../../../features/dashboards/contract.ts";
import { AdoptionPanel } from "../../charts/adoption-panel.tsx";
import { DistributionPanel } from "../../charts/distribution-panel.tsx";
import { scoreOf } from "../../charts/names.ts";
import {
  CostPanel,
  LinePanel,
  PercentilesPanel,
  ScorePanel,
  VolumePanel,
} from "../../charts/over-time-panels.tsx";
import { useMinute } from "../../shell/project.ts";
import { labelOf, metricOf, statisticOf, stretchOf, titleOf } from "./panels.ts";

/** One panel of a dashboard, drawn. */
export function PanelView({
  panel,
  dashboard,
  menu,
}: {
  panel: Panel;
  dashboard: Dashboard;
  menu?: ReactNode;
}) {
  const asked = {
    prompt: panel.prompt,
    versions: panel.versions,
    ...stretchOf(dashboard, useMinute()),
  };
  const { granularity } = dashboard.window;
  const common = { asked, granularity, title: titleOf(panel), menu };
  const metric = metricOf(panel);
  switch (panel.chart) {
    case "volume":
      return <VolumePanel {...common} />;
    case "cost":
      return <CostPanel {...common} />;
    case "line":
      return <LinePanel {...common} metric={metric} statistic={statisticOf(panel)} />;
    case "percentiles":
      return <PercentilesPanel {...common} metric={metric} version={panel.versions[0]} />;
    case "score":
      return <ScorePanel {...common} name={scoreOf(metric) ?? metric} />;
    case "distribution":
      return <DistributionPanel asked={asked} metric={metric} title={common.title} menu={menu} />;
    case "adoption":
      return (
        <AdoptionPanel asked={asked} label={labelOf(panel)} title={common.title} menu={menu} />
      );
  }
}
