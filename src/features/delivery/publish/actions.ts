import { openRegistry, type RegistryDb } from "../../../platform/db.ts";
import type { Env } from "../../../platform/env.ts";
import { logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import {
  askAgain,
  askedSince,
  type Claim,
  claimDocuments,
  nextDueMs,
  postponeDocument,
  readVersions,
  settleDocument,
} from "../../prompts/index.ts";
import type { StoredVersion } from "../../prompts/model.ts";
import { forgetBulks } from "../bulk/store.ts";
import { addCounts } from "../counts/store.ts";
import { render } from "../document.ts";
import { documentKey } from "../keys.ts";
import { forget, forgetAll, writeDocument } from "../store.ts";
import { backoffMs } from "./backoff.ts";

/** What draining needs: both stores, and a clock that goes on while it works. */
export type Drainer = {
  db: RegistryDb;
  kv: KVNamespace;
  clock: () => Date;
  wait: (ms: number) => Promise<unknown>;
};

type Drained = { published: number; postponed: number; more: boolean };

const CLAIMS_PER_ROUND = 20;
/** Workers may have six connections open at once. */
const WRITES_AT_ONCE = 5;
/** A claim this old is given back unwritten: its lease may run out during the write. */
const MAX_CLAIM_AGE_MS = 20_000;
/** A drain waits this long for KV to take a key again, and leaves longer waits to the next. */
const MAX_WAIT_MS = 3_000;
const MIN_WAIT_MS = 20;
/** Within the 30 seconds that a Worker has after its answer. */
const AFTER_REQUEST_BUDGET_MS = 20_000;

type Held = { claim: Claim; lease: string; claimedAt: Date };

/** Writes one claimed document to KV and gives it back. @returns whether KV has it now */
async function publishOne(
  { db, kv, clock }: Drainer,
  { claim, lease, claimedAt }: Held,
  stored: StoredVersion | undefined,
): Promise<boolean> {
  const { project, attempts } = claim;
  if (clock().getTime() - claimedAt.getTime() > MAX_CLAIM_AGE_MS) {
    await postponeDocument(db, claim, lease, { at: clock(), delayMs: 0 });
    return false;
  }
  const key = await documentKey(project, claim);
  try {
    await writeDocument(kv, key, stored && (await render(project, stored)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logEvent("KV refused a document", { key, attempts, reason });
    await postponeDocument(db, claim, lease, { at: clock(), delayMs: backoffMs(attempts) });
    return false;
  }
  const settled = await settleDocument(db, claim, lease, clock());
  // Whoever took the lease over may have written something newer before this write.
  if (!settled) await askAgain(db, claim, clock());
  return settled;
}

async function publishRound(
  drainer: Drainer,
  held: readonly Held[],
): Promise<{ published: number; postponed: number }> {
  // Read after the claim: what a later claimer reads can then only be newer.
  const versions = await readVersions(
    drainer.db,
    held.map(({ claim }) => claim),
  );
  const queue = held.map((item, index) => ({ item, stored: versions[index] }));
  let published = 0;
  async function work(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (await publishOne(drainer, next.item, next.stored)) published++;
    }
  }
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, work));
  return { published, postponed: held.length - published };
}

/**
 * Brings pending documents into KV as the registry has them, until none is left or the time is up.
 * Any number of drains may run at once: a document is with one of them, from reading D1 to KV's
 * answer, and stays pending if it changed meanwhile.
 *
 * @param project whose documents; undefined for everybody's
 */
export async function drain(
  drainer: Drainer,
  { project, budgetMs }: { project: string | undefined; budgetMs: number },
): Promise<Drained> {
  const { db, clock, wait } = drainer;
  const untilMs = clock().getTime() + budgetMs;
  const total = { published: 0, postponed: 0 };
  for (let claimedAt = clock(); claimedAt.getTime() < untilMs; claimedAt = clock()) {
    const lease = crypto.randomUUID();
    const claims = await claimDocuments(db, lease, claimedAt, { project, limit: CLAIMS_PER_ROUND });
    if (claims.length > 0) {
      const held = claims.map((claim) => ({ claim, lease, claimedAt }));
      const { published, postponed } = await publishRound(drainer, held);
      total.published += published;
      total.postponed += postponed;
      continue;
    }
    const dueMs = await nextDueMs(db, project);
    if (dueMs === null) return { ...total, more: false };
    const waitMs = Math.max(MIN_WAIT_MS, dueMs - clock().getTime());
    if (waitMs > MAX_WAIT_MS) return { ...total, more: true };
    await wait(waitMs);
  }
  return { ...total, more: true };
}

export const drainerOf = (env: Env, clock: () => Date): Drainer => ({
  db: openRegistry(env.DB),
  kv: env.PROMPTS,
  clock,
  wait: (ms) => scheduler.wait(ms),
});

async function drainAndCount(drainer: Drainer, project: string): Promise<void> {
  const options = { project, budgetMs: AFTER_REQUEST_BUDGET_MS };
  const { published, postponed } = await drain(drainer, options);
  await addCounts(drainer.db, "drain", { published, postponed }, drainer.clock());
}

/**
 * What follows a registry write: this isolate drops its copies of the documents it changed, and
 * they go to KV while the answer goes out. Never fails the write that it follows.
 *
 * @param clock goes on while the drain works
 */
export async function drainAfter(scope: Scope, clock: () => Date): Promise<void> {
  try {
    forgetBulks();
    for (const ref of await askedSince(scope, scope.now)) {
      forget(scope, await documentKey(scope.projectId, ref));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logEvent("documents changed, but not known which", { reason });
    forgetAll();
  }
  const { projectId: project } = scope;
  scope.defer(drainAndCount(drainerOf(scope.env, clock), project));
}
