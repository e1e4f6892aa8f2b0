import type { Arm, SplitCause } from "../../../src/features/prompts/splits/table.ts";
import { deployments } from "../../../src/features/prompts/tables.ts";
import { type Cell, emptyCell } from "../../../src/features/rollups/cell.ts";
import type { CellKey } from "../../../src/features/rollups/model.ts";
import { isLiving, LEVELS, slotOf } from "../../../src/features/rollups/slots.ts";
import { saveCells } from "../../../src/features/rollups/store.ts";
import { newId } from "../../../src/lib/ids.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { addMade, type Made } from "./cells.ts";

export const PROMPT = "greet";

export type Planted = Made & {
  version: number;
  atMs: number;
  model?: string;
  environment?: string;
};

/** Writes the buckets that these generations leave: of every level that lives, half in each shard. */
export async function plant(scope: Scope, all: readonly Planted[]): Promise<void> {
  const nowUs = scope.now.getTime() * 1000;
  const sums = scope.shards.map(() => new Map<string, { key: CellKey; cell: Cell }>());
  all.forEach(({ version, atMs, model = "gpt-4o", environment = "production", ...made }, i) => {
    const cells = sums[i % sums.length];
    for (const level of LEVELS) {
      const slot = slotOf(level, atMs * 1000);
      if (!cells || !isLiving(level, slot, nowUs)) continue;
      const key = {
        level,
        project: scope.tenant,
        prompt: PROMPT,
        version,
        slot,
        environment,
        model,
      };
      const id = JSON.stringify(key);
      const sum = cells.get(id) ?? { key, cell: emptyCell() };
      addMade(sum.cell, made, atMs * 1000);
      cells.set(id, sum);
    }
  });
  for (const [i, shard] of scope.shards.entries()) {
    const cells = [...(sums[i]?.values() ?? [])].map((one) => ({ ...one, isEmpty: false }));
    const statements = saveCells(shard, cells, { sql: "1 = 1", parameters: [] });
    if (statements.length > 0) await shard.batch(statements);
  }
}

/** Writes a row of the ledger: a move, or what became of a split. */
export async function tell(
  { db, projectId }: Scope,
  at: Date,
  said: { label?: string; from?: number | null; to?: number | null; cause?: SplitCause },
): Promise<void> {
  await db.insert(deployments).values({
    project: projectId,
    id: newId("dep", at),
    name: PROMPT,
    label: said.label ?? "production",
    from: said.from ?? null,
    to: said.to ?? null,
    actorKind: "system",
    actorId: "test",
    reason: null,
    at,
    cause: said.cause ?? null,
  });
}

export const splitOf = (
  event: SplitCause["event"],
  arms: Arm[],
  split = "spl_1",
): { cause: SplitCause } => ({
  cause: { split, event, arms },
});
