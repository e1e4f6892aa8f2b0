import { sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { DocumentKind, DocumentRef } from "../model.ts";
import { promptLabels, prompts, promptVersions } from "../tables.ts";

/** A document of any project. */
export type ProjectDocument = DocumentRef & { project: string };

/** Where a walk over all documents stands: after this one of this kind. */
export type DocumentPlace = { kind: DocumentKind; project: string; name: string; selector: string };

/** Where such a walk begins. Labels come first, then versions. */
export const FIRST_DOCUMENT: DocumentPlace = { kind: "label", project: "", name: "", selector: "" };

/** Documents of one kind, of every project, that come after a place in the order of the table's key. */
export function documentsAfter(
  db: RegistryDb,
  { kind, project, name, selector }: DocumentPlace,
  limit: number,
): Promise<ProjectDocument[]> {
  if (kind === "label") {
    return db.all<ProjectDocument>(sql`SELECT project, 'label' AS kind, label AS selector, name
      FROM ${promptLabels} WHERE (project, name, label) > (${project}, ${name}, ${selector})
      ORDER BY project, name, label LIMIT ${limit}`);
  }
  return db.all<ProjectDocument>(sql`SELECT project, 'version' AS kind,
      CAST(version AS TEXT) AS selector, name
    FROM ${promptVersions}
    WHERE (project, name, version) > (${project}, ${name}, CAST(${selector} AS INTEGER))
    ORDER BY project, name, version LIMIT ${limit}`);
}

/** Those of the documents whose label or version exists. */
export const existingDocuments = (
  db: RegistryDb,
  refs: readonly ProjectDocument[],
): Promise<ProjectDocument[]> =>
  db.all<ProjectDocument>(sql`SELECT value->>'project' AS project, value->>'kind' AS kind,
      value->>'selector' AS selector, value->>'name' AS name
    FROM json_each(${JSON.stringify(refs)})
    WHERE CASE value->>'kind'
      WHEN 'label' THEN EXISTS (SELECT 1 FROM ${promptLabels} l
        WHERE l.project = value->>'project' AND l.name = value->>'name'
          AND l.label = value->>'selector')
      ELSE EXISTS (SELECT 1 FROM ${promptVersions} v
        WHERE v.project = value->>'project' AND v.name = value->>'name'
          AND v.version = CAST(value->>'selector' AS INTEGER)) END`);

/** Names of a project, also of deleted prompts, that have at least so many characters. */
export async function longNames(
  db: RegistryDb,
  project: string,
  characters: number,
): Promise<string[]> {
  const rows = await db.all<{ name: string }>(sql`SELECT name FROM ${prompts}
    WHERE project = ${project} AND length(name) >= ${characters}`);
  return rows.map(({ name }) => name);
}

/** Every prompt of the project that has a label, in order of their names. */
export async function labelled({ db, projectId }: Scope, label: string): Promise<DocumentRef[]> {
  const rows = await db.all<{ name: string }>(sql`SELECT name FROM ${promptLabels}
    WHERE project = ${projectId} AND label = ${label} ORDER BY name`);
  return rows.map(({ name }) => ({ name, kind: "label", selector: label }));
}
