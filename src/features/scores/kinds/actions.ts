import { logEvent } from "../../../platform/log.ts";
import { memo } from "../../../platform/memo.ts";
import type { Scope } from "../../../platform/scope.ts";
import { KEPT_DAYS, type KindOf, kindOf, MAX_KINDS } from "./kind.ts";
import { enterKinds } from "./store.ts";

const TTL_MS = 3_600_000;
const MAX_PROJECTS = 1_000;
/** How long ingestion waits for D1, which it can do without. */
const PATIENCE_MS = 2_000;

/** Kinds that D1 said a project uses, in this isolate. Shorter than a day, so that their days are kept. */
const memory = memo<ReadonlySet<string>>(TTL_MS, MAX_PROJECTS);

/**
 * Scores of kinds that the project has no room for. Which came first is decided once, when they
 * are taken in, and never when they are counted: rows tell buckets the same at any time. While D1
 * does not answer, all are taken.
 *
 * @returns the refused ones, and why
 */
export async function refusedKinds<S extends KindOf>(
  scope: Scope,
  scores: readonly S[],
): Promise<{ refused: ReadonlySet<S>; message: string }> {
  const message = `name: the project uses ${MAX_KINDS} kinds of scores (name, source and data type); one makes room when nobody sends it for ${KEPT_DAYS} days`;
  const nowMs = scope.now.getTime();
  const key = String(scope.tenant);
  const known = memory.get(key, nowMs) ?? new Set<string>();
  const asked = new Set(scores.map(kindOf).filter((kind) => kind !== null));
  for (const kind of known) asked.delete(kind);
  if (asked.size === 0) return { refused: new Set(), message };
  try {
    const entered = await Promise.race([
      enterKinds(scope, [...asked]),
      scheduler.wait(PATIENCE_MS).then(() => {
        throw new Error(`no answer in ${PATIENCE_MS} ms`);
      }),
    ]);
    const used = new Set([...known, ...entered]);
    memory.set(key, used, nowMs);
    const isRefused = (kind: string | null): boolean => kind !== null && !used.has(kind);
    return { refused: new Set(scores.filter((score) => isRefused(kindOf(score)))), message };
  } catch (error) {
    logEvent("kinds of scores are not checked", { reason: String(error) });
    return { refused: new Set(), message };
  }
}
