import { type Entered, start } from "../../api/start.ts";
import { costAsk, percentilesAsk, scoreAsk, volumeAsk } from "../../charts/asks.ts";
import { granularityOf } from "../../charts/granularity.ts";
import { preloadDrawing } from "../../charts/preload.ts";
import {
  adoptionQuery,
  type Asked,
  distributionQuery,
  metricsQuery,
  timeseriesQuery,
} from "../../charts/queries.ts";
import { readWindow, windowOf } from "../../window.ts";
import { promptsQuery } from "./prompts-query.ts";
import { type MetricsSearch, readMetricsSearch } from "./search.ts";
import { chartSubjects, isUsed, shownVersions } from "./subjects.ts";

/** Asks for the metrics, then at once for what the charts of those versions are of. */
async function startPrompt(
  projectId: string,
  asked: Asked,
  search: MetricsSearch,
  nowMs: number,
): Promise<void> {
  const all = await start(metricsQuery(projectId, asked));
  if (!all || !isUsed(all)) return;
  const { metrics, charted } = shownVersions(all, search);
  const { score, label, metric, valueMetric } = chartSubjects(metrics, search);
  const ofCharts = { ...asked, versions: charted };
  const span = { fromMs: Date.parse(asked.from), toMs: Date.parse(asked.to) };
  const granularity = granularityOf(span, nowMs);
  const asks = [
    volumeAsk(granularity),
    percentilesAsk(valueMetric, granularity),
    costAsk(granularity),
    ...(score === undefined ? [] : [scoreAsk(score, granularity)]),
  ];
  await Promise.all([
    ...asks.map((ask) => start(timeseriesQuery(projectId, ofCharts, ask))),
    start(distributionQuery(projectId, ofCharts, metric)),
    start(adoptionQuery(projectId, ofCharts, label)),
  ]);
}

/** What the screen needs, from the moment on that somebody goes there. */
export function startMetrics({ params, location, preload }: Entered): void {
  preloadDrawing();
  if (preload) return;
  const { projectId } = params;
  const search = readMetricsSearch(location.search);
  const nowMs = Date.now();
  const { from, to, environment } = windowOf(readWindow(location.search), nowMs);
  const ofPrompt = (prompt: string) =>
    startPrompt(projectId, { prompt, versions: [], from, to, environment }, search, nowMs);
  const prompts = start(promptsQuery(projectId, ""));
  if (search.prompt !== undefined) return void ofPrompt(search.prompt);
  void prompts.then((page) => {
    const first = page?.data[0]?.name;
    return first === undefined ? undefined : ofPrompt(first);
  });
}
