import { and, eq, gte, lt, sql } from "drizzle-orm";

import type { RegistryDb } from "../../../platform/db.ts";
import { rolloutChecks } from "../tables.ts";

/*
 * A check is some kilobytes, and a rollout that nobody ends would be checked for good. So what
 * turned nothing is kept ever more seldom, and what turned something for good.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Older checks that turned nothing are kept one an hour. */
const WHOLE_DAYS = 3;
/** So far back they are looked for: longer than the cron ever stands still. */
const BEHIND_HOURS = 24;
/** After the end, checks that turned nothing are kept for so long. */
const ENDED_DAYS = 30;
/** And are looked for as long again. */
const LOOKED_FOR_DAYS = 60;

const hoursBefore = (now: Date, hours: number): Date =>
  new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - hours * HOUR_MS);

/** Of a rollout's older checks all that turned nothing, but the first of each hour, go. */
export const thinOut = (
  db: RegistryDb,
  { project, rollout }: { project: string; rollout: string },
  now: Date,
) =>
  db.delete(rolloutChecks).where(
    and(
      eq(rolloutChecks.project, project),
      eq(rolloutChecks.rollout, rollout),
      gte(rolloutChecks.at, hoursBefore(now, 24 * WHOLE_DAYS + BEHIND_HOURS)),
      lt(rolloutChecks.at, hoursBefore(now, 24 * WHOLE_DAYS)),
      eq(rolloutChecks.turned, false),
      sql`EXISTS (SELECT 1 FROM rollout_check AS earlier WHERE earlier.project = ${project}
          AND earlier.rollout = ${rollout} AND earlier.at < rollout_check.at
          AND earlier.at >= rollout_check.at - rollout_check.at % ${HOUR_MS})`,
    ),
  );

/**
 * Checks that turned nothing, of some rollouts that were over long ago, go.
 *
 * @returns how many went; 0 when there are no more
 */
export async function pruneEnded(db: RegistryDb, now: Date, rollouts: number): Promise<number> {
  const daysAgo = (days: number): number => now.getTime() - days * DAY_MS;
  const { meta } = await db.delete(rolloutChecks).where(
    and(
      eq(rolloutChecks.turned, false),
      sql`(project, rollout) IN (SELECT r.project, r.id FROM rollout AS r
          WHERE r.ended_at < ${daysAgo(ENDED_DAYS)} AND r.ended_at >= ${daysAgo(LOOKED_FOR_DAYS)}
            AND EXISTS (SELECT 1 FROM rollout_check AS c
              WHERE c.project = r.project AND c.rollout = r.id AND c.turned = 0)
          LIMIT ${rollouts})`,
    ),
  );
  return meta.changes;
}
