import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { promptVersionOf } from "../../ingest/model.ts";
import { type LedgerRow, newestDeployments } from "../../prompts/index.ts";
import { observationsPath } from "../behind.ts";
import type { Cell } from "../cell.ts";
import { readGroupedCells, requireKnown } from "../metrics/actions.ts";
import {
  STATISTICS_OF,
  type MetricLines,
  type SeriesMetric,
  type Timeseries,
  type TimeseriesEvent,
  type TimeseriesQuery,
} from "./contract.ts";
import { metricText, seriesOf, unitOf, wishOf } from "./points.ts";
import { spanOfSteps, type Steps, stepsOf, stepUs } from "./steps.ts";

const US_PER_MS = 1000;
const US_PER_SECOND = 1e6;
/** Points of all lines of one metric together. */
const MAX_POINTS = 20_000;
/** An interval takes far longer than its number. */
const MAX_POINTS_WITH_INTERVALS = 5_000;
const MAX_EVENTS = 500;

const usOf = (instant: Date | undefined): number | undefined =>
  instant && instant.getTime() * US_PER_MS;
const isoOf = (us: number): string => new Date(us / US_PER_MS).toISOString();

const refuse = (path: string, message: string): Refusal =>
  new Refusal("invalid_request", `query ${path}: ${message}`, { issues: [{ path, message }] });

function requireSteps({ from, to, granularity, metric }: TimeseriesQuery, now: Date): Steps {
  const steps = stepsOf(
    { fromUs: usOf(from), toUs: usOf(to) },
    granularity,
    metric.kind === "count",
    now.getTime() * US_PER_MS,
  );
  if ("message" in steps) throw refuse(steps.path, steps.message);
  return steps;
}

function requireBounded(
  versions: readonly number[],
  { from, to, pointsPerSlot }: Steps,
  hasIntervals: boolean,
): void {
  const points = versions.length * (to - from) * pointsPerSlot;
  const most = hasIntervals ? MAX_POINTS_WITH_INTERVALS : MAX_POINTS;
  if (points <= most) return;
  const isFew = points <= MAX_POINTS;
  throw refuse(
    isFew ? "intervals" : "version",
    `${versions.length} versions would have ${points} points, of at most ${most}${hasIntervals ? " with intervals" : ""}; name fewer, or ask for a shorter range`,
  );
}

export const eventOf = (row: LedgerRow): TimeseriesEvent => ({
  id: row.id,
  at: row.at.toISOString(),
  label: row.label,
  from: row.from,
  to: row.to,
  kind: row.cause === null ? "move" : "split" in row.cause ? "split" : "dependency",
  reason: row.reason,
});

/** Cells by version and slot, merged over shards, environments, models, and links by number or label. */
async function readSlots(
  scope: Scope,
  wanted: Parameters<typeof readGroupedCells>[1],
): Promise<Map<number, Map<number, Cell>>> {
  const cells = await readGroupedCells(
    scope,
    wanted,
    ({ version, slot }) => `${promptVersionOf(version) ?? version}/${slot}`,
  );
  const byVersion = new Map<number, Map<number, Cell>>();
  for (const [key, cell] of cells) {
    const [version, slot] = key.split("/").map(Number);
    if (version === undefined || slot === undefined) continue;
    const slots = byVersion.get(version) ?? new Map<number, Cell>();
    byVersion.set(version, slots.set(slot, cell));
  }
  return byVersion;
}

/** What is read for every metric of a query. */
type Reading = { prompt: string; query: TimeseriesQuery; versions: number[]; steps: Steps };

/** One metric over time. @param stored what the buckets of these versions are kept by */
async function linesOf(
  scope: Scope,
  metric: SeriesMetric,
  stored: number[],
  { prompt, query, versions, steps }: Reading,
): Promise<MetricLines> {
  const { source, environment = null, model = null } = query;
  const filter = { environment, model };
  const span = spanOfSteps(steps);
  const cells = await readSlots(scope, {
    prompt,
    versions: stored,
    ranges: [{ level: steps.level, from: steps.from, to: steps.to }],
    filter,
    wish: wishOf(metric, source),
  });
  const asked = new Set(query.statistic ?? STATISTICS_OF[metric.kind]);
  const hasIntervals = query.intervals ?? false;
  const behind = { prompt, fromUs: span.from, toUs: span.to, ...filter };
  return {
    metric: metricText(metric),
    unit: unitOf(metric),
    data: versions.flatMap((version) =>
      seriesOf({ cells: cells.get(version) ?? new Map(), steps, metric, asked, hasIntervals }).map(
        (series) => ({
          version,
          ...series,
          observations: observationsPath({ ...behind, version }),
        }),
      ),
    ),
  };
}

/** A metric over time, per version, with the deployments that happened meanwhile. @throws Refusal */
export async function readTimeseries(
  scope: Scope,
  name: string,
  query: TimeseriesQuery,
): Promise<Timeseries> {
  const { metric, also, granularity } = query;
  const known = await requireKnown(scope, name, query.version);
  const withTraffic = new Set(known.stored.map((stored) => promptVersionOf(stored)));
  const versions = (
    query.version ?? known.versions.filter((version) => withTraffic.has(version))
  ).toSorted((a, b) => a - b);
  const steps = requireSteps(query, scope.now);
  requireBounded(versions, steps, query.intervals ?? false);
  const span = spanOfSteps(steps);
  const stored = known.stored.filter((each) => versions.includes(promptVersionOf(each) ?? 0));
  const reading = { prompt: name, query, versions, steps };
  const [lines, others, events] = await Promise.all([
    linesOf(scope, metric, stored, reading),
    also && Promise.all(also.map((each) => linesOf(scope, each, stored, reading))),
    newestDeployments(scope, name, {
      from: new Date(span.from / US_PER_MS),
      to: new Date(span.to / US_PER_MS),
      limit: MAX_EVENTS,
    }),
  ]);
  const isCoarser = granularity === "minute" && steps.pointsPerSlot === 1;
  return {
    metric: lines.metric,
    unit: lines.unit,
    granularity,
    stepSeconds: stepUs(steps) / US_PER_SECOND,
    note: isCoarser
      ? "Only count is kept per minute; this metric is told in 5-minute steps."
      : null,
    from: isoOf(span.from),
    to: isoOf(span.to),
    data: lines.data,
    ...(others ? { also: others } : {}),
    deployments: events.map(eventOf),
  };
}
