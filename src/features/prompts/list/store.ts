import { sql } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import type { ListQuery, PromptList } from "../contract.ts";
import type { PromptType } from "../model.ts";
import { promptLabels, prompts, promptVersions } from "../tables.ts";

type Row = {
  name: string;
  type: PromptType;
  tags: string;
  /** Of the highest matching version: SQLite takes bare columns from the row that holds the maximum. */
  config: string;
  newest: number;
  updatedAt: number;
  versions: string;
  labels: string;
};

/** Conditions on versions, joined to their name's row as `v` and `p`. */
function conditions({ projectId }: Scope, query: ListQuery) {
  const { name, label, tag, fromUpdatedAt, toUpdatedAt } = query;
  const parts = [sql`v.project = ${projectId}`];
  if (name !== undefined) parts.push(sql`v.name = ${name}`);
  if (label !== undefined) {
    parts.push(sql`EXISTS (SELECT 1 FROM ${promptLabels} l WHERE l.project = v.project
      AND l.name = v.name AND l.label = ${label} AND l.version = v.version)`);
  }
  if (tag !== undefined) {
    parts.push(sql`EXISTS (SELECT 1 FROM json_each(p.tags) t WHERE t.value = ${tag})`);
  }
  if (fromUpdatedAt) parts.push(sql`v.updated_at >= ${fromUpdatedAt.getTime()}`);
  if (toUpdatedAt) parts.push(sql`v.updated_at < ${toUpdatedAt.getTime()}`);
  return sql.join(parts, sql` AND `);
}

/**
 * One page of names, in order of their bytes. Filters act on versions, so a name is listed with the
 * versions that match, their labels and the config of the highest of them.
 */
export async function listPrompts(
  scope: Scope,
  query: ListQuery,
): Promise<{ data: PromptList["data"]; totalItems: number }> {
  const { page, limit } = query;
  const matching = sql`FROM ${promptVersions} v
    JOIN ${prompts} p ON p.project = v.project AND p.name = v.name
    WHERE ${conditions(scope, query)}`;
  const [total, rows] = await Promise.all([
    scope.db.get<{ n: number }>(sql`SELECT count(DISTINCT v.name) AS n ${matching}`),
    scope.db.all<Row>(sql`
      WITH page AS (
        SELECT v.name, p.type, p.tags, v.config, max(v.version) AS newest,
          json_group_array(v.version) AS versions
        ${matching}
        GROUP BY v.name ORDER BY v.name LIMIT ${limit} OFFSET ${(page - 1) * limit}),
      changed AS (
        SELECT v.name, max(v.updated_at) AS updated_at ${matching} GROUP BY v.name)
      SELECT page.name, page.type, page.tags, page.config, page.newest, page.versions,
        changed.updated_at AS updatedAt,
        (SELECT json_group_array(l.label) FROM ${promptLabels} l
          WHERE l.project = ${scope.projectId} AND l.name = page.name
            AND l.version IN (SELECT value FROM json_each(page.versions))) AS labels
      FROM page JOIN changed ON changed.name = page.name ORDER BY page.name`),
  ]);
  return { totalItems: total.n, data: rows.map(listed) };
}

const listed = (row: Row): PromptList["data"][number] => ({
  name: row.name,
  type: row.type,
  versions: (JSON.parse(row.versions) as number[]).sort((a, b) => a - b),
  labels: (JSON.parse(row.labels) as string[]).sort(),
  tags: JSON.parse(row.tags) as string[],
  lastUpdatedAt: new Date(row.updatedAt).toISOString(),
  lastConfig: JSON.parse(row.config) as unknown,
});
