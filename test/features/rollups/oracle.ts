import { shardIndex } from "../../../src/features/ingest/shard.ts";
import type { Scope } from "../../../src/platform/scope.ts";

/*
 * The buckets as they should be, worked out again from `SELECT *` without any of the code that
 * folds: rows into lists of values, lists into numbers.
 */

export type Obs = {
  trace: string;
  id: string;
  type: string;
  start: number | null;
  stop: number | null;
  first: number | null;
  env: string;
  model: string | null;
  prompt: string | null;
  version: number | null;
  err: number;
  tin: number | null;
  tout: number | null;
  ttot: number | null;
  cost: number | null;
  cost_in: number | null;
  cost_out: number | null;
  cost_cached: number | null;
  dead: number;
  split: string | null;
  user_cell: number | null;
};
export type Score = {
  owner: string;
  id: string;
  level: string;
  obs: string | null;
  name: string;
  source: string;
  type: string;
  num: number | null;
  cat: string | null;
  dead: number;
};
type Trace = { id: string; session: string | null };
type Use = { session: string; score: string; prompt: string; version: number; start: number };

const US_PER_HOUR = 3_600_000_000;
const FIVE_MINUTES = US_PER_HOUR / 12;
const WIDTHS = [FIVE_MINUTES, US_PER_HOUR, 24 * US_PER_HOUR];

/** A bucket in a form that can be compared and read when it differs. */
export type PlainCell = {
  n: number;
  errors: number;
  minutes: number[];
  metrics: Record<string, PlainStat>;
};
export type PlainStat = {
  n: number;
  sum: string;
  sumSq: string;
  min: number | null;
  max: number | null;
  bins: Record<string, number>;
  /** Values told one by one; of scores only. */
  values: Record<string, number> | null;
  categories: Record<string, number>;
};

/** Buckets of one shard by `level/prompt/version/slot/env/model`. */
export type PlainCells = Map<string, PlainCell>;

export const counts = (o: Obs): boolean =>
  o.type === "GENERATION" &&
  o.dead === 0 &&
  [o.start, o.stop, o.prompt, o.version].every((value) => value !== null);

const LN_GAMMA = Math.log(1.01 / 0.99);
export function bin(x: number): number {
  if (x === 0) return 0;
  return Math.sign(x) * (1 + Math.ceil(Math.log(Math.abs(x)) / LN_GAMMA));
}

export const other = (text: string): string => {
  const digits = (text.match(/\p{Nd}/gu) ?? []).length;
  const words = text.match(/\s+/gu)?.length ?? 0;
  if (Array.from(text).length <= 64 && digits <= 10 && words < 8) return text;
  // FNV-1a of the first 65 characters.
  let hash = 2_166_136_261;
  for (const unit of Array.from(text).slice(0, 65).join("").split("")) {
    hash = Number((BigInt(hash ^ unit.charCodeAt(0)) * 16_777_619n) & 0xffffffffn);
    hash >>>= 0;
  }
  return `(other ${hash % 16})`;
};

function tally(values: readonly (string | number)[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const value of values) found[value] = (found[value] ?? 0) + 1;
  return found;
}

/** Scores in millionths that are told by themselves: 0.01 steps up to 1, 0.05 up to 10, 1 up to 100. */
function isTold(millionths: number): boolean {
  const hundredths = Math.abs(millionths) / 10_000;
  if (!Number.isInteger(hundredths)) return false;
  if (hundredths <= 100) return true;
  return hundredths <= 1000 ? hundredths % 5 === 0 : hundredths <= 10_000 && hundredths % 100 === 0;
}

type Lists = {
  starts: number[];
  errors: number;
  /** metric -> values; a category is text, a text score is true. */
  values: Map<string, (number | string | true)[]>;
};

function plainStat(metric: string, values: readonly (number | string | true)[]): PlainStat {
  const numbers = values.filter((value) => typeof value === "number");
  const isMeasured = metric !== "at";
  const sum = numbers.reduce((total, value) => total + BigInt(value), 0n);
  const squares = numbers.reduce((total, value) => total + BigInt(value) ** 2n, 0n);
  return {
    n: values.length,
    sum: String(sum),
    sumSq: String(isMeasured ? squares : 0n),
    min: numbers.length > 0 ? Math.min(...numbers) : null,
    max: numbers.length > 0 ? Math.max(...numbers) : null,
    bins: isMeasured ? tally(numbers.map(bin)) : {},
    values: metric.includes(":NUMERIC:") ? tally(numbers.filter(isTold)) : null,
    categories: tally(values.filter((value) => typeof value === "string")),
  };
}

function measures(o: Obs): [string, number | null][] {
  const [start, stop, first] = [o.start ?? 0, o.stop ?? 0, o.first];
  return [
    ["at", start],
    ["latency", stop >= start ? stop - start : null],
    ["ttft", first !== null && first >= start ? first - start : null],
    ["tin", o.tin],
    ["tout", o.tout],
    ["ttot", o.ttot],
    ["cost", o.cost],
    ["costIn", o.cost_in],
    ["costOut", o.cost_out],
    ["costCached", o.cost_cached],
  ];
}

function scoreValue(s: Score): number | string | true | null {
  if (s.type === "NUMERIC") return s.num;
  if (s.type === "BOOLEAN" || s.type === "CATEGORICAL") return s.cat === null ? null : other(s.cat);
  return true;
}

