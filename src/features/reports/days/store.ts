import { and, eq, gte, inArray, sql } from "drizzle-orm";

import type { LocalDay } from "../../../lib/time/zone.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { VersionPlace } from "../section/model.ts";
import { localDays } from "../tables.ts";
import type { Kept } from "./plan.ts";

export type DayRow = typeof localDays.$inferSelect;

/** A local day of a project, by the project's number. */
export type ProjectDay = { tenant: number; day: LocalDay };

/** What is kept of these days: null where nothing was begun. In the order given. */
export async function keptOf(
  { DB }: { DB: D1Database },
  days: readonly ProjectDay[],
): Promise<(Kept | null)[]> {
  const keys = days.map(({ tenant, day }) => [tenant, day.fromMs, day.toMs]);
  const { results } = await DB.prepare(
    `SELECT d.passes, d.after IS NOT NULL AS isUnderWay FROM json_each(?1) k
     LEFT JOIN report_day d ON d.project = k.value ->> 0 AND d.start = k.value ->> 1
       AND d.stop = k.value ->> 2
     ORDER BY k.key`,
  )
    .bind(JSON.stringify(keys))
    .all<{ passes: number | null; isUnderWay: 0 | 1 }>();
  return results.map(({ passes, isUnderWay }) =>
    passes === null ? null : { passes, isUnderWay: isUnderWay === 1 },
  );
}

const own = ({ tenant }: Scope, { fromMs, toMs }: LocalDay) =>
  and(eq(localDays.project, tenant), eq(localDays.start, fromMs), eq(localDays.stop, toMs));

export const findDay = (scope: Scope, day: LocalDay): Promise<DayRow | undefined> =>
  scope.db.select().from(localDays).where(own(scope, day)).get();

const asKeys = (days: readonly LocalDay[]): string =>
  JSON.stringify(days.map(({ fromMs, toMs }) => [fromMs, toMs]));

/** Those of the days of which all sums are kept. */
export const keptAmong = ({ db, tenant }: Scope, days: readonly LocalDay[]): Promise<DayRow[]> =>
  db
    .select()
    .from(localDays)
    .where(
      and(
        eq(localDays.project, tenant),
        gte(localDays.passes, 1),
        inArray(
          sql`(${localDays.start}, ${localDays.stop})`,
          sql`(SELECT value ->> 0, value ->> 1 FROM json_each(${asKeys(days)}))`,
        ),
      ),
    )
    .all();

export type DaySum = VersionPlace & { data: string };

/** What was kept of a prompt on some days. */
export async function sumsOf(
  { env, tenant }: Scope,
  prompt: string,
  days: readonly LocalDay[],
): Promise<{ start: number; version: number; data: string }[]> {
  if (days.length === 0) return [];
  const { results } = await env.DB.prepare(
    `SELECT s.start, s.version, s.data FROM json_each(?1) k CROSS JOIN report_day_sum s
     ON s.project = ?2 AND s.start = k.value ->> 0 AND s.stop = k.value ->> 1 AND s.prompt = ?3`,
  )
    .bind(asKeys(days), tenant, prompt)
    .all<{ start: number; version: number; data: string }>();
  return results;
}

/** A part of a pass: what versions beyond `after` did, up to `until`, or to the last one. */
export type Part = {
  day: LocalDay;
  passes: number;
  after: VersionPlace | null;
  until: VersionPlace | null;
  sums: readonly DaySum[];
  /** Every version that has a sum on that day. */
  used: readonly VersionPlace[];
};

/** Keeps a part's sums and says how far the pass is; the last part drops sums of versions that lost theirs. */
export async function keepPart(
  { db, env, tenant }: Scope,
  { day: { fromMs, toMs }, passes, after, until, sums, used }: Part,
): Promise<void> {
  const progress = { after: until, passes: until ? passes : passes + 1 };
  const row = { project: tenant, start: fromMs, stop: toMs, ...progress };
  const texts = JSON.stringify(sums.map(({ prompt, version, data }) => [prompt, version, data]));
  const deletion = env.DB.prepare(
    `DELETE FROM report_day_sum WHERE project = ?1 AND start = ?2 AND stop = ?3
       AND (prompt, version) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?4))`,
  ).bind(
    tenant,
    fromMs,
    toMs,
    JSON.stringify(used.map(({ prompt, version }) => [prompt, version])),
  );
  const insertion = env.DB.prepare(
    `INSERT INTO report_day_sum (project, start, stop, prompt, version, data)
     SELECT ?1, ?2, ?3, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?4) WHERE true
     ON CONFLICT DO UPDATE SET data = excluded.data`,
  ).bind(tenant, fromMs, toMs, texts);
  const saved = db
    .insert(localDays)
    .values(row)
    .onConflictDoUpdate({
      target: [localDays.project, localDays.start, localDays.stop],
      set: progress,
      // Another run may be further, or done: then this one was late, and wrote the same.
      setWhere: sql`${localDays.passes} = ${passes}
        AND ${localDays.after} IS ${after === null ? null : JSON.stringify(after)}`,
    })
    .toSQL();
  await env.DB.batch([deletion, insertion, env.DB.prepare(saved.sql).bind(...saved.params)]);
}
