import { mkdirSync } from "node:fs";
import { join } from "node:path";

import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

import type { Ready } from "../../support/instance.ts";

const ROOT = join(import.meta.dirname, "../../..");

export type Look = { scheme: "light" | "dark"; width: number };
export const LOOKS: Look[] = [
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390 },
  { scheme: "dark", width: 390 },
];

/** The smallest phone that must work, and a small laptop. */
/** How long a page may take for what a test waits for; on a busy machine it does. */
const WAIT_MS = 30_000;

const HEIGHT_OF: Record<number, number> = { 1280: 800, 390: 844 };

/** What a page complained of: each test that opened one fails for it. */
type Complaints = string[];

export type Screen = {
  page: Page;
  /** Goes to a path below the project, such as `/prompts?q=x`, and waits until it has loaded. */
  open: (path: string) => Promise<void>;
  /** The person's next look at the page: nothing loads any more. */
  settled: () => Promise<void>;
  /** @throws AssertionError for each serious violation that axe-core finds */
  expectAccessible: () => Promise<void>;
  /**
   * Looks at the page in both colour schemes and at both widths, with `expectAccessible` in each.
   * With PICTURES=1 in the environment also a picture of each.
   */
  everyLook: (name: string) => Promise<void>;
  /** A PNG in .build/screenshots. */
  picture: (name: string) => Promise<void>;
  /** Complaints that the test expects, such as that of an answer 409, are taken out by this. */
  forgive: (complaint: RegExp) => void;
};

export type Dashboard = {
  instance: () => Ready;
  /** A page of a browser that is signed in with the key, by default the demo project's. */
  screen: (look?: Partial<Look>, secretKey?: string | null) => Promise<Screen>;
  /** Asks the API with the demo project's Bearer key. */
  api: <T>(method: string, path: string, body?: unknown) => Promise<T>;
};

/** Signs in as the dashboard does, and gives the cookie to the browser. */
async function signIn(context: BrowserContext, url: string, secretKey: string): Promise<string> {
  const answer = await context.request.post(`${url}/api/public/session`, { data: { secretKey } });
  if (answer.status() !== 201) throw new Error(`sign in: ${await answer.text()}`);
  const { project } = (await answer.json()) as { project: { id: string } };
  return project.id;
}

type Violation = { id: string; impact: string; help: string; nodes: { html: string }[] };

async function violationsOf(page: Page): Promise<string[]> {
  // Not addScriptTag, which the content security policy forbids.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: there } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Violation[] }> };
    };
    return (await there.run({ resultTypes: ["violations"] })).violations;
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  const loading = page.locator('[role="status"][aria-label="Loading"]');
  await expect.poll(() => loading.count()).toBe(0);
}

/** Gives the page a width and the colours that the person's system prefers; it has them when this ends. */
async function dress(page: Page, { scheme, width }: Look): Promise<void> {
  await page.setViewportSize({ width, height: HEIGHT_OF[width] ?? 800 });
  await page.emulateMedia({ colorScheme: scheme });
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
  // On a phone the navigation lies over the page until it has moved out.
  await page.waitForFunction(() => {
    const navigation = document.querySelector(".mantine-AppShell-navbar");
    const { left = 0, right = 0 } = navigation?.getBoundingClientRect() ?? {};
    return !navigation || (innerWidth < 768 ? right <= 0 : left >= 0);
  });
  await settled(page);
}

async function takePicture(page: Page, name: string, { scheme, width }: Look): Promise<void> {
  const folder = join(ROOT, ".build/screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`), fullPage: true });
}

function listen(page: Page, complaints: Complaints): void {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
}

/**
 * The browser of one test file, connected while its tests run. No test passes that made a page complain.
 *
 * @param own an instance of the file's own, in place of the one that all share
 */
export function dashboard(own?: () => Ready): Dashboard {
  const { instance: shared, browser: endpoint } = inject("dashboard");
  const instance = own ?? (() => shared);
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  let complaints: Complaints = [];
  beforeAll(async () => {
    browser = await chromium.connect(endpoint);
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });
  afterAll(() => browser.close());

  return {
    instance,
    async screen({ scheme = "light", width = 1280 } = {}, secretKey = instance().secretKey) {
      const viewport = { width, height: HEIGHT_OF[width] ?? 800 };
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport,
        reducedMotion: "reduce",
        baseURL: instance().url,
      });
      contexts.push(context);
      const projectId = secretKey === null ? "" : await signIn(context, instance().url, secretKey);
      const page = await context.newPage();
      page.setDefaultTimeout(WAIT_MS);
      listen(page, complaints);
      return {
        page,
        settled: () => settled(page),
        async open(path) {
          await page.goto(projectId === "" ? path : `/projects/${projectId}${path}`);
          await settled(page);
        },
        expectAccessible: async () => expect(await violationsOf(page)).toEqual([]),
        async everyLook(name) {
          for (const look of LOOKS) {
            await dress(page, look);
            expect(await violationsOf(page), `${look.scheme}, ${look.width} px`).toEqual([]);
            if (process.env["PICTURES"] === "1") await takePicture(page, name, look);
          }
        },
        picture: (name) => takePicture(page, name, { scheme, width }),
        forgive(complaint) {
          complaints = complaints.filter((text) => !complaint.test(text));
        },
      };
    },
    async api<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${instance().url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${instance().abvKey}`,
          "content-type": "application/json",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return (text === "" ? null : JSON.parse(text)) as T;
    },
  };
}
