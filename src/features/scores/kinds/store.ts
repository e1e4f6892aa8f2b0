import type { Scope } from "../../../platform/scope.ts";
import { KEPT_DAYS, MAX_KINDS } from "./kind.ts";

const MS_PER_DAY = 86_400_000;

/** ?1 project; ?2 the first day that is kept. */
const FORGET = "DELETE FROM score_kind WHERE project = ?1 AND used_on < ?2";

/** ?1 project, ?2 JSON list of kinds, ?3 today. */
const KEEP = `UPDATE score_kind SET used_on = ?3
  WHERE project = ?1 AND used_on < ?3 AND kind IN (SELECT value FROM json_each(?2))`;

const ENTER = `INSERT INTO score_kind (project, kind, used_on)
  SELECT ?1, k.value, ?3 FROM json_each(?2) k
  WHERE NOT EXISTS (SELECT 1 FROM score_kind h WHERE h.project = ?1 AND h.kind = k.value)
  ORDER BY k.key
  LIMIT (SELECT max(0, ${MAX_KINDS} - count(*)) FROM score_kind WHERE project = ?1)`;

const KNOWN = `SELECT kind FROM score_kind
  WHERE project = ?1 AND kind IN (SELECT value FROM json_each(?2))`;

/**
 * Enters kinds that are new, in their order, as long as there is room. One transaction, so that
 * requests at the same moment share the room.
 *
 * @returns those that the project uses now
 */
export async function enterKinds(
  { env, tenant, now }: Scope,
  kinds: readonly string[],
): Promise<string[]> {
  const today = Math.floor(now.getTime() / MS_PER_DAY);
  const list = JSON.stringify(kinds);
  const [, , , known] = await env.DB.batch<{ kind: string }>([
    env.DB.prepare(FORGET).bind(tenant, today - KEPT_DAYS),
    env.DB.prepare(KEEP).bind(tenant, list, today),
    env.DB.prepare(ENTER).bind(tenant, list, today),
    env.DB.prepare(KNOWN).bind(tenant, list),
  ]);
  return known?.results.map(({ kind }) => kind) ?? [];
}
