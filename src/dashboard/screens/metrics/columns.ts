import type {
  Distribution,
  Interval,
  ScoreLine,
  Summed,
  VersionMetrics,
} from "../../../features/rollups/contract.ts";
import { metricName } from "../../charts/names.ts";
import type { Unit } from "../../charts/units.ts";

/** A number of a version, of how many values it is, and its 95 % interval where it has one. */
export type Cell = { value: number | null; n: number | null; interval?: Interval | undefined };

/** Which of a version's generations are behind a number, beside those of the window. */
export type Narrower = { failed?: true; scoreName?: string };

/** One column of the table of versions. */
export type Column = {
  id: string;
  group: string;
  title: string;
  unit: Unit | "instant";
  of: (line: VersionMetrics) => Cell;
  behind: Narrower;
};

type Statistic = "mean" | "min" | "p50" | "p95" | "p99" | "max" | "total";
type Measure = {
  [K in keyof VersionMetrics]: VersionMetrics[K] extends Distribution ? K : never;
}[keyof VersionMetrics];

const OF_DISTRIBUTION = ["mean", "min", "p50", "p95", "p99", "max"] as const;
const OF_SUM = ["total", ...OF_DISTRIBUTION] as const;

const MEASURES: [measure: Measure, unit: Unit, statistics: readonly Statistic[]][] = [
  ["latencyMs", "ms", OF_DISTRIBUTION],
  ["timeToFirstTokenMs", "ms", OF_DISTRIBUTION],
  ["inputTokens", "tokens", OF_SUM],
  ["outputTokens", "tokens", OF_SUM],
  ["totalTokens", "tokens", OF_SUM],
  ["costUsd", "USD", OF_SUM],
  ["inputCostUsd", "USD", OF_SUM],
  ["outputCostUsd", "USD", OF_SUM],
  ["cachedCostUsd", "USD", OF_SUM],
];

const statisticOf = (summary: Distribution | Summed, statistic: Statistic): number | null =>
  statistic !== "total" ? summary[statistic] : "total" in summary ? summary.total : null;

/** The interval of a statistic; extremes and sums have none. */
const intervalOf = (
  intervals: Readonly<Record<string, Interval>> | undefined,
  statistic: string,
): Interval | undefined =>
  intervals && Object.hasOwn(intervals, statistic) ? intervals[statistic] : undefined;

const measureColumns = (): Column[] =>
  MEASURES.flatMap(([measure, unit, statistics]) =>
    statistics.map((statistic): Column => ({
      id: `${measure}.${statistic}`,
      group: metricName(measure),
      title: statistic,
      unit,
      of: (line) => ({
        value: statisticOf(line[measure], statistic),
        n: line[measure].n,
        interval: intervalOf(line[measure].intervals, statistic),
      }),
      behind: {},
    })),
  );

type AtField = "firstAt" | "lastAt" | "firstEverAt" | "lastEverAt";

const instantColumn = (id: AtField, title: string): Column => ({
  id,
  group: "Use",
  title,
  unit: "instant",
  of: (line) => {
    const at = line[id];
    return { value: at === null ? null : Date.parse(at), n: line.count };
  },
  behind: {},
});

/** Of none there is no share. */
const shareOf = (part: number, n: number): number | null => (n === 0 ? null : part / n);

const USE: Column[] = [
  {
    id: "count",
    group: "Use",
    title: "generations",
    unit: "generations",
    of: ({ count }) => ({ value: count, n: count }),
    behind: {},
  },
  {
    id: "countThroughLabel",
    group: "Use",
    title: "named a label",
    unit: "generations",
    of: ({ count, countThroughLabel }) => ({ value: countThroughLabel, n: count }),
    behind: {},
  },
  instantColumn("firstAt", "first in window"),
  instantColumn("lastAt", "last in window"),
  instantColumn("firstEverAt", "first ever"),
  instantColumn("lastEverAt", "last ever"),
  {
    id: "errors",
    group: "Errors",
    title: "failed",
    unit: "generations",
    of: ({ errors, count }) => ({ value: errors, n: count }),
    behind: { failed: true },
  },
  {
    id: "errorRate",
    group: "Errors",
    title: "rate",
    unit: "share",
    of: ({ errorRate, count }) => ({ value: errorRate.value, n: count, interval: errorRate }),
    behind: { failed: true },
  },
];

/** A score's values of one type, from one source or (null) over all. */
type Kind = { name: string; dataType: string; source: string | null };

const kindOf = ({ name, dataType, source }: Kind): Kind => ({ name, dataType, source });

const isOf = (score: ScoreLine, { name, dataType, source }: Kind): boolean =>
  score.name === name && score.dataType === dataType && score.source === source;

/** Ids stand between commas in the address. */
const inId = (text: string): string => text.replaceAll("%", "%25").replaceAll(",", "%2C");

const idOf = ({ name, dataType, source }: Kind, statistic: string): string =>
  `score:${inId(name)}:${dataType}${source === null ? "" : `@${inId(source)}`}.${inId(statistic)}`;

const groupOf = ({ name, source }: Kind): string =>
  `${metricName(`score:${name}`)}${source === null ? "" : ` from ${source}`}`;

