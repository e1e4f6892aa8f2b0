import { load } from "../metrics/load.ts";
import { call, runJobs, tenantOf } from "../project.ts";
import type { Server } from "../server.ts";

const PROMPT = "support-reply";
const ROWS_PER_TICK = 100_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PATIENCE_MS = 30_000;
/** So that every list has more than a screen's height of rows. */
const LISTED = 20;

/** Generations with a score; so far apart that they reach back over days where there are many. */
const SCORED = 400;
const SCORED_EVERY = 100;

/** What the screens are opened with. */
export type Filled = {
  prompt: string;
  dashboardId: string;
  rolloutId: string;
  incidentId: string;
  reportId: string;
};

type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>;

const TEXT = `You answer customers of a shop that sells bicycles.
Customer: {{customer}}
Question: {{question}}
Answer in two sentences, and name the page of the manual where there is one.
`;

/** Two versions of the prompt that is used, and others that are only there. */
async function writePrompts(ask: Ask): Promise<void> {
  const names = Array.from({ length: LISTED }, (_, place) => `catalogue-${place}`);
  for (const name of [...names, PROMPT]) {
    const version = { name, type: "text", config: { model: "gpt-4o-mini", temperature: 0.2 } };
    const first = { ...version, prompt: TEXT, labels: ["production"] };
    await ask("POST", "/api/public/v2/prompts", first);
    await ask("POST", "/api/public/v2/prompts", { ...version, prompt: `${TEXT}Be friendly.\n` });
  }
}

/** Ids of the generations that `load` wrote last, newest first. */
const newestIds = (rows: number): string[] =>
  Array.from({ length: SCORED }, (_, back) => `${PROMPT}-1-${rows - 1 - back * SCORED_EVERY}`);

/** What a chart of scores shows, and a column of each source. */
async function writeScores(server: Server, ask: Ask, rows: number, now: Date): Promise<void> {
  const timestamp = now.toISOString();
  const batch = newestIds(rows).map((id, place) => ({
    id: `score-event-${place}`,
    type: "score-create",
    timestamp,
    body: {
      id: `score-${place}`,
      traceId: id,
      observationId: id,
      name: "quality",
      value: (place % 11) / 10,
      source: place % 2 === 0 ? "API" : "EVAL",
    },
  }));
  await ask("POST", "/api/public/ingestion", { batch });
  await until("the scores", async () => {
    await runJobs(server, now);
    const { data } = await ask<{ data: { scores: { source: string | null; n: number }[] }[] }>(
      "GET",
      `/api/public/prompts/${PROMPT}/metrics`,
    );
    const found = data.flatMap(({ scores }) => scores.filter(({ source }) => source === null));
    return found.reduce((sum, { n }) => sum + n, 0) === SCORED ? true : undefined;
  });
}

/** Rules that all fire, so that there are as many incidents. */
async function writeMonitors(ask: Ask): Promise<void> {
  for (let place = 0; place < LISTED; place++) {
    await ask("POST", "/api/public/monitors", {
      name: `Latency ${place}`,
      prompt: PROMPT,
      kind: "threshold",
      metric: "latencyMs",
      statistic: "mean",
      above: 100 + place,
      windowMinutes: 60,
    });
  }
}

async function until<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const dayBefore = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10);

/** Seven days, made by the queue's consumer. */
async function makeReport(ask: Ask, now: Date): Promise<string> {
  const asked = { from: dayBefore(now, 8), to: dayBefore(now, 2) };
  const { id } = await ask<{ id: string }>("POST", "/api/public/reports", asked);
  return until("the report", async () => {
    const { state } = await ask<{ state: string }>("GET", `/api/public/reports/${id}`);
    return state === "ready" ? id : undefined;
  });
}

async function makeDashboard(ask: Ask): Promise<string> {
  const panels = [
    { chart: "volume" },
    { chart: "percentiles", metric: "latencyMs" },
    { chart: "cost" },
    { chart: "line", metric: "outputTokens", statistic: "p50" },
    { chart: "distribution", metric: "costUsd" },
    { chart: "adoption", label: "production" },
  ].map((panel) => ({ ...panel, prompt: PROMPT }));
  const { id } = await ask<{ id: string }>("POST", "/api/public/dashboards", {
    name: "Support",
    window: { days: 7, granularity: "day" },
    panels,
  });
  return id;
}

/** Brings a project so many generations over 30 days, folded, and everything that has a screen. */
export async function fill(server: Server, authorization: string, rows: number): Promise<Filled> {
  const ask: Ask = async <T>(method: string, path: string, body?: unknown) =>
    (await call(server, method, path, { authorization, body })).json as T;
  const now = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
  await writePrompts(ask);
  const tenant = await tenantOf(server);
  const wanted = { tenant, prompt: PROMPT, rows, endMs: now.getTime() - 5 * MINUTE_MS };
  await load(server, wanted, async (done) => {
    if (done % ROWS_PER_TICK === 0) await runJobs(server, now);
  });
  await writeScores(server, ask, rows, now);
  // Monitors look at whole windows after they were made, so they are made before now.
  await runJobs(server, new Date(now.getTime() - 2 * HOUR_MS));
  await writeMonitors(ask);
  await runJobs(server, now);
  const { id: rolloutId } = await ask<{ id: string }>("POST", "/api/public/rollouts", {
    prompt: PROMPT,
    label: "production",
    candidate: 2,
  });
  await runJobs(server, new Date());
  const incidentId = await until("an incident", async () => {
    const { data } = await ask<{ data: { id: string }[] }>("GET", "/api/public/incidents");
    return data.length >= LISTED ? data[0]?.id : undefined;
  });
  const reportId = await makeReport(ask, now);
  const dashboardId = await makeDashboard(ask);
  return { prompt: PROMPT, dashboardId, rolloutId, incidentId, reportId };
}
