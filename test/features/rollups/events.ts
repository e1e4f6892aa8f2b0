import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import type { Scope } from "../../../src/platform/scope.ts";

/** Random events of a small world, so that they meet: few traces, few ids, few values. */

type Random = () => number;

export const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;
/** The first more often than all others together. */
const mostly = <T>(random: Random, list: readonly T[]): T =>
  random() < 0.8 ? (list[0] as T) : pick(random, list);
export const chance = (random: Random, share: number): boolean => random() < share;

const TRACES = ["t1", "t2", "t3", "t4", "t5"];
const IDS = ["a", "b", "c"];
export const SPLITS = ["spl_1", "spl_2"];
const SESSIONS = ["s1", "s2"];
// The first is drawn most: buckets of one value have no extremes to lose.
const PROMPTS = ["greet", "sum"];
const VERSIONS = [1, 2, 3];
/** Nobody moved "nowhere", see `moveLabels`. */
const LABELS = ["live", "live", "nowhere"];
const LATENCIES_US = [0, 100, 250_000, 1_000_000, 7_654_321, 9_000_000, -5];
const TOKENS = [0, 7, 90, 100, 1234, 5000];
const COSTS_USD = [0, 0.000_001, 0.02, 0.02, 1.5];
const NAMES = [
  "quality",
  "thumb",
  "a name that is far longer than sixty-four characters allow it to be",
];
// 0.99 and 1 share a bin, as do 1/3 and 0.33; thirds are told by their bins only.
const NUMBERS = [0, 0.5, 0.5, 1, 0.99, -2, 3.25, 1 / 3, 0.33, 250];
const CATEGORIES = ["good", "bad", "y".repeat(70), "order 12345678901"];

const HOUR_MS = 3_600_000;
const AGES_MS = [0, 0, 60_000, 200_000, 400_000, HOUR_MS, 30 * HOUR_MS];
const OLD_MS = [70 * HOUR_MS, 72 * HOUR_MS, 80 * HOUR_MS, 10 * 24 * HOUR_MS, 25 * 24 * HOUR_MS];

export type World = { random: Random; nowMs: number; serial: number };

function instantUs({ random, nowMs }: World): number {
  const age = pick(random, chance(random, 0.8) ? AGES_MS : OLD_MS);
  // Coarse steps: many generations share a minute, some share the instant.
  return (Math.floor((nowMs - age) / 30_000) * 30_000 + pick(random, [0, 0, 1, 999])) * 1000;
}

const clock = (world: World): string =>
  clockOf(
    chance(world.random, 0.3),
    world.nowMs - pick(world.random, [0, 1, 5000]),
    `e${world.serial++}`,
  );

function observation(world: World): StoredRows["observations"][number] {
  const { random } = world;
  const startUs = instantUs(world);
  const fields = {
    type: mostly(random, ["GENERATION", "SPAN"] as const),
    startUs,
    endUs: startUs + pick(random, LATENCIES_US),
    firstTokenUs: startUs + pick(random, LATENCIES_US),
    environment: mostly(random, ["default", "staging"]),
    model: mostly(random, ["gpt-4o", "claude-sonnet-4"]),
    level: mostly(random, ["DEFAULT", "ERROR"] as const),
    promptName: mostly(random, PROMPTS),
    // A label may have led to a version; such generations have buckets of their own.
    ...(chance(random, 0.15)
      ? { promptLabel: pick(random, LABELS) }
      : { promptVersion: mostly(random, VERSIONS) }),
    promptFallback: chance(random, 0.1),
    ...(chance(random, 0.3) ? { split: pick(random, SPLITS) } : {}),
    ...(chance(random, 0.5) ? { userCell: pick(random, [0, 7, 255]) } : {}),
    usage: {
      input: pick(random, TOKENS),
      output: pick(random, TOKENS),
      total: pick(random, TOKENS),
    },
    // The others cost what the price book says, which changes.
    ...(chance(random, 0.5)
      ? { cost: { input: pick(random, COSTS_USD), output: 0.001, total: pick(random, COSTS_USD) } }
      : {}),
    parentId: "root",
  };
  // A create says most of it at once; an update some of it.
  const share = chance(random, 0.6) ? 0.98 : 0.3;
  const said = Object.entries(fields).filter(() => chance(random, share));
  return {
    ...Object.fromEntries(said),
    id: pick(random, IDS),
    traceId: pick(random, TRACES),
    clock: clock(world),
    ...(chance(random, 0.06) ? { deleted: true as const } : {}),
  };
}

function trace(world: World): StoredRows["traces"][number] {
  const { random } = world;
  return {
    id: pick(random, TRACES),
    clock: clock(world),
    ...(chance(random, 0.8) ? { sessionId: pick(random, SESSIONS) } : {}),
    timestampUs: world.nowMs * 1000,
  };
}

function score(world: World): StoredRows["scores"][number] {
  const { random } = world;
  const place = pick(random, [
    { traceId: pick(random, TRACES), observationId: pick(random, IDS) },
    { traceId: pick(random, TRACES) },
    { sessionId: pick(random, SESSIONS) },
  ]);
  const value = pick(random, [
    { dataType: "NUMERIC" as const, value: pick(random, NUMBERS) },
    { dataType: "NUMERIC" as const, value: pick(random, NUMBERS) },
    { dataType: "BOOLEAN" as const, value: 1, stringValue: "True" },
    { dataType: "CATEGORICAL" as const, stringValue: pick(random, CATEGORIES) },
    { dataType: "TEXT" as const, stringValue: "some words" },
  ]);
  return {
    id: `score-${pick(random, [1, 2, 3, 4])}`,
    clock: clock(world),
    name: pick(random, NAMES),
    source: pick(random, ["API", "EVAL"] as const),
    timestampUs: world.nowMs * 1000,
    ...place,
    ...value,
    ...(chance(random, 0.1) ? { deleted: true as const } : {}),
  };
}

const times = <T>(random: Random, max: number, make: () => T): T[] =>
  Array.from({ length: Math.floor(random() * (max + 1)) }, make);

/** Where labels pointed: `live` of each prompt at version 1, and at 2 from a moment that events straddle. */
export async function moveLabels({ env, projectId }: Scope, nowMs: number): Promise<void> {
  const moves = PROMPTS.flatMap((name) => [
    { name, version: 1, at: nowMs - 60 * 24 * HOUR_MS },
    { name, version: 2, at: nowMs - HOUR_MS / 2 },
  ]);
  await env.DB.batch(
    moves.map(({ name, version, at }) =>
      env.DB.prepare(
        `INSERT INTO deployment (project, id, name, label, from_version, to_version, actor_kind,
           actor_id, at) VALUES (?1, ?2, ?3, 'live', NULL, ?4, 'system', 'test', ?5)`,
      ).bind(projectId, `${projectId}-${name}-${version}`, name, version, at),
    ),
  );
}

/** What one accepted request brings. */
export const randomRows = (world: World): StoredRows => ({
  v: 1,
  observations: times(world.random, 6, () => observation(world)),
  traces: times(world.random, 1, () => trace(world)),
  scores: times(world.random, 2, () => score(world)),
});
