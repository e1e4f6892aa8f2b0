import { spawn } from "node:child_process";
import { join } from "node:path";

import type { TestProject } from "vitest/node";

import { type Ready, startedInstance, stateFolder } from "../../support/instance.ts";
import { startBrowser } from "./chromium.ts";

/** What the tests are told of the instance and the browser that they share. */
export type Shared = { instance: Ready; browser: string };

declare module "vitest" {
  interface ProvidedContext {
    dashboard: Shared;
  }
}

const DEMO = join(import.meta.dirname, "../../../local/demo.ts");
const GENERATIONS = 600;
/** The demo's last calls are minutes old; the fold takes what is settled. */
const SETTLED_MS = 60_000;

/** Runs `npm run demo` to its end. */
function fill(state: string): Promise<void> {
  const child = spawn(process.execPath, [
    DEMO,
    "--state",
    state,
    "--generations",
    String(GENERATIONS),
  ]);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) =>
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`the demo ended with ${code}: ${said}`)),
    ),
  );
}

async function tick({ url, adminToken }: Ready, at: Date): Promise<void> {
  const response = await fetch(`${url}/api/public/admin/tick`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ at: at.toISOString() }),
  });
  if (!response.ok) throw new Error(`tick: ${response.status} ${await response.text()}`);
}

let stop: (() => Promise<void>) | undefined;

/** One `npm start` with two weeks of traffic, and one browser, for all tests of the dashboard. */
export async function setup(project: TestProject): Promise<void> {
  const { state, dispose } = stateFolder();
  const starting = [startedInstance(state, ["--test-clock"]), startBrowser()] as const;
  const [instance, browser] = await Promise.all(starting);
  stop = async () => {
    await browser.close();
    await instance.end("SIGTERM");
    dispose();
  };
  await fill(state);
  // The sweep takes up what the queue still has after two minutes.
  await tick(instance.ready, new Date(Date.now() + 3 * SETTLED_MS));
  await tick(instance.ready, new Date());
  project.provide("dashboard", { instance: instance.ready, browser: browser.wsEndpoint() });
}

export const teardown = async (): Promise<void> => stop?.();