type ScoreStatistic = "mean" | "min" | "p5" | "p50" | "p95" | "max";
const OF_SCORES: readonly ScoreStatistic[] = ["mean", "min", "p5", "p50", "p95", "max"];

function scoreColumns(kind: Kind, categories: readonly string[]): Column[] {
  const of =
    (
      read: (score: ScoreLine) => number | null,
      interval: (score: ScoreLine) => Interval | undefined = () => undefined,
    ) =>
    (line: VersionMetrics): Cell => {
      const score = line.scores.find((each) => isOf(each, kind));
      return score
        ? { value: read(score), n: score.n, interval: interval(score) }
        : { value: null, n: 0 };
    };
  const column = (title: string, unit: Unit, cellOf: Column["of"]): Column => ({
    id: idOf(kind, title),
    group: groupOf(kind),
    title,
    unit,
    of: cellOf,
    behind: { scoreName: kind.name },
  });
  const coverage: Column = {
    ...column(
      "values",
      "values",
      of(({ n }) => n),
    ),
    id: idOf(kind, "n"),
  };
  if (kind.dataType === "NUMERIC") {
    const numbers = OF_SCORES.map((statistic) =>
      column(
        statistic,
        "score",
        of(
          (score) => score[statistic] ?? null,
          ({ intervals }) => intervalOf(intervals, statistic),
        ),
      ),
    );
    return [...numbers, coverage];
  }
  const shares = categories.map((category) =>
    column(
      `share of ${category}`,
      "share",
      of(
        (score) => shareOf(score.categories?.[category] ?? 0, score.n),
        ({ shares }) => shares?.[category],
      ),
    ),
  );
  return [...shares, coverage];
}

/** Categories that get a column each; a table of hundreds could not be read. */
const MOST_CATEGORIES = 12;

/** The categories of a score, the most frequent first. */
function categoriesOf(lines: readonly ScoreLine[], dataType: string): string[] {
  const counts = new Map<string, number>();
  for (const { categories } of lines) {
    for (const [category, count] of Object.entries(categories ?? {})) {
      counts.set(category, (counts.get(category) ?? 0) + count);
    }
  }
  // The share of False is what is left of True.
  if (dataType === "BOOLEAN" && counts.size > 0) return ["True"];
  const names = [...counts].sort(([, a], [, b]) => b - a).map(([category]) => category);
  return names.slice(0, MOST_CATEGORIES);
}

const compared = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** By name; what is over all sources before each of them. */
const byName = (a: Kind, b: Kind): number =>
  compared(a.name, b.name) ||
  compared(a.dataType, b.dataType) ||
  compared(a.source ?? "", b.source ?? "");

/** Every column that the answer has numbers for: what is measured of generations, then each score. */
export function columnsOf(lines: readonly VersionMetrics[]): Column[] {
  const scores = Map.groupBy(
    lines.flatMap((line) => line.scores),
    (score) => JSON.stringify(kindOf(score)),
  );
  const ofScores = [...scores.values()]
    .flatMap((same) => (same[0] ? [{ kind: kindOf(same[0]), same }] : []))
    .sort((a, b) => byName(a.kind, b.kind))
    .flatMap(({ kind, same }) => scoreColumns(kind, categoriesOf(same, kind.dataType)));
  return [...USE, ...measureColumns(), ...ofScores];
}

const DEFAULT_IDS = [
  "count",
  "errorRate",
  "latencyMs.p50",
  "latencyMs.p95",
  "timeToFirstTokenMs.p50",
  "totalTokens.mean",
  "costUsd.mean",
  "costUsd.total",
];
/** Over all sources: one source is shown to who chooses it. */
const OF_EACH_SCORE = /^score:.*:[A-Z]+\.(mean|share of True)$/;

/** Columns that are shown unless somebody chose others. */
export const defaultIds = (columns: readonly Column[]): string[] =>
  columns
    .filter(({ id }) => DEFAULT_IDS.includes(id) || OF_EACH_SCORE.test(id))
    .map(({ id }) => id);

/** A column and a direction, as the address has it: "costUsd.total", or "-costUsd.total" downwards. */
export type Sort = { id: string; isDown: boolean };

export const readSort = (text: string | undefined): Sort =>
  text === undefined
    ? { id: "version", isDown: true }
    : text.startsWith("-")
      ? { id: text.slice(1), isDown: true }
      : { id: text, isDown: false };

export const writeSort = ({ id, isDown }: Sort): string => (isDown ? `-${id}` : id);

/** Lines in the order of a column; what is unknown comes last either way, newer versions first. */
export function sortLines(
  lines: readonly VersionMetrics[],
  columns: readonly Column[],
  { id, isDown }: Sort,
): VersionMetrics[] {
  const column = columns.find((each) => each.id === id);
  const valueOf = (line: VersionMetrics): number | null =>
    column ? column.of(line).value : line.version;
  return lines.toSorted((a, b) => {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (x === null || y === null) {
      return x === y ? b.version - a.version : x === null ? 1 : -1;
    }
    return (isDown ? y - x : x - y) || b.version - a.version;
  });
}