/** Version 3 is kept as 3 where a generation named it, as -4 where a label led to it. */
const metVersion = (version: number | null): number | null =>
  version !== null && version <= -2 ? -version - 1 : version;

const earlier = (a: Obs, b: Obs): Obs => {
  const [isGuessA, isGuessB] = [a, b].map(({ version }) => (version ?? 0) < 0);
  if (isGuessA !== isGuessB) return isGuessA ? b : a;
  const [x, y] = [a.start ?? 0, b.start ?? 0];
  if (x !== y) return x < y ? a : b;
  if (a.id !== b.id) return a.id < b.id ? a : b;
  return a.trace < b.trace ? a : b;
};

/** The earliest generation of each version among these. */
export function firstOfVersions(generations: readonly Obs[]): Obs[] {
  const first = new Map<string, Obs>();
  for (const o of generations) {
    const key = `${o.prompt}/${metVersion(o.version)}`;
    const known = first.get(key);
    first.set(key, known ? earlier(known, o) : o);
  }
  return [...first.values()];
}

type Rows = { obs: Obs[]; score: Score[]; trace: Trace[]; session_use: Use[] };

export async function rowsOf(shard: D1Database, tenant: number): Promise<Rows> {
  const read = async <T>(table: string): Promise<T[]> =>
    (await shard.prepare(`SELECT * FROM ${table} WHERE project = ${tenant}`).all<T>()).results;
  return {
    obs: await read<Obs>("obs"),
    score: await read<Score>("score"),
    trace: await read<Trace>("trace"),
    session_use: await read<Use>("session_use"),
  };
}

/**
 * The buckets each shard should have. What a session's score counted before `closedUs` may be of
 * rows that are gone; it is left out for those versions, because no row tells.
 */
export async function recomputed(scope: Scope, closedUs: number): Promise<PlainCells[]> {
  const shards = await Promise.all(scope.shards.map((shard) => rowsOf(shard, scope.tenant)));
  const all = shards.flatMap(({ obs }) => obs).filter(counts);
  const sessionOf = new Map(
    shards.flatMap(({ trace }) => trace.map(({ id, session }) => [id, session] as const)),
  );

  return shards.map(({ obs, score, session_use }, index) => {
    const lists = new Map<string, Lists>();
    const put = (o: Obs, add: (cell: Lists) => void): void => {
      for (const [level, width] of WIDTHS.entries()) {
        const slot = Math.floor((o.start ?? 0) / width);
        const key = [level, o.prompt, o.version, slot, o.env, o.model ?? ""].join("/");
        const cell = lists.get(key) ?? { starts: [], errors: 0, values: new Map() };
        lists.set(key, cell);
        add(cell);
      }
    };
    const putValue = (o: Obs, metric: string, value: number | string | true | null): void => {
      if (value === null) return;
      put(o, ({ values }) => values.set(metric, [...(values.get(metric) ?? []), value]));
    };
    const generations = obs.filter(counts);
    for (const o of generations) {
      put(o, (cell) => {
        cell.starts.push(o.start ?? 0);
        cell.errors += o.err;
      });
      for (const [metric, value] of measures(o)) putValue(o, metric, value);
    }
    for (const s of score.filter(({ dead }) => dead === 0)) {
      const metric = `${s.level}:${s.source}:${s.type}:${other(s.name)}`;
      let judged: Obs[] = [];
      if (s.level === "O") {
        judged = generations.filter(({ trace, id }) => trace === s.owner && id === s.obs);
      } else if (s.level === "T") {
        judged = firstOfVersions(generations.filter(({ trace }) => trace === s.owner));
      } else if (shardIndex(s.owner, shards.length) === index) {
        const inSession = all.filter(({ trace }) => sessionOf.get(trace) === s.owner);
        judged = firstOfVersions(inSession).filter(
          ({ prompt, version }) =>
            !session_use.some(
              (u) =>
                u.session === s.owner &&
                u.score === s.id &&
                u.prompt === prompt &&
                metVersion(u.version) === metVersion(version) &&
                u.start < closedUs,
            ),
        );
      }
      for (const o of judged) putValue(o, metric, scoreValue(s));
    }
    return new Map(
      [...lists].map(([key, { starts, errors, values }]): [string, PlainCell] => {
        const minutes = [0, 0, 0, 0, 0];
        if (key.startsWith("0/")) {
          for (const start of starts) {
            const minute = Math.floor((start % FIVE_MINUTES) / 60_000_000);
            minutes[minute] = (minutes[minute] ?? 0) + 1;
          }
        }
        const metrics = [...values].map(([metric, list]) => [metric, plainStat(metric, list)]);
        return [
          key,
          { n: starts.length, errors, minutes, metrics: Object.fromEntries(metrics) as never },
        ];
      }),
    );
  });
}

/** First instant of the bucket that a key of `PlainCells` names, and its level. */
export function placeOf(key: string): { level: 0 | 1 | 2; fromUs: number; slot: number } {
  const parts = key.split("/");
  const level = Number(parts[0]) as 0 | 1 | 2;
  const slot = Number(parts[3]);
  return { level, slot, fromUs: slot * (WIDTHS[level] ?? 0) };
}
