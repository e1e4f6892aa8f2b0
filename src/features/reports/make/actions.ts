import type { Env } from "../../../platform/env.ts";
import { logBug, logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { incidentsBetween } from "../../monitors/index.ts";
import { announce, emitting } from "../../notifications/index.ts";
import { promptNames, promptsDeployed } from "../../prompts/index.ts";
import { rolloutsBetween } from "../../rollouts/index.ts";
import { versionsUsedOn } from "../../rollups/index.ts";
import { compose, isWorthTelling } from "../compose.ts";
import type { ReportContent } from "../contract.ts";
import { daysOf, spanOf, titleOf } from "../periods.ts";
import { isOwnVersion, workOut } from "../section/actions.ts";
import { incidentOf } from "../section/happened.ts";
import type { Aside } from "../section/model.ts";
import { linkTo, pagePath, urlOf } from "../share/actions.ts";
import {
  claimReport,
  endReport,
  openPrompts,
  planReport,
  type ReportRow,
  releaseReport,
  saveSection,
  selectSections,
} from "../store.ts";
import { highlightsOf } from "../words.ts";

const US_PER_MS = 1000;
/** Longer than a run can take; after it another may go on. */
const LEASE_MS = 5 * 60_000;
/** Prompts that one run works out: what bounds a message. D1 takes 1,000 statements of a Worker at a time. */
export const PROMPTS_PER_RUN = 2;
/** Prompts that one report holds, and days of prompts: what is read to show it. */
const MAX_PROMPTS = 1000;
const MAX_PROMPT_DAYS = 20_000;
/** Names of prompts without traffic that a report says. */
const MAX_SILENT = 500;
/** Runs that come to nothing, one after another, until the report is given up. */
const MAX_TRIES = 5;
/** How long a report rests after a run that failed, doubled each time. */
const REST_MS = 30_000;

/** Messages of one call; Queues allow 100. */
const MESSAGES_PER_BATCH = 100;

/** Tells the queue that reports can go on. What the queue loses, cron sends again. */
export async function wakeReports(
  env: Env,
  reports: readonly { id: string; project: number }[],
): Promise<void> {
  try {
    for (let from = 0; from < reports.length; from += MESSAGES_PER_BATCH) {
      const part = reports.slice(from, from + MESSAGES_PER_BATCH);
      await env.JOBS.sendBatch(
        part.map(({ id, project }) => ({
          body: { kind: "report" as const, tenant: project, report: id },
        })),
      );
    }
  } catch (error) {
    logEvent("reports could not be queued; cron will", {
      reports: reports.length,
      error: String(error),
    });
  }
}

/** Which prompts the report tells of, and what is said beside them. */
async function plan(scope: Scope, row: ReportRow): Promise<void> {
  const { fromMs, toMs } = spanOf(row);
  const { previous, current } = daysOf(row);
  const most = Math.min(MAX_PROMPTS, Math.floor(MAX_PROMPT_DAYS / current.length));
  const since = previous[0]?.fromMs ?? fromMs;
  const usedIn = async (from: number, to: number): Promise<string[]> => {
    const used = await versionsUsedOn(scope, { from: from * US_PER_MS, to: to * US_PER_MS });
    return used.map(({ prompt }) => prompt);
  };
  const own = await versionsUsedOn(scope, { from: fromMs * US_PER_MS, to: toMs * US_PER_MS });
  const active = new Set(own.filter(isOwnVersion).map(({ prompt }) => prompt));
  const span = { from: new Date(fromMs), to: new Date(toMs) };
  const [before, deployed, incidents, rollouts, registered] = await Promise.all([
    usedIn(since, fromMs),
    promptsDeployed(scope, span),
    incidentsBetween(scope, span),
    rolloutsBetween(scope, span),
    promptNames(scope, MAX_PROMPTS + MAX_SILENT),
  ]);
  // Those with traffic come first, so that they are not what is left out.
  const watched = [...incidents, ...rollouts].flatMap(({ prompt }) => prompt ?? []);
  const called = own.map(({ prompt }) => prompt);
  const told = [...new Set([...called, ...watched, ...deployed, ...before])];
  const aside: Aside = {
    withoutTraffic: registered.filter((name) => !active.has(name)).slice(0, MAX_SILENT),
    omitted: Math.max(0, told.length - most),
    incidents: incidents.filter(({ prompt }) => prompt === null).map(incidentOf),
  };
  await planReport(scope, row, told.slice(0, most), aside);
}

/** What a planned report says, from the sections that are there. */
export async function contentOf(scope: Pick<Scope, "db">, row: ReportRow): Promise<ReportContent> {
  const sections = await selectSections(scope.db, row.id);
  const aside = row.aside ?? { withoutTraffic: [], omitted: 0, incidents: [] };
  return compose(daysOf(row), sections, aside);
}

/** The event that tells destinations; said twice it is once. */
async function readyEvent(scope: Scope, row: ReportRow, highlights: string[]) {
  const link = await linkTo(scope.env, row.id, scope.now);
  const { fromMs, toMs } = spanOf(row);
  const path = link?.path ?? pagePath(row.id);
  return {
    type: "report.ready" as const,
    id: `evt_${row.id}`,
    data: {
      reportId: row.id,
      period: {
        kind: row.kind,
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
      },
      title: titleOf(row.kind, row),
      highlights,
      path,
      url: urlOf(scope.env, path),
    },
  };
}

async function finish(scope: Scope, row: ReportRow): Promise<void> {
  const content = await contentOf(scope, row);
  if (row.kind !== "custom" && !isWorthTelling(content)) {
    await endReport(scope, row, { state: "skipped" }, []);
    return;
  }
  const highlights = highlightsOf(content);
  const told = row.notify ? [await readyEvent(scope, row, highlights)] : [];
  await endReport(scope, row, { state: "ready", highlights }, emitting(scope, told));
  announce(scope);
}

/** One bounded step of a claimed report. @returns whether it has further to go */
async function step(scope: Scope, row: ReportRow): Promise<{ more: boolean }> {
  if (row.plannedAt === null) {
    await plan(scope, row);
    return { more: true };
  }
  const open = await openPrompts(scope, row.id, PROMPTS_PER_RUN + 1);
  for (const prompt of open.slice(0, PROMPTS_PER_RUN)) {
    await saveSection(scope, row, await workOut(scope, row, prompt));
  }
  if (open.length > PROMPTS_PER_RUN) return { more: true };
  await finish(scope, row);
  return { more: false };
}

const giveUp = (scope: Scope, row: ReportRow): Promise<void> =>
  endReport(
    scope,
    row,
    { state: "failed", error: `${MAX_TRIES} attempts in a row came to nothing` },
    [],
  );

/**
 * Goes on with a report: plans it, works out some of its prompts, or ends it. What was done stays
 * done, so a run that fails, is cut short or doubled costs its own work only. The scope must know its
 * project's id.
 */
export async function advance(scope: Scope, id: string): Promise<void> {
  const row = await claimReport(scope, id, LEASE_MS);
  if (!row) return;
  if (row.tries > MAX_TRIES) {
    await giveUp(scope, row);
    return;
  }
  try {
    const { more } = await step(scope, row);
    if (!more) return;
    await releaseReport(scope, row, 0);
    await wakeReports(scope.env, [row]);
  } catch (error) {
    logBug(error, { report: id, tries: row.tries });
    await releaseReport(scope, row, scope.now.getTime() + REST_MS * 2 ** (row.tries - 1));
  }
}
