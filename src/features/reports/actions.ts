import { addDays, dateIn } from "../../lib/time/zone.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Scope } from "../../platform/scope.ts";
import { currentSettings } from "../projects/index.ts";
import type {
  CreateReport,
  Report,
  ReportContent,
  ReportList,
  ReportsQuery,
  ReportSummary,
} from "./contract.ts";
import { contentOf, wakeReports } from "./make/actions.ts";
import { spanOf, titleOf } from "./periods.ts";
import { linkTo } from "./share/actions.ts";
import {
  findAnyReport,
  findReport,
  insertReport,
  progressOf,
  type ReportRow,
  selectReports,
} from "./store.ts";

const NO_PROGRESS = { done: 0, total: 0 };

function summaryOf(row: ReportRow, progress = NO_PROGRESS): ReportSummary {
  const { fromMs, toMs } = spanOf(row);
  const { firstDay, lastDay, timeZone } = row;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    period: {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      firstDay,
      lastDay,
      timeZone,
    },
    title: titleOf(row.kind, row),
    highlights: row.highlights,
    progress,
    createdAt: row.createdAt.toISOString(),
    readyAt: row.readyAt?.toISOString() ?? null,
    error: row.error,
  };
}

/**
 * Asks for a report of some days that are over. It is made after the answer.
 *
 * @throws Refusal invalid_request for days that are not over in the project's time zone
 */
export async function createReport(
  scope: Scope,
  { from, to, notify }: CreateReport,
): Promise<ReportSummary> {
  const { timeZone } = await currentSettings(scope);
  const today = dateIn(timeZone, scope.now.getTime());
  if (to >= today) {
    const message = `must be over in ${timeZone}: ${addDays(today, -1)} at the latest`;
    throw new Refusal("invalid_request", `body to: ${message}`, {
      issues: [{ path: "to", message }],
    });
  }
  const row = await insertReport(scope, {
    kind: "custom",
    firstDay: from,
    lastDay: to,
    timeZone,
    notify,
  });
  scope.defer(wakeReports(scope.env, [row]));
  return summaryOf(row);
}

/** The project's reports, newest first. */
export async function listReports(scope: Scope, query: ReportsQuery): Promise<ReportList> {
  const { kind, cursor, limit } = query;
  const rows = await selectReports(scope, { kind, cursor, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const progress = await progressOf(
    scope.db,
    page.map(({ id }) => id),
  );
  return {
    data: page.map((row) => summaryOf(row, progress.get(row.id))),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

const absent = (id: string): Refusal => new Refusal("not_found", `there is no report ${id}`);

async function whole(scope: Scope, row: ReportRow): Promise<Report> {
  const progress = (await progressOf(scope.db, [row.id])).get(row.id);
  const summary = summaryOf(row, progress);
  if (row.state !== "ready") return { ...summary, content: null, share: null };
  const [content, link] = await Promise.all([
    contentOf(scope, row),
    linkTo(scope.env, row.id, scope.now),
  ]);
  const share = link && { ...link, expiresAt: link.expiresAt.toISOString() };
  return { ...summary, content, share };
}

/** A report of the project. @throws Refusal not_found */
export async function readReport(scope: Scope, id: string): Promise<Report> {
  const row = await findReport(scope, id);
  if (!row) throw absent(id);
  return whole(scope, row);
}

/** A report of any project: for whoever showed a link to it. @throws Refusal not_found */
export async function readAnyReport(scope: Scope, id: string): Promise<Report> {
  const row = await findAnyReport(scope.db, id);
  if (!row) throw absent(id);
  return whole(scope, row);
}

/** @throws Refusal conflict for a report that has no content */
export function requireContent(report: Report): Report & { content: ReportContent } {
  const { content, state, progress, error } = report;
  if (content) return { ...report, content };
  const why = {
    running: `is being made: ${progress.done} of ${progress.total} prompts are done`,
    failed: `failed: ${error ?? "for an unknown reason"}`,
    skipped: "was skipped: there was nothing to tell",
    ready: "is ready",
  }[state];
  throw new Refusal("conflict", `report ${report.id} ${why}`, { retryAfterSeconds: 5 });
}
