import { and, asc, eq } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import { promptLabels } from "../tables.ts";

/** Where every label of a name points, in order of the labels. */
export const listLabels = ({ db, projectId }: Scope, name: string) =>
  db
    .select({
      label: promptLabels.label,
      version: promptLabels.version,
      movedAt: promptLabels.movedAt,
    })
    .from(promptLabels)
    .where(and(eq(promptLabels.project, projectId), eq(promptLabels.name, name)))
    .orderBy(asc(promptLabels.label))
    .all();
