import { load } from "./metrics/load.ts";
import { call, newProject } from "./project.ts";
import { printAim, printHeading } from "./report.ts";
import { median } from "./rounds.ts";
import { ADMIN_TOKEN, newState, productionScript, serve, type Server } from "./server.ts";

export type MonitorsBench = { rows: number; monitors: number; rounds: number };

const HOUR_MS = 3_600_000;
const PROMPT = "bench-watched";
const PATIENCE_MS = 60_000;
const ROWS_PER_TICK = 50_000;

/** One rule of each kind that looks every hour; a drift window is six. */
const RULES: Record<string, { rule: object; everyHours: number }> = {
  "threshold, p95 of two versions": {
    rule: { kind: "threshold", metric: "latencyMs", statistic: "p95", above: 1e6 },
    everyHours: 1,
  },
  "relative, mean against the week before": {
    rule: {
      kind: "relative",
      metric: "costUsd",
      statistic: "mean",
      version: 2,
      against: 1,
      increase: 9,
    },
    everyHours: 1,
  },
  "drift, 14 days of hours": {
    rule: { kind: "drift", metric: "latencyMs", version: 1, windowHours: 6 },
    everyHours: 6,
  },
  "volume, 30 days of hours": { rule: { kind: "volume" }, everyHours: 1 },
  "budget of a month": { rule: { kind: "budget", period: "month", limitUsd: 1e6 }, everyHours: 1 },
};

type Bench = { server: Server; authorization: string; at: number };

/** Moves the clock, runs the jobs that fell due and waits until no monitor is. @returns CPU seconds */
async function tick({ server }: Bench, at: number): Promise<number> {
  const before = server.cpuSeconds();
  const { json } = await call(server, "POST", "/api/public/admin/tick", {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    body: { at: new Date(at).toISOString() },
  });
  const { failed } = json as { failed: string[] };
  if (failed.length > 0) throw new Error(`jobs failed: ${failed.join(", ")}`);
  const registry = await server.registry();
  const due = registry
    .prepare("SELECT count(*) AS due FROM monitor WHERE enabled = 1 AND due_at <= ?1")
    .bind(at);
  const until = performance.now() + PATIENCE_MS;
  while (((await due.first<{ due: number }>())?.due ?? 0) > 0) {
    if (performance.now() > until) throw new Error("monitors are still due after a minute");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return server.cpuSeconds() - before;
}

/** The median CPU of ticks so many hours apart; the first warms up. */
async function timeTicks(bench: Bench, hours: number, rounds: number): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    bench.at += hours * HOUR_MS;
    const took = await tick(bench, bench.at);
    if (round > 0) seconds.push(took);
  }
  return median(seconds);
}

async function timeKind(
  bench: Bench,
  rule: object,
  { everyHours, monitors, rounds }: { everyHours: number; monitors: number; rounds: number },
): Promise<number> {
  const { server, authorization } = bench;
  const idle = await timeTicks(bench, everyHours, rounds);
  const ids: string[] = [];
  for (let i = 0; i < monitors; i++) {
    const body = { name: `watch ${i}`, prompt: PROMPT, ...rule };
    const { json } = await call(server, "POST", "/api/public/monitors", { authorization, body });
    ids.push((json as { id: string }).id);
  }
  const busy = await timeTicks(bench, everyHours, rounds);
  for (const id of ids) {
    await call(server, "DELETE", `/api/public/monitors/${id}`, { authorization });
  }
  return Math.max(busy - idle, 0.01) / monitors;
}

/**
 * CPU of evaluating monitors: ticks with many of one kind, less ticks without. The process holds D1
 * too, which on Cloudflare is another machine, so a Worker's own CPU is less.
 */
export async function benchMonitors({ rows, monitors, rounds }: MonitorsBench): Promise<void> {
  printHeading(`Monitors: ${monitors} of each kind on ${rows} generations of 30 days`);
  const server = await serve({
    script: productionScript(),
    state: newState(),
    vars: { TEST_CLOCK: "1" },
    consumesQueues: true,
  });
  const authorization = await newProject(server);
  const row = await (
    await server.registry()
  )
    .prepare("SELECT max(num) AS num FROM project")
    .first<{ num: number }>();
  const start = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 4 * 60_000;
  const bench: Bench = { server, authorization, at: start };
  const wanted = { tenant: row?.num ?? 0, prompt: PROMPT, rows, endMs: start };
  await load(server, wanted, async (done) => {
    if (done % ROWS_PER_TICK === 0) await tick(bench, start);
  });
  await tick(bench, start);
  const costs: number[] = [];
  for (const [name, { rule, everyHours }] of Object.entries(RULES)) {
    const seconds = await timeKind(bench, rule, { everyHours, monitors, rounds });
    costs.push(seconds);
    printAim(`${name}: monitors per CPU second`, 1 / seconds, { atLeast: 50 });
  }
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  printAim("all kinds alike: monitors per CPU second", 1 / mean, { atLeast: 50 });
  await server.stop();
}
