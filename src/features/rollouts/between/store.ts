import { and, asc, eq, gte, isNull, lt, or } from "drizzle-orm";

import type { Scope } from "../../../platform/scope.ts";
import { rollouts } from "../tables.ts";

/** Rollouts that were under way at some moment of a stretch of time, oldest first. */
export const selectRolloutsBetween = (
  { db, projectId }: Scope,
  { from, to, prompt, limit }: { from: Date; to: Date; prompt?: string; limit: number },
) =>
  db
    .select()
    .from(rollouts)
    .where(
      and(
        eq(rollouts.project, projectId),
        lt(rollouts.startedAt, to),
        or(isNull(rollouts.endedAt), gte(rollouts.endedAt, from)),
        prompt === undefined ? undefined : eq(rollouts.prompt, prompt),
      ),
    )
    .orderBy(asc(rollouts.startedAt), asc(rollouts.id))
    .limit(limit);
