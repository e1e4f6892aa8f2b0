import type { Offer } from "../../../../platform/exchange.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { overridesOf } from "../../../pricing/index.ts";
import { currentSettings } from "../../../projects/index.ts";
import { rangesOf } from "../../splits/actions.ts";
import { FORMAT } from "../contract.ts";
import { linesOffered } from "../offers/actions.ts";
import {
  labelsOf,
  ledgerOf,
  type LedgerRow,
  ledgerSizes,
  ledgersOf,
  pageOfPrompts,
  sizesOfVersions,
  type SplitRow,
  splitsOf,
  type VersionRow,
  versionsIn,
} from "../store.ts";

/** Names that are read together, the size of versions that are, and the rows of their ledgers. */
const NAMES = 50;
const CHARACTERS = 4_000_000;
const LEDGER_ROWS = 5_000;

const versionLine = (row: VersionRow, type: "text" | "chat") => ({
  kind: "version",
  name: row.name,
  version: row.version,
  type,
  prompt: row.prompt,
  config: row.config,
  commitMessage: row.commitMessage,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
});

const deploymentLine = (row: LedgerRow) => ({
  kind: "deployment",
  name: row.name,
  id: row.id,
  label: row.label,
  from: row.from,
  to: row.to,
  actor: { kind: row.actorKind, id: row.actorId },
  reason: row.reason,
  at: row.at.toISOString(),
  cause: row.cause,
});

const splitLine = (row: SplitRow) => ({
  kind: "split",
  name: row.name,
  label: row.label,
  id: row.id,
  arms: row.arms,
  ranges: rangesOf(row),
  startedAt: row.startedAt.toISOString(),
  changedAt: row.changedAt.toISOString(),
});

type Page = Awaited<ReturnType<typeof pageOfPrompts>>;

type Sizes = { name: string; version: number; size: number }[];

/** Versions in order, never more of them in memory than a bound. */
async function* versionsOf(scope: Scope, sizes: Sizes): AsyncGenerator<VersionRow> {
  let wanted: Sizes = [];
  let size = 0;
  for (const row of sizes) {
    if (size + row.size > CHARACTERS && wanted.length > 0) {
      yield* await versionsIn(scope, wanted);
      [wanted, size] = [[], 0];
    }
    wanted.push(row);
    size += row.size;
  }
  yield* await versionsIn(scope, wanted);
}

async function* longLedger(scope: Scope, name: string): AsyncGenerator<LedgerRow> {
  let place = { at: 0, seq: 0 };
  for (;;) {
    const rows = await ledgerOf(scope, name, place, LEDGER_ROWS);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < LEDGER_ROWS) return;
    place = { at: last.at.getTime(), seq: last.seq };
  }
}

/** Names of a page whose ledgers are read together; the others' are read one by one. */
async function namesWithShortLedgers(scope: Scope, names: readonly string[]): Promise<Set<string>> {
  const short = new Set(names);
  let room = LEDGER_ROWS;
  for (const { name, rows } of await ledgerSizes(scope, names)) {
    if (rows > room) short.delete(name);
    else room -= rows;
  }
  return short;
}

async function* linesOfPage(scope: Scope, page: Page): AsyncGenerator<object> {
  const names = page.map(({ name }) => name);
  const short = await namesWithShortLedgers(scope, names);
  // One batch: a ledger must end where the labels are.
  const [sizes, labelRows, splitRows, ledgerRows] = await scope.db.batch([
    sizesOfVersions(scope, names),
    labelsOf(scope, names),
    splitsOf(scope, names),
    ledgersOf(scope, [...short]),
  ]);
  const labels = Map.groupBy(labelRows, ({ name }) => name);
  const splits = Map.groupBy(splitRows, ({ name }) => name);
  const ledgers = Map.groupBy(ledgerRows, ({ name }) => name);
  const versions = versionsOf(scope, sizes);
  let next = await versions.next();
  for (const { name, type, tags } of page) {
    yield { kind: "prompt", name, type, tags };
    for (; !next.done && next.value.name === name; next = await versions.next()) {
      yield versionLine(next.value, type);
    }
    for (const { label, version } of labels.get(name) ?? []) {
      yield { kind: "label", name, label, version };
    }
    yield* (splits.get(name) ?? []).map(splitLine);
    const ledger = short.has(name) ? (ledgers.get(name) ?? []) : longLedger(scope, name);
    for await (const row of ledger) yield deploymentLine(row);
  }
}

async function* linesOf(
  scope: Scope,
  after: string,
  offers: readonly Offer[],
): AsyncGenerator<object> {
  const { projectId, now } = scope;
  yield { kind: "promptside", format: FORMAT, projectId, exportedAt: now.toISOString() };
  // Rules for single keys stay: keys do not go along.
  const { keys: _keys, scoreConfigs, ...settings } = await currentSettings(scope);
  yield { kind: "settings", settings };
  for (const config of scoreConfigs) yield { kind: "scoreConfig", config };
  for (const { model, validFrom, usdPerMillion } of await overridesOf(scope)) {
    yield { kind: "price", model, validFrom: validFrom.toISOString(), usdPerMillion };
  }
  for (let last: string | undefined = after; last !== undefined;) {
    const page: Page = await pageOfPrompts(scope, last, NAMES);
    if (page.length > 0) yield* linesOfPage(scope, page);
    last = page.length < NAMES ? undefined : page.at(-1)?.name;
  }
  yield* linesOffered(scope, offers);
}

/**
 * A project as NDJSON: settings, score configs, prices, prompts with every version, label, live split
 * and move, and what other slices offer. A line `end` closes it, so that a stream which broke off is
 * known as one. It is not of one instant: what changes while it runs may be in it or not.
 */
export function exportProject(
  scope: Scope,
  after: string,
  offers: readonly Offer[],
): ReadableStream<Uint8Array> {
  const lines = linesOf(scope, after, offers);
  const encoder = new TextEncoder();
  let written = 0;
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next();
      written++;
      const line = done ? { kind: "end", lines: written } : value;
      controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      if (done) controller.close();
    },
    cancel: async () => {
      await lines.return(undefined);
    },
  });
}
