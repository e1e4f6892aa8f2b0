import type { Clock } from "./model.ts";

/**
 * What is known of one observation, trace or score: per field the value, and the clock of the
 * event that said it. `merge` is commutative, associative and idempotent, so duplicates,
 * re-deliveries and any order of arrival end in the same state.
 */
export type Stamped = {
  values: Record<string, unknown>;
  clocks: Record<string, Clock | Clock[]>;
};

/**
 * How two sayings of one field become one.
 * `last`: the greater clock. `first`: the smaller one, for what never changes once said.
 * `union`: sets. `list`: all of them in the order of their clocks. `ever`: true for good.
 * `place`: as `last`, of where something is stored; the places that lose are listed in `replaced`,
 * so that all that was ever stored of a thing can be erased.
 */
export type Policy = "last" | "first" | "union" | "list" | "ever" | "place";

/** Longest list and set of a row: the newest, and the first in the order of their texts. */
export const MAX_ENTRIES = 500;

export type Policies = Readonly<Record<string, Policy>>;

export const OBSERVATION_POLICIES: Policies = {
  startUs: "first",
  environment: "first",
  input: "place",
  output: "place",
  metadata: "list",
  replaced: "list",
  deleted: "ever",
};

export const TRACE_POLICIES: Policies = {
  timestampUs: "first",
  environment: "first",
  tags: "union",
  input: "place",
  output: "place",
  metadata: "list",
  replaced: "list",
  deleted: "ever",
};

export const SCORE_POLICIES: Policies = { environment: "first", deleted: "ever" };

type Said = { value: unknown; clock: Clock | Clock[] };

const saidOf = ({ values, clocks }: Stamped, field: string): Said => ({
  value: values[field],
  clock: clocks[field] ?? "",
});

const isObject = (value: unknown): value is object => value !== null && typeof value === "object";

/** The same value with the keys of its objects in order. What needs no new order is not copied. */
function ordered(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.some(isObject) ? value.map(ordered) : value;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    fields[key] = ordered((value as Record<string, unknown>)[key]);
  }
  return fields;
}

/** Canonical text of a value: equal values give equal texts, whatever the order of keys. */
const canonical = (value: unknown): string => JSON.stringify(ordered(value));

/** Negative when `a` comes before `b`. One clock with two values is a client's mistake; text decides. */
function compare(a: Said, b: Said): number {
  if (a.clock !== b.clock) return a.clock < b.clock ? -1 : 1;
  const [left, right] = [canonical(a.value), canonical(b.value)];
  return left === right ? 0 : left < right ? -1 : 1;
}

const newer = (a: Clock | Clock[], b: Clock | Clock[]): Clock | Clock[] => (a > b ? a : b);

function mergeUnion(a: Said, b: Said): Said {
  const all = new Set([...(a.value as string[]), ...(b.value as string[])]);
  return { value: [...all].sort().slice(0, MAX_ENTRIES), clock: newer(a.clock, b.clock) };
}

function mergeList(a: Said, b: Said): Said {
  const entries = new Map<string, [Clock, string]>();
  for (const { value, clock } of [a, b]) {
    (value as string[]).forEach((item, i) => {
      const at = Array.isArray(clock) ? (clock[i] ?? "") : clock;
      entries.set(`${at}\n${item}`, [at, item]);
    });
  }
  const sorted = [...entries.entries()]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .slice(-MAX_ENTRIES)
    .map(([, e]) => e);
  return { value: sorted.map(([, item]) => item), clock: sorted.map(([at]) => at) };
}

function mergeField(policy: Policy, a: Said, b: Said): Said {
  switch (policy) {
    case "union":
      return mergeUnion(a, b);
    case "list":
      return mergeList(a, b);
    case "first":
      return compare(a, b) <= 0 ? a : b;
    case "last":
    case "place":
      return compare(a, b) >= 0 ? a : b;
    case "ever":
      return { value: true, clock: newer(a.clock, b.clock) };
  }
}

/** The place that gave way, as a list of one; undefined when both say the same. */
function loserOf(a: Said, b: Said): Said | undefined {
  const order = compare(a, b);
  if (order === 0) return undefined;
  const { value, clock } = order < 0 ? a : b;
  return { value: [value], clock };
}

/** The state that follows from both. */
export function merge(policies: Policies, a: Stamped, b: Stamped): Stamped {
  const merged: Stamped = { values: { ...a.values }, clocks: { ...a.clocks } };
  const losers: Said[] = [];
  for (const [field, value] of Object.entries(b.values)) {
    const theirs: Said = { value, clock: b.clocks[field] ?? "" };
    const policy = policies[field] ?? "last";
    const ours = field in a.values ? saidOf(a, field) : undefined;
    const said = ours ? mergeField(policy, ours, theirs) : theirs;
    merged.values[field] = said.value;
    merged.clocks[field] = said.clock;
    const loser = ours && policy === "place" ? loserOf(ours, theirs) : undefined;
    if (loser) losers.push(loser);
  }
  for (const loser of losers) {
    const held = "replaced" in merged.values ? saidOf(merged, "replaced") : undefined;
    const { value, clock } = held ? mergeList(held, loser) : loser;
    merged.values["replaced"] = value;
    merged.clocks["replaced"] = clock;
  }
  return merged;
}

/** One event's sayings. `id` names the row and `clock` is spread over the fields, so both are left out. */
export function stamp(policies: Policies, patch: { clock: Clock; id: string }): Stamped {
  const { clock, id: _id, ...fields } = patch;
  const stamped: Stamped = { values: {}, clocks: {} };
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    stamped.values[field] =
      policies[field] === "union" ? [...new Set(value as string[])].sort() : value;
    stamped.clocks[field] = clock;
  }
  return stamped;
}

/** How a state is stored: most rows are touched by one event, so one clock stands for all fields. */
type Doc = { v: Record<string, unknown>; c: Clock; cs?: Record<string, Clock | Clock[]> };

function flatten(clock: Clock | Clock[]): Clock | Clock[] {
  return Array.isArray(clock) && clock.length === 1 ? (clock[0] ?? "") : clock;
}

/** Canonical JSON of a state: equal states give equal texts. */
export function encode({ values, clocks }: Stamped): string {
  const fields = Object.keys(values).sort();
  let c: Clock = "";
  for (const field of fields) {
    const clock = flatten(clocks[field] ?? "");
    if (typeof clock === "string" && clock > c) c = clock;
  }
  const v: Doc["v"] = {};
  const cs: NonNullable<Doc["cs"]> = {};
  let hasExceptions = false;
  for (const field of fields) {
    v[field] = ordered(values[field]);
    const clock = flatten(clocks[field] ?? "");
    if (clock === c) continue;
    cs[field] = clock;
    hasExceptions = true;
  }
  // Written in the order of their names, as `canonical` would; sorting it all again costs twice.
  const doc: Doc = hasExceptions ? { c, cs, v } : { c, v };
  return JSON.stringify(doc);
}

/** Reads what `encode` wrote. */
export function decode(text: string): Stamped {
  const { v, c, cs = {} } = JSON.parse(text) as Doc;
  const clocks: Stamped["clocks"] = {};
  for (const field of Object.keys(v)) clocks[field] = cs[field] ?? c;
  return { values: v, clocks };
}
