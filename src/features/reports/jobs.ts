import { addDays, dateIn, type LocalDay, localDays } from "../../lib/time/zone.ts";
import { openRegistry } from "../../platform/db.ts";
import type { Env, JobMessage } from "../../platform/env.ts";
import type { Job } from "../../platform/job.ts";
import { logBug, logEvent } from "../../platform/log.ts";
import type { Scope } from "../../platform/scope.ts";
import { listProjects, projectIdOf, scopeOfTenant } from "../projects/index.ts";
import type { Project } from "../projects/model.ts";
import { keepDay } from "./days/actions.ts";
import { isToKeep } from "./days/plan.ts";
import { keptOf } from "./days/store.ts";
import { advance, wakeReports } from "./make/actions.ts";
import { dueReports } from "./periods.ts";
import { insertDue, missingAmong, type Waiting, waitingReports } from "./store.ts";

type MessageOf<K extends JobMessage["kind"]> = Extract<JobMessage, { kind: K }>;

/** Reports that one run begins, and those that it sends on at a time. */
const REPORTS_PER_RUN = 500;
const PAGES_PER_RUN = 20;
/** Days that are looked up at a time; each may be a message, and Queues allow 100 in a call. */
const DAYS_PER_QUESTION = 100;
/** Local days that may still be kept, counted back from today. */
const DAYS_LOOKED_AT = 3;

/** Goes on with the report that a message names. */
export async function goOnWithReport(
  env: Env,
  now: Date,
  { tenant, report }: MessageOf<"report">,
): Promise<void> {
  const scope = scopeOfTenant(env, now, tenant);
  // The queue names a project by its number alone; the ledger is kept by its id.
  const projectId = await projectIdOf(scope);
  // A queue's consumer lives until it returns: what is put off must be done by then.
  const deferred: Promise<unknown>[] = [];
  const defer: Scope["defer"] = (work) => void deferred.push(work.catch(logBug));
  await advance({ ...scope, projectId, defer }, report);
  await Promise.all(deferred);
}

/** Keeps some sums of the local day that a message names, and asks for the rest. */
export async function keepLocalDay(
  env: Env,
  now: Date,
  message: MessageOf<"local-day">,
): Promise<void> {
  const { tenant, date, fromMs, toMs } = message;
  const { more } = await keepDay(scopeOfTenant(env, now, tenant), { date, fromMs, toMs });
  if (more) await env.JOBS.sendBatch([{ body: message }]);
}

/** Begins the reports that calendars ask for. */
async function begin(env: Env, now: Date): Promise<{ more: boolean }> {
  const projects = await listProjects(env);
  const due = projects.flatMap(({ tenant, settings }) =>
    dueReports(settings.reports, settings.timeZone, now.getTime()).map((one) => ({
      ...one,
      tenant,
    })),
  );
  const missing = await missingAmong(env, due);
  const begun = await insertDue(openRegistry(env.DB), now, missing.slice(0, REPORTS_PER_RUN));
  await wakeReports(env, begun);
  if (begun.length > 0) logEvent("reports begun", { reports: begun.length });
  return { more: missing.length > REPORTS_PER_RUN };
}

/** Sends on what a crash, the queue or a failed run left behind. */
async function goOn(env: Env, now: Date): Promise<{ more: boolean }> {
  const db = openRegistry(env.DB);
  let after: Waiting | undefined;
  for (let page = 0; page < PAGES_PER_RUN; page++) {
    const waiting = await waitingReports(db, now, { after, limit: REPORTS_PER_RUN });
    await wakeReports(env, waiting);
    after = waiting.at(-1);
    if (waiting.length < REPORTS_PER_RUN) break;
  }
  return { more: false };
}

/** A project's newest days that are over, or nearly. */
function newestDays({ settings: { timeZone } }: Project, now: Date): LocalDay[] {
  const today = dateIn(timeZone, now.getTime());
  return localDays(timeZone, addDays(today, -DAYS_LOOKED_AT), addDays(today, -1));
}

/** Asks for the sums of local days before their 5-minute buckets go. */
async function keepDays(env: Env, now: Date): Promise<{ more: boolean }> {
  const nowMs = now.getTime();
  const days = (await listProjects(env)).flatMap((project) =>
    newestDays(project, now)
      .filter((day) => isToKeep(day, null, nowMs))
      .map((day) => ({ tenant: project.tenant, day })),
  );
  for (let from = 0; from < days.length; from += DAYS_PER_QUESTION) {
    const part = days.slice(from, from + DAYS_PER_QUESTION);
    const kept = await keptOf(env, part);
    const due = part.filter(({ day }, i) => isToKeep(day, kept[i] ?? null, nowMs));
    const messages = due.map(({ tenant, day }) => ({
      body: { kind: "local-day" as const, tenant, ...day },
    }));
    if (messages.length > 0) await env.JOBS.sendBatch(messages);
  }
  return { more: false };
}

export const reportJobs: Job[] = [
  { name: "begin-reports", everyMinutes: 5, run: begin },
  { name: "go-on-with-reports", everyMinutes: 1, run: goOn },
  { name: "keep-local-days", everyMinutes: 10, run: keepDays },
];
