import { and, asc, eq, gte, lt, ne, sql } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import { LATEST } from "../model.ts";
import { deployments, prompts, promptVersions } from "../tables.ts";

/** Names of prompts that have a version, in order. @param limit the most that are read */
export async function promptNames({ db, projectId }: Scope, limit: number): Promise<string[]> {
  const rows = await db
    .select({ name: prompts.name })
    .from(prompts)
    .where(
      and(
        eq(prompts.project, projectId),
        sql`EXISTS (SELECT 1 FROM ${promptVersions} v
          WHERE v.project = ${prompts.project} AND v.name = ${prompts.name})`,
      ),
    )
    .orderBy(asc(prompts.name))
    .limit(limit);
  return rows.map(({ name }) => name);
}

/** Names of which a label moved in a stretch of time, `latest` aside; `to` exclusive. */
export async function promptsDeployed(
  { db, projectId }: Scope,
  { from, to }: { from: Date; to: Date },
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ name: deployments.name })
    .from(deployments)
    .where(
      and(
        eq(deployments.project, projectId),
        ne(deployments.label, LATEST),
        gte(deployments.at, from),
        lt(deployments.at, to),
      ),
    )
    .orderBy(asc(deployments.name));
  return rows.map(({ name }) => name);
}
