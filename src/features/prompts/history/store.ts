import { and, desc, eq, gte, isNull, lt, ne, sql } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import { LATEST } from "../model.ts";
import { deployments } from "../tables.ts";

/** A stretch of a name's ledger; `to` is exclusive. */
export type LedgerSpan = {
  from: Date;
  to: Date;
  label?: string | undefined;
  /** Only moves of labels, or only what became of splits. */
  kind?: keyof typeof KINDS;
};

const KINDS = {
  move: isNull(deployments.cause),
  split: sql`${deployments.cause} ->> 'split' IS NOT NULL`,
};

const wanted = ({ projectId }: Scope, name: string, { from, to, label, kind }: LedgerSpan) =>
  and(
    eq(deployments.project, projectId),
    eq(deployments.name, name),
    label === undefined ? ne(deployments.label, LATEST) : eq(deployments.label, label),
    kind && KINDS[kind],
    gte(deployments.at, from),
    lt(deployments.at, to),
  );

/** The newest rows of a name's ledger in a stretch of time, in order of time. */
export async function newestDeployments(
  scope: Scope,
  name: string,
  span: LedgerSpan & { limit: number },
) {
  const rows = await scope.db
    .select()
    .from(deployments)
    .where(wanted(scope, name, span))
    .orderBy(desc(deployments.at), desc(deployments.seq))
    .limit(span.limit);
  return rows.reverse();
}

/** A row of the ledger. */
export type LedgerRow = Awaited<ReturnType<typeof newestDeployments>>[number];
