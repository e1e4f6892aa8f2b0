import type { Dashboard, Panel } from "../../../features/dashboards/contract.ts";
import { type Entered, start } from "../../api/start.ts";
import { costAsk, percentilesAsk, scoreAsk, volumeAsk } from "../../charts/asks.ts";
import { scoreOf } from "../../charts/names.ts";
import { preloadDrawing } from "../../charts/preload.ts";
import {
  adoptionQuery,
  type Asked,
  distributionQuery,
  type TimeAsk,
  timeseriesQuery,
} from "../../charts/queries.ts";
import { labelOf, metricOf, statisticOf, stretchOf } from "./panels.ts";
import { dashboardQuery, dashboardsQuery } from "./queries.ts";

/** What a panel over time is of; null for the others. */
function timeAskOf(panel: Panel, granularity: Dashboard["window"]["granularity"]): TimeAsk | null {
  const metric = metricOf(panel);
  switch (panel.chart) {
    case "volume":
      return volumeAsk(granularity);
    case "cost":
      return costAsk(granularity);
    case "percentiles":
      return percentilesAsk(metric, granularity);
    case "score":
      return scoreAsk(scoreOf(metric) ?? metric, granularity);
    case "line":
      return { metric, statistic: statisticOf(panel), granularity };
    case "distribution":
    case "adoption":
      return null;
  }
}

function startPanel(projectId: string, panel: Panel, dashboard: Dashboard, nowMs: number): void {
  const { prompt, versions } = panel;
  const asked: Asked = { prompt, versions, ...stretchOf(dashboard, nowMs) };
  const ask = timeAskOf(panel, dashboard.window.granularity);
  if (ask) void start(timeseriesQuery(projectId, asked, ask));
  else if (panel.chart === "adoption") void start(adoptionQuery(projectId, asked, labelOf(panel)));
  else void start(distributionQuery(projectId, asked, metricOf(panel)));
}

type OfDashboard = Entered & { params: { dashboardId: string } };

/** The dashboard, then at once what its panels are of. */
export function startDashboard({ params, preload }: OfDashboard): void {
  preloadDrawing();
  if (preload) return;
  const { projectId, dashboardId } = params;
  void start(dashboardQuery(projectId, dashboardId)).then((dashboard) => {
    if (!dashboard) return;
    const nowMs = Date.now();
    for (const panel of dashboard.panels) startPanel(projectId, panel, dashboard, nowMs);
  });
}

export function startDashboards({ params, preload }: Entered): void {
  if (!preload) void start(dashboardsQuery(params.projectId));
}
