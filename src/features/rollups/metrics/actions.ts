import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import {
  FALLBACK_VERSION,
  promptVersionOf,
  throughLabel,
  UNRESOLVED_VERSION,
} from "../../ingest/model.ts";
import { findPrompt, notFound } from "../../prompts/index.ts";
import { type Cell, emptyCell, mergeCellInto } from "../cell.ts";
import type { Metrics, MetricsQuery } from "../contract.ts";
import { cover, type SlotRange, US_PER_DAY } from "../slots.ts";
import { type Filter, selectCells } from "../store.ts";
import { versionsWithTraffic } from "./store.ts";
import { summarise } from "./summary.ts";

/** All time when nothing is said: up to the end of tomorrow, because clients' clocks run ahead. */
function rangesOf({ from, to }: MetricsQuery, now: Date): SlotRange[] {
  const nowUs = now.getTime() * 1000;
  const endUs = (Math.floor(nowUs / US_PER_DAY) + 2) * US_PER_DAY;
  return cover(
    { from: (from?.getTime() ?? 0) * 1000, to: to ? to.getTime() * 1000 : endUs },
    nowUs,
  );
}

/** Each version's cells of a time range, merged over slots, shards, environments and models. */
export async function readVersionCells(
  { shards, tenant }: Scope,
  {
    prompt,
    versions,
    ranges,
    filter,
  }: {
    prompt: string;
    versions: readonly number[];
    ranges: readonly SlotRange[];
    filter: Filter;
  },
): Promise<Map<number, Cell>> {
  const wanted = versions.flatMap((version) =>
    ranges.map((range) => ({ ...range, project: tenant, prompt, version })),
  );
  const merged = new Map<number, Cell>();
  await Promise.all(
    shards.map(async (shard) => {
      for await (const { key, cell } of selectCells(shard, wanted, filter)) {
        const sum = merged.get(key.version) ?? emptyCell();
        mergeCellInto(sum, cell);
        merged.set(key.version, sum);
      }
    }),
  );
  return merged;
}

/** What belongs to no version, such as fallbacks, always is. */
function isShown(stored: number, shown: readonly number[]): boolean {
  const version = promptVersionOf(stored);
  return version === null || shown.includes(version);
}

const countOf = (cells: ReadonlyMap<number, Cell>, stored: number) => ({
  count: cells.get(stored)?.n ?? 0,
});

/** All that a version did, whether generations named it or a label led to it. */
function cellOf(cells: ReadonlyMap<number, Cell>, version: number): Cell {
  const sum = emptyCell();
  for (const stored of [version, throughLabel(version)]) {
    const cell = cells.get(stored);
    if (cell) mergeCellInto(sum, cell);
  }
  return sum;
}

/**
 * What the versions of a prompt did in a time range, from buckets only. Versions of the registry
 * are there without traffic, and versions with traffic without the registry.
 *
 * @throws Refusal not_found for a name or a version that neither knows
 */
export async function readMetrics(
  scope: Scope,
  name: string,
  query: MetricsQuery,
): Promise<Metrics> {
  const [prompt, seen] = await Promise.all([
    findPrompt(scope, name),
    versionsWithTraffic(scope, name),
  ]);
  if (!prompt && seen.length === 0) throw notFound(name);
  const labels = new Map(prompt?.versions.map((each) => [each.version, each.labels] as const));
  const used = seen.flatMap((stored) => promptVersionOf(stored) ?? []);
  const numbers = new Set([...labels.keys(), ...used]);
  if (query.version !== undefined && !numbers.has(query.version)) {
    throw new Refusal("not_found", `Prompt not found: '${name}' has no version ${query.version}`);
  }
  const shown = query.version === undefined ? [...numbers] : [query.version];
  const cells = await readVersionCells(scope, {
    prompt: name,
    versions: seen.filter((stored) => isShown(stored, shown)),
    ranges: rangesOf(query, scope.now),
    filter: { environment: query.environment ?? null, model: query.model ?? null },
  });
  return {
    data: shown
      .sort((a, b) => a - b)
      .map((version) => summarise(cellOf(cells, version), version, labels.get(version) ?? [])),
    fallback: countOf(cells, FALLBACK_VERSION),
    unresolved: countOf(cells, UNRESOLVED_VERSION),
  };
}
