import { type SQL, sql } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import type { PromptContent, PromptType } from "../model.ts";
import { labelsOfVersion } from "../reads/store.ts";
import { promptLabels, prompts, promptVersions } from "../tables.ts";
import type { SearchQuery } from "./contract.ts";

/** UTF-16 code units of a text around what was searched, before it and in all. */
const BEFORE = 60;
const EXCERPT = 200;
const LAST = "\u{10FFFF}";

/** A name that has versions, with what lists show. */
export type Candidate = {
  name: string;
  type: PromptType;
  tags: string;
  updatedAt: number;
  versions: string;
  labels: string;
};

/** As SQLite counts them: code points. */
const characters = (text: string): number => Array.from(text).length;

function conditions({ projectId }: Scope, query: SearchQuery): SQL {
  const { prefix, folder, tag, label, cursor } = query;
  const parts = [
    sql`p.project = ${projectId}`,
    sql`EXISTS (SELECT 1 FROM ${promptVersions} v WHERE v.project = p.project AND v.name = p.name)`,
  ];
  if (cursor !== undefined) parts.push(sql`p.name > ${cursor}`);
  if (prefix) parts.push(sql`p.name >= ${prefix} AND p.name < ${prefix + LAST}`);
  if (folder !== undefined) {
    const start = folder === "" ? "" : `${folder}/`;
    if (start) parts.push(sql`p.name >= ${start} AND p.name < ${start + LAST}`);
    parts.push(sql`instr(substr(p.name, ${characters(start) + 1}), '/') = 0`);
  }
  if (tag !== undefined) {
    parts.push(sql`EXISTS (SELECT 1 FROM json_each(p.tags) t WHERE t.value = ${tag})`);
  }
  if (label !== undefined) {
    parts.push(sql`EXISTS (SELECT 1 FROM ${promptLabels} l
      WHERE l.project = p.project AND l.name = p.name AND l.label = ${label})`);
  }
  return sql.join(parts, sql` AND `);
}

/** Names that a search may show, in order of their bytes. What they contain is not looked at. */
export const listCandidates = (scope: Scope, query: SearchQuery, limit: number) =>
  scope.db.all<Candidate>(sql`SELECT p.name, p.type, p.tags, p.updated_at AS updatedAt,
      (SELECT json_group_array(v.version) FROM ${promptVersions} v
        WHERE v.project = p.project AND v.name = p.name) AS versions,
      (SELECT json_group_array(json_object('label', l.label, 'version', l.version))
        FROM ${promptLabels} l WHERE l.project = p.project AND l.name = p.name) AS labels
    FROM ${prompts} p WHERE ${conditions(scope, query)} ORDER BY p.name LIMIT ${limit}`);

export type Match = { name: string; version: number; excerpt: string | null };

/**
 * Which of some names have a text, in the name or in a version that a label points at, with its
 * highest such version. instr and not LIKE, whose patterns D1 bounds to 50 bytes; and not FTS5,
 * which would cut `{{variables}}` into words, write every version twice and end D1's export.
 */
export const findMatches = (
  { db, projectId }: Scope,
  { q, label, names }: { q: string; label: string | undefined; names: readonly string[] },
) =>
  db.all<Match>(sql`WITH labelled AS (
      SELECT DISTINCT l.name, l.version FROM ${promptLabels} l
      JOIN json_each(${JSON.stringify(names)}) n ON n.value = l.name
      WHERE l.project = ${projectId} AND (${label ?? null} IS NULL OR l.label = ${label ?? null})),
    found AS (
      SELECT v.name, v.version, (
        SELECT substr(t, max(1, instr(lower(t), lower(${q})) - ${BEFORE}), ${EXCERPT}) FROM (
          SELECT CASE m.type WHEN 'object' THEN coalesce(m.value->>'content', '') ELSE m.value END AS t
          FROM json_each(v.prompt) m)
        WHERE instr(lower(t), lower(${q})) > 0 LIMIT 1) AS excerpt
      FROM labelled JOIN ${promptVersions} v
        ON v.project = ${projectId} AND v.name = labelled.name AND v.version = labelled.version)
    SELECT name, max(version) AS version, excerpt FROM found
    WHERE excerpt IS NOT NULL OR instr(lower(name), lower(${q})) > 0
    GROUP BY name, excerpt IS NULL ORDER BY name, excerpt IS NULL`);

/** Folders right under one, with how many prompts each has at any depth. @param start "" or "team/" */
export const listFolders = ({ db, projectId }: Scope, start: string, limit: number) =>
  db.all<{
    path: string;
    prompts: number;
  }>(sql`SELECT ${start} || substr(rest, 1, instr(rest, '/') - 1) AS path,
      count(*) AS prompts
    FROM (SELECT substr(p.name, ${characters(start) + 1}) AS rest FROM ${prompts} p
      WHERE p.project = ${projectId} AND p.name >= ${start} AND p.name < ${start + LAST}
        AND EXISTS (SELECT 1 FROM ${promptVersions} v WHERE v.project = p.project AND v.name = p.name))
    WHERE instr(rest, '/') > 0 GROUP BY 1 ORDER BY 1 LIMIT ${limit}`);

/** Versions of a name without what they say, newest first, below a number. */
export const listVersions = (
  { db, projectId }: Scope,
  name: string,
  { below, limit }: { below: number | undefined; limit: number },
) =>
  db
    .select({
      id: promptVersions.id,
      version: promptVersions.version,
      labels: labelsOfVersion,
      commitMessage: promptVersions.commitMessage,
      createdBy: promptVersions.createdBy,
      createdAt: promptVersions.createdAt,
      updatedAt: promptVersions.updatedAt,
    })
    .from(promptVersions)
    .where(
      sql`${promptVersions.project} = ${projectId} AND ${promptVersions.name} = ${name}
        AND (${below ?? null} IS NULL OR ${promptVersions.version} < ${below ?? null})`,
    )
    .orderBy(sql`${promptVersions.version} DESC`)
    .limit(limit)
    .all();

export type Contents = {
  version: number;
  prompt: PromptContent;
  config: unknown;
  commitMessage: string | null;
};

/** What some versions of a name say, in order of their numbers. */
export const readContents = (
  { db, projectId }: Scope,
  name: string,
  versions: readonly number[],
): Promise<Contents[]> =>
  db
    .select({
      version: promptVersions.version,
      prompt: promptVersions.prompt,
      config: promptVersions.config,
      commitMessage: promptVersions.commitMessage,
    })
    .from(promptVersions)
    .where(
      sql`${promptVersions.project} = ${projectId} AND ${promptVersions.name} = ${name}
        AND ${promptVersions.version} IN (SELECT value FROM json_each(${JSON.stringify(versions)}))`,
    )
    .orderBy(promptVersions.version)
    .all();
