import { and, count, desc, eq, gt, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../lib/ids.ts";
import type { RegistryDb } from "../../platform/db.ts";
import type { Scope } from "../../platform/scope.ts";
import type { ReportKind } from "./model.ts";
import type { Due, Period } from "./periods.ts";
import type { Aside, Section } from "./section/model.ts";
import { reports, sections } from "./tables.ts";

export type ReportRow = typeof reports.$inferSelect;

type NewReport = Period & { kind: ReportKind; notify: boolean };

const rowOf = (now: Date, project: number, report: NewReport): ReportRow => ({
  ...report,
  id: newId("rep", now),
  project,
  state: "running",
  plannedAt: null,
  aside: null,
  leasedUntil: 0,
  tries: 0,
  error: null,
  highlights: [],
  createdAt: now,
  readyAt: null,
});

/** Stores a report that is to be made. */
export async function insertReport(
  { db, tenant, now }: Scope,
  report: NewReport,
): Promise<ReportRow> {
  const row = rowOf(now, tenant, report);
  await db.insert(reports).values(row);
  return row;
}

/** Columns of a row times rows must stay below 100 parameters. */
const ROWS_PER_INSERT = 5;

/**
 * Stores reports that the calendar asks for. One of the same period is there already where this was
 * done before.
 *
 * @returns those that are new
 */
export async function insertDue(
  db: RegistryDb,
  now: Date,
  due: readonly (Due & { tenant: number })[],
): Promise<Pick<ReportRow, "id" | "project">[]> {
  const made: Pick<ReportRow, "id" | "project">[] = [];
  for (let from = 0; from < due.length; from += ROWS_PER_INSERT) {
    const rows = due
      .slice(from, from + ROWS_PER_INSERT)
      .map(({ tenant, ...period }) => rowOf(now, tenant, { ...period, notify: true }));
    const inserted = await db
      .insert(reports)
      .values(rows)
      .onConflictDoNothing()
      .returning({ id: reports.id, project: reports.project });
    made.push(...inserted);
  }
  return made;
}

/** Which of the reports that the calendar asks for are not there. */
export async function missingAmong<T extends Due & { tenant: number }>(
  { DB }: { DB: D1Database },
  due: readonly T[],
): Promise<T[]> {
  if (due.length === 0) return [];
  const { results } = await DB.prepare(
    `SELECT k.key FROM json_each(?1) k WHERE NOT EXISTS (
       SELECT 1 FROM report r WHERE r.project = k.value ->> 0 AND r.kind = k.value ->> 1
         AND r.first_day = k.value ->> 2 AND r.kind <> 'custom')`,
  )
    .bind(JSON.stringify(due.map(({ tenant, kind, firstDay }) => [tenant, kind, firstDay])))
    .all<{ key: number }>();
  return results.flatMap(({ key }) => due[key] ?? []);
}

/** A report by its id alone: for a signed link, which names no project. */
export const findAnyReport = (db: RegistryDb, id: string): Promise<ReportRow | undefined> =>
  db.select().from(reports).where(eq(reports.id, id)).get();

export const findReport = ({ db, tenant }: Scope, id: string): Promise<ReportRow | undefined> =>
  db
    .select()
    .from(reports)
    .where(and(eq(reports.id, id), eq(reports.project, tenant)))
    .get();

type Page = { kind: ReportKind | undefined; cursor: string | undefined; limit: number };

/** Newest first, older than the id `cursor`; those that would have told of nothing are left out. */
export const selectReports = (
  { db, tenant }: Scope,
  { kind, cursor, limit }: Page,
): Promise<ReportRow[]> =>
  db
    .select()
    .from(reports)
    .where(
      and(
        eq(reports.project, tenant),
        sql`${reports.state} <> 'skipped'`,
        kind && eq(reports.kind, kind),
        cursor === undefined ? undefined : lt(reports.id, cursor),
      ),
    )
    .orderBy(desc(reports.id))
    .limit(limit)
    .all();

/** Prompts of a report, and those that are done. */
export async function progressOf(
  db: RegistryDb,
  ids: readonly string[],
): Promise<Map<string, { done: number; total: number }>> {
  const rows = await db
    .select({ report: sections.report, total: count(), done: count(sections.data) })
    .from(sections)
    .where(sql`${sections.report} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
    .groupBy(sections.report);
  return new Map(rows.map(({ report, ...progress }) => [report, progress]));
}

const MAX_LEASE_MS = 3_600_000;

/**
 * Takes a report that is being made, for so long that nobody else works on it meanwhile.
 *
 * @returns undefined when it is done, or somebody else's now
 */
export const claimReport = (
  { db, tenant, now }: Scope,
  id: string,
  leaseMs: number,
): Promise<ReportRow | undefined> =>
  db
    .update(reports)
    .set({ leasedUntil: now.getTime() + leaseMs, tries: sql`${reports.tries} + 1` })
    .where(
      and(
        eq(reports.id, id),
        eq(reports.project, tenant),
        eq(reports.state, "running"),
        // A lease from a clock that was moved back since must not last for ever.
        or(
          lte(reports.leasedUntil, now.getTime()),
          gt(reports.leasedUntil, now.getTime() + MAX_LEASE_MS),
        ),
      ),
    )
    .returning()
    .get();

const own = ({ id }: ReportRow) => and(eq(reports.id, id), eq(reports.state, "running"));

/** Lets the next run have it from an instant on. */
export const releaseReport = async (
  { db }: Scope,
  row: ReportRow,
  fromMs: number,
): Promise<void> => {
  await db
    .update(reports)
    .set({ leasedUntil: fromMs })
    // Whoever took it after this run's lease had ended keeps it.
    .where(and(own(row), eq(reports.leasedUntil, row.leasedUntil)));
};

/** Writes down what the report is to tell of; nothing happens where that was done. */
export async function planReport(
  { env, now }: Scope,
  { id }: ReportRow,
  prompts: readonly string[],
  aside: Aside,
): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO report_section (report, prompt)
       SELECT ?1, value FROM json_each(?2)
       WHERE EXISTS (SELECT 1 FROM report WHERE id = ?1 AND planned_at IS NULL)
       ON CONFLICT DO NOTHING`,
    ).bind(id, JSON.stringify(prompts)),
    env.DB.prepare(
      `UPDATE report SET planned_at = ?2, aside = ?3, tries = 0 WHERE id = ?1 AND planned_at IS NULL`,
    ).bind(id, now.getTime(), JSON.stringify(aside)),
  ]);
}

