import { asc, sql } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import { promptSplits } from "../splits/tables.ts";
import { deployments, promptLabels, prompts, promptVersions } from "../tables.ts";

const oneOf = (names: readonly string[]) =>
  sql`(SELECT value FROM json_each(${JSON.stringify(names)}))`;

/** Prompts that have versions, in order of their names. */
export const pageOfPrompts = ({ db, projectId }: Scope, after: string, limit: number) =>
  db
    .select({ name: prompts.name, type: prompts.type, tags: prompts.tags })
    .from(prompts)
    .where(
      sql`${prompts.project} = ${projectId} AND ${prompts.name} > ${after} AND EXISTS (
        SELECT 1 FROM prompt_version v WHERE v.project = ${projectId} AND v.name = prompt.name)`,
    )
    .orderBy(asc(prompts.name))
    .limit(limit)
    .all();

/** Versions of some names with the size of what they say, in UTF-16 code units or so. */
export const sizesOfVersions = ({ db, projectId }: Scope, names: readonly string[]) =>
  db
    .select({
      name: promptVersions.name,
      version: promptVersions.version,
      size: sql<number>`length(${promptVersions.prompt}) + length(${promptVersions.config})`,
    })
    .from(promptVersions)
    .where(
      sql`${promptVersions.project} = ${projectId} AND ${promptVersions.name} IN ${oneOf(names)}`,
    )
    .orderBy(promptVersions.name, promptVersions.version);

export const versionsIn = (
  { db, projectId }: Scope,
  wanted: readonly { name: string; version: number }[],
) =>
  db
    .select()
    .from(promptVersions)
    .where(
      sql`${promptVersions.project} = ${projectId}
        AND (${promptVersions.name}, ${promptVersions.version}) IN (
          SELECT value->>'name', value->>'version' FROM json_each(${JSON.stringify(wanted)}))`,
    )
    .orderBy(promptVersions.name, promptVersions.version)
    .all();

export const labelsOf = ({ db, projectId }: Scope, names: readonly string[]) =>
  db
    .select()
    .from(promptLabels)
    .where(sql`${promptLabels.project} = ${projectId} AND ${promptLabels.name} IN ${oneOf(names)}`)
    .orderBy(promptLabels.name, promptLabels.label);

/** Live splits of some names. */
export const splitsOf = ({ db, projectId }: Scope, names: readonly string[]) =>
  db
    .select()
    .from(promptSplits)
    .where(sql`${promptSplits.project} = ${projectId} AND ${promptSplits.name} IN ${oneOf(names)}`)
    .orderBy(promptSplits.name, promptSplits.label);

export type SplitRow = typeof promptSplits.$inferSelect;
export type LedgerRow = typeof deployments.$inferSelect;
export type VersionRow = typeof promptVersions.$inferSelect;

/** Rows of a name's ledger in order of time, after one of them. */
export const ledgerOf = (
  { db, projectId }: Scope,
  name: string,
  { at, seq }: { at: number; seq: number },
  limit: number,
) =>
  db
    .select()
    .from(deployments)
    .where(
      sql`${deployments.project} = ${projectId} AND ${deployments.name} = ${name}
        AND (${deployments.at}, ${deployments.seq}) > (${at}, ${seq})`,
    )
    .orderBy(deployments.at, deployments.seq)
    .limit(limit)
    .all();

/** How many rows the ledgers of some names have. */
export const ledgerSizes = ({ db, projectId }: Scope, names: readonly string[]) =>
  db
    .select({ name: deployments.name, rows: sql<number>`count(*)` })
    .from(deployments)
    .where(sql`${deployments.project} = ${projectId} AND ${deployments.name} IN ${oneOf(names)}`)
    .groupBy(deployments.name)
    .all();

/** The whole ledgers of some names, in order of name and time. For names whose ledgers are short. */
export const ledgersOf = ({ db, projectId }: Scope, names: readonly string[]) =>
  db
    .select()
    .from(deployments)
    .where(sql`${deployments.project} = ${projectId} AND ${deployments.name} IN ${oneOf(names)}`)
    .orderBy(deployments.name, deployments.at, deployments.seq);
