import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
  type Response,
} from "playwright-core";

import { startBrowser } from "../test/dashboard/support/chromium.ts";
import { call } from "./project.ts";
import { printAim, printHeading } from "./report.ts";
import { median } from "./rounds.ts";
import { fill, type Filled } from "./screens/fill.ts";
import { ADMIN_TOKEN, dashboardFiles, newState, productionScript, serve } from "./server.ts";

export type ScreensBench = { rows: number; rounds: number };

const AIM_SECONDS = 1;
const AIM_FIRST_LOAD_KB = 350;
/** A screen on which nothing happened for this long is finished. */
const QUIET_MS = 800;
const WATCH = readFileSync(join(import.meta.dirname, "screens/watch.js"), "utf8");

/** Where a screen is, and what it is there for. */
type Screen = { name: string; path: string; content: string };

const ROW = "main tbody tr";
const CHART = "main .recharts-surface";

const screensOf = (filled: Filled): Screen[] => {
  const prompt = encodeURIComponent(filled.prompt);
  return [
    { name: "Prompts", path: "/prompts", content: ROW },
    { name: "Prompt", path: `/prompts/${prompt}`, content: "main pre, main code" },
    { name: "Metrics, 7 days", path: `/metrics?prompt=${prompt}`, content: CHART },
    { name: "Metrics, 30 days", path: `/metrics?prompt=${prompt}&range=30d`, content: CHART },
    {
      name: "Compare, 7 days",
      path: `/compare?prompt=${prompt}&control=1&candidate=2`,
      content: "main .cm-content",
    },
    { name: "Generations, 7 days", path: "/generations", content: ROW },
    { name: "Rollouts", path: "/rollouts", content: ROW },
    { name: "Rollout", path: `/rollouts/${filled.rolloutId}`, content: ROW },
    { name: "Incidents", path: "/incidents", content: ROW },
    { name: "Incident", path: `/incidents/${filled.incidentId}`, content: "main h1" },
    { name: "Monitors", path: "/monitors", content: ROW },
    { name: "Reports", path: "/reports", content: ROW },
    { name: "Report", path: `/reports/${filled.reportId}`, content: "main table" },
    { name: "Dashboards", path: "/dashboards", content: ROW },
    { name: "Dashboard, six charts", path: `/dashboards/${filled.dashboardId}`, content: CHART },
  ];
};

/** What one cold look at a screen took. */
type Look = { seconds: number; requests: number; scriptBytes: number };

type Watched = { screenWatch: { busyMs: number; readyMs: number } };

async function readySeconds(page: Page): Promise<number> {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(
    (quietMs) => {
      const { busyMs } = (globalThis as unknown as Watched).screenWatch;
      return performance.now() - busyMs > quietMs;
    },
    QUIET_MS,
    { timeout: 30_000 },
  );
  return (await page.evaluate(() => (globalThis as unknown as Watched).screenWatch.readyMs)) / 1000;
}

/** Opens a screen as somebody who was never there: nothing is cached but that they are signed in. */
async function look(
  browser: Browser,
  signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>,
  { address, content }: { address: string; content: string },
): Promise<Look> {
  const context = await browser.newContext({
    storageState: signedIn,
    viewport: { width: 1280, height: 800 },
  });
  try {
    const page = await context.newPage();
    await page.addInitScript({
      content: `globalThis.mainContent = ${JSON.stringify(content)};\n{${WATCH}}`,
    });
    const problems: string[] = [];
    let requests = 0;
    const scripts: Response[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("response", (response) => {
      requests++;
      const path = new URL(response.url()).pathname;
      if (response.status() >= 400) problems.push(`${path} answered ${response.status()}`);
      if (path.endsWith(".js")) scripts.push(response);
    });
    await page.goto(address, { waitUntil: "commit" });
    const seconds = await readySeconds(page).catch((error: unknown) => {
      throw new Error(`${address} never showed ${content}`, { cause: error });
    });
    if (problems.length > 0) throw new Error(`${address}: ${problems.join("; ")}`);
    // Not before: this process serves the files too.
    const bodies = await Promise.all(scripts.map((script) => script.body()));
    const scriptBytes = bodies.reduce((sum, body) => sum + gzipSync(body).byteLength, 0);
    return { seconds, requests, scriptBytes };
  } finally {
    await context.close();
  }
}

function printScreen(name: string, looks: readonly Look[]): void {
  const seconds = looks.map((each) => each.seconds);
  const least = Math.min(...seconds).toFixed(2);
  const greatest = Math.max(...seconds).toFixed(2);
  const { requests = 0, scriptBytes = 0 } = looks[0] ?? {};
  const kilobytes = (scriptBytes / 1024).toFixed(0);
  printAim(
    name,
    median(seconds),
    { atMost: AIM_SECONDS },
    ` s (${least} to ${greatest})   ${String(requests).padStart(3)} requests   ${kilobytes} KB of scripts`,
  );
}

/** Signs in as a person does. @returns the browser's cookies */
async function signIn(browser: Browser, url: string, secretKey: string) {
  const context = await browser.newContext();
  const answer = await context.request.post(`${url}/api/public/session`, { data: { secretKey } });
  if (answer.status() !== 201) throw new Error(`sign in: ${await answer.text()}`);
  const signedIn = await context.storageState();
  await context.close();
  return signedIn;
}

/**
 * Seconds from the start of a navigation until a screen can be used: the first frame in which its
 * main content stands, no skeleton is left and every request was answered, and after which nothing
 * comes or goes.
 */
export async function benchScreens({ rows, rounds }: ScreensBench): Promise<void> {
  printHeading(`7. Screens of the dashboard, cold, on ${rows} generations; median of ${rounds}`);
  const server = await serve({
    script: productionScript(),
    state: newState(),
    vars: { TEST_CLOCK: "1" },
    consumesQueues: true,
    files: dashboardFiles(),
  });
  const { json } = await call(server, "POST", "/api/public/projects", {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    body: { name: "bench" },
  });
  const made = json as { project: { id: string }; publicKey: string; secretKey: string };
  const authorization = `Basic ${btoa(`${made.publicKey}:${made.secretKey}`)}`;
  const screens = screensOf(await fill(server, authorization, rows));
  const running = await startBrowser();
  try {
    const browser = await chromium.connect(running.wsEndpoint());
    const url = `http://127.0.0.1:${server.port}`;
    const signedIn = await signIn(browser, url, made.secretKey);
    const looks = new Map<string, Look[]>(screens.map(({ name }) => [name, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const { name, path, content } of screens) {
        const address = `${url}/projects/${made.project.id}${path}`;
        const found = await look(browser, signedIn, { address, content });
        // The first round warms the server up.
        if (round > 0) looks.get(name)?.push(found);
      }
    }
    for (const [name, all] of looks) printScreen(name, all);
    const [first] = looks.get("Prompts") ?? [];
    const kilobytes = (first?.scriptBytes ?? Number.NaN) / 1024;
    printAim("first load, KB of gzipped scripts", kilobytes, { atMost: AIM_FIRST_LOAD_KB });
  } finally {
    await running.close();
    await server.stop();
  }
}
