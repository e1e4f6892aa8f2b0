import { expect } from "vitest";

import { expectedVersions, type Facts, type ScoreLine, type Spread } from "./facts.ts";
import type { E2eProject } from "./instance.ts";

type Distribution = Record<string, number | null>;

type VersionMetrics = {
  version: number;
  labels: string[];
  count: number;
  errors: number;
  firstAt: string;
  lastAt: string;
  scores: ({ name: string; source: string | null; dataType: string; n: number } & Record<
    string,
    unknown
  >)[];
} & Record<string, unknown>;

export type Metrics = { data: VersionMetrics[]; fallback: { count: number } };

export async function metricsOf(project: E2eProject, prompt: string): Promise<Metrics> {
  const path = `/api/public/prompts/${encodeURIComponent(prompt)}/metrics`;
  const { status, json } = await project.ask("GET", path);
  expect(status, JSON.stringify(json)).toBe(200);
  return json as Metrics;
}

/** The value at rank `q (n - 1)`, rounded down: what the sketch approximates. */
const rankOf = ({ sorted, n }: Spread, q: number): number => sorted[Math.floor(q * (n - 1))] ?? NaN;

/** Quantiles may be 1 % off, and what was rounded to the microsecond a microsecond. */
function near(
  actual: unknown,
  expected: number,
  share: number,
  slack: number,
  where: string,
): void {
  expect(actual, where).toBeTypeOf("number");
  const off = Math.abs((actual as number) - expected);
  expect(off, `${where}: ${String(actual)} instead of ${expected}`).toBeLessThanOrEqual(
    Math.abs(expected) * share + slack,
  );
}

/** @param slack how far a single value may be off: clients round instants to the microsecond */
function expectSpread(
  actual: Distribution | undefined,
  expected: Spread | null,
  quantiles: Record<string, number>,
  where: string,
  slack = 1e-9,
): void {
  expect(actual, where).toBeDefined();
  if (!actual) return;
  if (!expected) {
    expect(actual["n"], where).toBe(0);
    const { n: _n, intervals: _needs, ...rest } = actual;
    for (const [key, value] of Object.entries(rest)) expect(value, `${where}.${key}`).toBeNull();
    return;
  }
  expect(actual["n"], `${where}.n`).toBe(expected.n);
  // Means are told to a thousandth of a token.
  const thousandth = where.includes("Tokens") ? 0.0005 : 0;
  near(actual["mean"], expected.sum / expected.n, 0, slack + thousandth, `${where}.mean`);
  near(actual["min"], expected.min, 0, slack, `${where}.min`);
  near(actual["max"], expected.max, 0, slack, `${where}.max`);
  if ("total" in actual) near(actual["total"], expected.sum, 0, slack, `${where}.total`);
  for (const [key, q] of Object.entries(quantiles)) {
    near(actual[key], rankOf(expected, q), 0.0101, slack, `${where}.${key}`);
  }
}

const OF_CALLS = { p50: 0.5, p95: 0.95, p99: 0.99 };
const OF_SCORES = { p5: 0.05, p50: 0.5, p95: 0.95 };
const HAS_TOTAL = [
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "costUsd",
  "inputCostUsd",
  "outputCostUsd",
] as const;

function expectScoreLine(
  lines: VersionMetrics["scores"],
  expected: ScoreLine,
  where: string,
): void {
  const at = `${where}.scores[${expected.name}, ${expected.source ?? "all sources"}]`;
  const found = lines.filter(
    ({ name, source }) => name === expected.name && source === expected.source,
  );
  expect(found, at).toHaveLength(1);
  const [line] = found;
  if (!line) return;
  expect(line.dataType, at).toBe(expected.dataType);
  expect(line.n, at).toBe(expected.n);
  if (expected.categories) expect(line["categories"], at).toEqual(expected.categories);
  if (expected.spread)
    expectSpread(line as unknown as Distribution, expected.spread, OF_SCORES, at);
}

/**
 * Compares every line of a prompt's metrics with what follows from the facts: counts and sums
 * exactly, quantiles within the 1 % of the sketch.
 */
export function expectMetrics(
  { data }: Metrics,
  facts: Facts,
  prompt: string,
  labels: Record<number, string[]>,
): void {
  const expected = expectedVersions(facts, prompt);
  const used = data.filter(({ count }) => count > 0);
  expect(used.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(
    expected.map(({ version }) => version),
  );
  for (const want of expected) {
    const where = `${prompt} v${want.version}`;
    const have = used.find(({ version }) => version === want.version);
    if (!have) throw new Error(`${where} is missing`);
    expect(have.labels.toSorted(), where).toEqual((labels[want.version] ?? []).toSorted());
    expect(have.count, where).toBe(want.count);
    expect(have.errors, where).toBe(want.errors);
    expect(Date.parse(have.firstAt), where).toBe(Math.floor(want.firstAtUs / 1000));
    expect(Date.parse(have.lastAt), where).toBe(Math.floor(want.lastAtUs / 1000));
    for (const metric of ["latencyMs", "timeToFirstTokenMs"] as const) {
      const actual = have[metric] as Distribution;
      expectSpread(actual, want[metric], OF_CALLS, `${where}.${metric}`, 0.0011);
    }
    for (const metric of HAS_TOTAL) {
      const actual = have[metric] as Distribution;
      expectSpread(actual, want[metric], OF_CALLS, `${where}.${metric}`);
      if (want[metric]) expect(actual, `${where}.${metric}`).toHaveProperty("total");
    }
    expect(have.scores, where).toHaveLength(want.scores.length);
    for (const line of want.scores) expectScoreLine(have.scores, line, where);
  }
}
