import { sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import { projects } from "../tables.ts";

/** Projects that one person can be shown. */
const MAX_PROJECTS = 100;

/** Projects that name a person, or their whole domain; only the one with that id where it is said. */
export const selectProjectsOf = (db: RegistryDb, email: string, projectId?: string) => {
  const address = email.toLowerCase();
  const domain = address.slice(address.lastIndexOf("@"));
  return db
    .select()
    .from(projects)
    .where(
      sql`EXISTS (
        SELECT 1 FROM json_each(coalesce(${projects.settings} -> '$.people', '[]')) person
        WHERE lower(person.value ->> 'who') IN (${address}, ${domain})
      ) AND (${projectId ?? null} IS NULL OR ${projects.id} = ${projectId ?? null})`,
    )
    .orderBy(projects.num)
    .limit(MAX_PROJECTS)
    .all();
};
