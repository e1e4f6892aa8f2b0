import type { Scope } from "../../../platform/scope.ts";
import { promptVersionOf } from "../../ingest/model.ts";
import { observationsPath } from "../behind.ts";
import { type Cell, emptyStat, type Stat } from "../cell.ts";
import { MEASURES, type Scale, SCORE_SCALE } from "../measures.ts";
import { cellOf, rangesOf, readVersionCells, requireKnown } from "../metrics/actions.ts";
import { scoreGroups } from "../metrics/summary.ts";
import { boundedName } from "../names.ts";
import { metricText, unitOf, wishOf } from "../timeseries/points.ts";
import { countIn, linearPlaces, logPlaces } from "./bins.ts";
import type { DistributionQuery, Distributions } from "./contract.ts";

const US_PER_MS = 1000;

type Line = { dataType: string | null; stat: Stat };

/** What a version has of the metric: one line, or one for each type that scores of that name have. */
function linesOf(cell: Cell, { metric, source }: DistributionQuery): Line[] {
  if (metric.kind === "measure") {
    const stat = cell.metrics.get(MEASURES[metric.measure].metric) ?? emptyStat();
    return [{ dataType: null, stat }];
  }
  if (metric.kind !== "score") return [];
  return scoreGroups(cell)
    .filter((group) => group.name === boundedName(metric.name) && group.source === (source ?? null))
    .map(({ dataType, stat }) => ({ dataType, stat }));
}

const hasNumbers = ({ dataType }: Line): boolean => dataType === null || dataType === "NUMERIC";

const categoriesOf = ({ categories }: Stat): Record<string, number> =>
  Object.fromEntries([...categories].sort(([a], [b]) => (a < b ? -1 : 1)));

const sumOf = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How often which values of a metric occur, per version, from buckets only. @throws Refusal not_found */
export async function readDistributions(
  scope: Scope,
  name: string,
  query: DistributionQuery,
): Promise<Distributions> {
  const { metric, environment = null, model = null, from, to } = query;
  const known = await requireKnown(scope, name, query.version);
  const shown = (query.version ?? known.versions).toSorted((a, b) => a - b);
  const cells = await readVersionCells(scope, {
    prompt: name,
    versions: known.stored.filter((stored) => shown.includes(promptVersionOf(stored) ?? 0)),
    ranges: rangesOf(query, scope.now),
    filter: { environment, model },
    wish: wishOf(metric, query.source),
  });
  const scale: Scale = metric.kind === "measure" ? MEASURES[metric.measure].scale : SCORE_SCALE;
  const lines = shown.flatMap((version) =>
    linesOf(cellOf(cells, version), query).map((line) => ({ version, ...line })),
  );
  const stats = lines.filter(hasNumbers).map(({ stat }) => stat);
  const isLog = metric.kind === "measure";
  const places = isLog ? logPlaces(stats) : linearPlaces(stats);
  const behind = {
    prompt: name,
    fromUs: from ? from.getTime() * US_PER_MS : null,
    toUs: to ? to.getTime() * US_PER_MS : null,
    environment,
    model,
  };
  return {
    metric: metricText(metric),
    unit: unitOf(metric),
    scale: isLog ? "log" : "linear",
    data: lines.map((line) => {
      const { version, dataType, stat } = line;
      const categories = hasNumbers(line) ? null : categoriesOf(stat);
      return {
        version,
        dataType,
        n: categories === null ? stat.n : sumOf(categories),
        bins: categories === null ? countIn(places, stat.sketch, scale) : null,
        categories,
        observations: observationsPath({ ...behind, version }),
      };
    }),
  };
}