/** Prompts that are not worked out yet, in order. */
export async function openPrompts({ db }: Scope, id: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ prompt: sections.prompt })
    .from(sections)
    .where(and(eq(sections.report, id), isNull(sections.data)))
    .orderBy(sections.prompt)
    .limit(limit);
  return rows.map(({ prompt }) => prompt);
}

/** Stores a section, once; the run has come to something. */
export async function saveSection(
  { db }: Scope,
  { id }: ReportRow,
  section: Section,
): Promise<void> {
  const { prompt } = section;
  await db.batch([
    db
      .update(sections)
      .set({ data: section })
      .where(and(eq(sections.report, id), eq(sections.prompt, prompt), isNull(sections.data))),
    db.update(reports).set({ tries: 0 }).where(eq(reports.id, id)),
  ]);
}

/** Sections that one answer of D1 carries. */
const SECTIONS_PER_PAGE = 100;

/** What was worked out of a report, in order of the prompts. */
export async function selectSections(db: RegistryDb, id: string): Promise<Section[]> {
  const found: Section[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const rows = await db
      .select({ prompt: sections.prompt, data: sections.data })
      .from(sections)
      .where(and(eq(sections.report, id), gt(sections.prompt, after)))
      .orderBy(sections.prompt)
      .limit(SECTIONS_PER_PAGE);
    found.push(...rows.flatMap(({ data }) => data ?? []));
    after = rows.length === SECTIONS_PER_PAGE ? rows.at(-1)?.prompt : undefined;
  }
  return found;
}

type End =
  | { state: "ready"; highlights: string[] }
  | { state: "skipped" }
  | { state: "failed"; error: string };

/** Ends a report that is being made, with what follows from it in one batch. */
export async function endReport(
  { db, now }: Scope,
  row: ReportRow,
  end: End,
  statements: readonly BatchItem<"sqlite">[],
): Promise<void> {
  const readyAt = end.state === "ready" ? now : null;
  await db.batch([
    db
      .update(reports)
      .set({ ...end, readyAt })
      .where(own(row)),
    ...statements,
  ]);
}

/** Where a walk through the waiting reports is. */
export type Waiting = Pick<ReportRow, "id" | "project" | "leasedUntil">;

/** Reports that are being made and that nobody works on: those that waited longest first. */
export const waitingReports = (
  db: RegistryDb,
  now: Date,
  { after, limit }: { after: Waiting | undefined; limit: number },
): Promise<Waiting[]> =>
  db
    .select({ id: reports.id, project: reports.project, leasedUntil: reports.leasedUntil })
    .from(reports)
    .where(
      and(
        eq(reports.state, "running"),
        lte(reports.leasedUntil, now.getTime()),
        after && sql`(${reports.leasedUntil}, ${reports.id}) > (${after.leasedUntil}, ${after.id})`,
      ),
    )
    .orderBy(reports.leasedUntil, reports.id)
    .limit(limit)
    .all();
