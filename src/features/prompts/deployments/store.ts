import { and, desc, eq, isNotNull, isNull, lt, ne, not, or, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../../lib/ids.ts";
import type { Scope } from "../../../platform/scope.ts";
import { auditRewrite } from "../audit/store.ts";
import { type DocumentRef, LATEST } from "../model.ts";
import { askDocuments } from "../outbox/store.ts";
import { deployments, promptVersions } from "../tables.ts";
import type { DeploymentImport } from "./contract.ts";

/** The move after which a page goes on. */
export type Position = { at: number; seq: number };

const isOfSplit = sql`${deployments.cause} ->> 'split' IS NOT NULL`;
const KINDS = {
  move: isNull(deployments.cause),
  dependency: and(isNotNull(deployments.cause), not(isOfSplit)),
  split: isOfSplit,
};

type Page = {
  label: string | undefined;
  kind: keyof typeof KINDS | undefined;
  after: Position | undefined;
  limit: number;
};

/** Moves of a name's labels, newest first; those of `latest` only when it is asked for. */
export const listDeployments = (
  { db, projectId }: Scope,
  name: string,
  { label, kind, after, limit }: Page,
) =>
  db
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.project, projectId),
        eq(deployments.name, name),
        label === undefined ? ne(deployments.label, LATEST) : eq(deployments.label, label),
        kind && KINDS[kind],
        after &&
          or(
            lt(deployments.at, new Date(after.at)),
            and(eq(deployments.at, new Date(after.at)), lt(deployments.seq, after.seq)),
          ),
      ),
    )
    .orderBy(desc(deployments.at), desc(deployments.seq))
    .limit(limit);

/** The last move of a label, not counting what only its dependencies did. */
export const findLastMove = ({ db, projectId }: Scope, name: string, label: string) =>
  db
    .select({ from: deployments.from, to: deployments.to })
    .from(deployments)
    .where(
      and(
        eq(deployments.project, projectId),
        eq(deployments.name, name),
        eq(deployments.label, label),
        isNull(deployments.cause),
      ),
    )
    .orderBy(desc(deployments.at), desc(deployments.seq))
    .limit(1)
    .get();

/**
 * Puts histories of labels in the place of what the ledger says of them, and dates versions anew.
 *
 * @param stale documents that show those versions
 */
export async function rewriteHistory(
  scope: Scope,
  { deployments: moves, versions }: DeploymentImport,
  stale: readonly DocumentRef[],
): Promise<void> {
  const { db, projectId, actor } = scope;
  const movesJson = JSON.stringify(
    moves.map((move) => ({ ...move, at: move.at.getTime(), id: newId("dep", move.at) })),
  );
  const versionsJson = JSON.stringify(versions.map((v) => ({ ...v, at: v.at.getTime() })));
  const statements: [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]] = [
    db.delete(deployments).where(
      and(
        eq(deployments.project, projectId),
        sql`(${deployments.name}, ${deployments.label}) IN (
          SELECT value->>'prompt', value->>'label' FROM json_each(${movesJson}))`,
      ),
    ),
    db.insert(deployments).select(
      sql`SELECT NULL, ${projectId}, value->>'id', value->>'prompt', value->>'label',
          value->>'from', value->>'to', ${actor.kind}, ${actor.id}, value->>'reason', value->>'at', NULL
        FROM json_each(${movesJson}) WHERE true ORDER BY key`,
    ),
    db
      .update(promptVersions)
      .set({
        createdAt: sql`(SELECT value->>'at' FROM json_each(${versionsJson})
          WHERE value->>'prompt' = ${promptVersions.name}
            AND value->>'version' = ${promptVersions.version})`,
      })
      .where(
        and(
          eq(promptVersions.project, projectId),
          sql`(${promptVersions.name}, ${promptVersions.version}) IN (
            SELECT value->>'prompt', value->>'version' FROM json_each(${versionsJson}))`,
        ),
      ),
    askDocuments(scope, stale),
    auditRewrite(
      scope,
      [...new Set([...moves, ...versions].map(({ prompt }) => prompt))],
      moves.length,
    ),
  ];
  await db.batch(statements);
}
