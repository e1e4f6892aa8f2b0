import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import {
  FALLBACK_VERSION,
  promptVersionOf,
  throughLabel,
  UNRESOLVED_VERSION,
} from "../../ingest/model.ts";
import { findPrompt, notFound } from "../../prompts/index.ts";
import { observationsPath } from "../behind.ts";
import { type Cell, emptyCell, mergeCellInto } from "../cell.ts";
import type { Metrics, MetricsQuery } from "../contract.ts";
import { cover, type Level, type SlotRange, US_PER_DAY } from "../slots.ts";
import { type Filter, selectCells, type Wish } from "../store.ts";
import { NEVER, usesEver, versionsWithTraffic, wider } from "./store.ts";
import { summarise } from "./summary.ts";

const US_PER_MS = 1000;

/** All time when nothing is said: up to the end of tomorrow, because clients' clocks run ahead. */
export function rangesOf({ from, to }: Pick<MetricsQuery, "from" | "to">, now: Date): SlotRange[] {
  const nowUs = now.getTime() * US_PER_MS;
  const endUs = (Math.floor(nowUs / US_PER_DAY) + 2) * US_PER_DAY;
  return cover(
    { from: (from?.getTime() ?? 0) * US_PER_MS, to: to ? to.getTime() * US_PER_MS : endUs },
    nowUs,
  );
}

/** Which buckets are read: stored versions of a prompt in ranges of slots, for whom. */
export type CellsWanted = {
  prompt: string;
  versions: readonly number[];
  ranges: readonly SlotRange[];
  filter: Filter;
  wish?: Wish;
};

/** Where a cell is merged into: all of one group become one. */
type Key = { version: number; level: Level; slot: number; model: string };

/** Cells of a time range, merged over shards and all that `groupOf` calls the same. */
export async function readGroupedCells<G>(
  { shards, tenant }: Scope,
  { prompt, versions, ranges, filter, wish }: CellsWanted,
  groupOf: (key: Key) => G,
): Promise<Map<G, Cell>> {
  const wanted = versions.flatMap((version) =>
    ranges.map((range) => ({ ...range, project: tenant, prompt, version })),
  );
  const merged = new Map<G, Cell>();
  await Promise.all(
    shards.map(async (shard) => {
      for await (const { key, cell } of selectCells(shard, wanted, filter, wish)) {
        const group = groupOf(key);
        const sum = merged.get(group);
        // A cell was decoded for this read alone, so the first of a group may hold the sum.
        if (sum) mergeCellInto(sum, cell);
        else merged.set(group, cell);
      }
    }),
  );
  return merged;
}

/** Each version's cells of a time range, merged over slots, shards, environments and models. */
export const readVersionCells = (scope: Scope, wanted: CellsWanted): Promise<Map<number, Cell>> =>
  readGroupedCells(scope, wanted, ({ version }) => version);

/** What belongs to no version, such as fallbacks, always is. */
function isShown(stored: number, shown: readonly number[]): boolean {
  const version = promptVersionOf(stored);
  return version === null || shown.includes(version);
}

const countOf = (cells: ReadonlyMap<number, Cell>, stored: number) => ({
  count: cells.get(stored)?.n ?? 0,
});

/** All that a version did, whether generations named it or a label led to it. */
export function cellOf(cells: ReadonlyMap<number, Cell>, version: number): Cell {
  const sum = emptyCell();
  for (const stored of [version, throughLabel(version)]) {
    const cell = cells.get(stored);
    if (cell) mergeCellInto(sum, cell);
  }
  return sum;
}

/** A prompt as buckets and the registry know it together. */
export type KnownPrompt = {
  /** Ascending. */
  versions: number[];
  labels: ReadonlyMap<number, readonly string[]>;
  /** What buckets are kept by, see `ingest/model.ts`. */
  stored: number[];
};

/**
 * Versions of the registry without traffic, and versions with traffic without the registry.
 *
 * @throws Refusal not_found for a name, or one of `asked`, that neither knows
 */
export async function requireKnown(
  scope: Scope,
  name: string,
  asked: readonly number[] = [],
): Promise<KnownPrompt> {
  const [prompt, stored] = await Promise.all([
    findPrompt(scope, name),
    versionsWithTraffic(scope, name),
  ]);
  if (!prompt && stored.length === 0) throw notFound(name);
  const labels = new Map(prompt?.versions.map((each) => [each.version, each.labels] as const));
  const used = stored.flatMap((version) => promptVersionOf(version) ?? []);
  const numbers = new Set([...labels.keys(), ...used]);
  const missing = asked.filter((version) => !numbers.has(version));
  if (missing.length > 0) {
    throw new Refusal(
      "not_found",
      `Prompt not found: '${name}' has no version ${missing.join(" and no version ")}`,
    );
  }
  return { versions: [...numbers].sort((a, b) => a - b), labels, stored };
}

/** What the versions of a prompt did in a time range, from buckets only. @throws Refusal not_found */
export async function readMetrics(
  scope: Scope,
  name: string,
  query: MetricsQuery,
): Promise<Metrics> {
  const known = await requireKnown(scope, name, query.version);
  const shown = query.version ?? known.versions;
  const filter = { environment: query.environment ?? null, model: query.model ?? null };
  const stored = known.stored.filter((version) => isShown(version, shown));
  const [cells, ever] = await Promise.all([
    readVersionCells(scope, {
      prompt: name,
      versions: stored,
      ranges: rangesOf(query, scope.now),
      filter,
    }),
    usesEver(scope, name, stored),
  ]);
  const everOf = (version: number) => ever.get(version) ?? NEVER;
  const behind = {
    prompt: name,
    fromUs: query.from ? query.from.getTime() * US_PER_MS : null,
    toUs: query.to ? query.to.getTime() * US_PER_MS : null,
    ...filter,
  };
  return {
    data: shown
      .toSorted((a, b) => a - b)
      .map((version) =>
        summarise(cellOf(cells, version), {
          version,
          labels: known.labels.get(version) ?? [],
          countThroughLabel: countOf(cells, throughLabel(version)).count,
          ever: wider(everOf(version), everOf(throughLabel(version))),
          observations: observationsPath({ ...behind, version }),
        }),
      ),
    fallback: countOf(cells, FALLBACK_VERSION),
    unresolved: countOf(cells, UNRESOLVED_VERSION),
  };
}
