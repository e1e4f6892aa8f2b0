import { and, eq, lt, sql } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import { KEPT_DAYS, MAX_KINDS } from "./kind.ts";
import { scoreKinds } from "./tables.ts";

const MS_PER_DAY = 86_400_000;

/**
 * Enters kinds that are new, in their order, as long as there is room. One transaction, so that
 * requests at the same moment share the room.
 *
 * @returns those that the project uses now
 */
export async function enterKinds(
  { db, tenant, now }: Scope,
  kinds: readonly string[],
): Promise<string[]> {
  const today = Math.floor(now.getTime() / MS_PER_DAY);
  const list = JSON.stringify(kinds);
  const own = eq(scoreKinds.project, tenant);
  const asked = sql`${scoreKinds.kind} IN (SELECT value FROM json_each(${list}))`;
  const [, , , known] = await db.batch([
    db.delete(scoreKinds).where(and(own, lt(scoreKinds.usedOn, today - KEPT_DAYS))),
    db
      .update(scoreKinds)
      .set({ usedOn: today })
      .where(and(own, lt(scoreKinds.usedOn, today), asked)),
    db.insert(scoreKinds).select(
      sql`SELECT ${tenant}, k.value, ${today} FROM json_each(${list}) k
        WHERE NOT EXISTS (SELECT 1 FROM score_kind h WHERE h.project = ${tenant} AND h.kind = k.value)
        ORDER BY k.key
        LIMIT (SELECT max(0, ${MAX_KINDS} - count(*)) FROM score_kind WHERE project = ${tenant})`,
    ),
    db.select({ kind: scoreKinds.kind }).from(scoreKinds).where(and(own, asked)),
  ]);
  return known.map(({ kind }) => kind);
}
