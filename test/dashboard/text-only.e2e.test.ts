import { beforeAll, describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, instance } = dashboard();

/** Text that would run if any screen took it for HTML. */
const BAD = `<script>window.ran = "script"</script><img src="x" onerror="window.ran = 'image'">`;
const NAME = "text-only/prompt";
const TRACE = "text-only-trace";

let keys: { secretKey: string; abvKey: string };

async function send<T>(path: string, body: unknown, method: "POST" | "PUT" = "POST"): Promise<T> {
  const response = await fetch(`${instance().url}/api/public${path}`, {
    method,
    headers: { authorization: `Bearer ${keys.abvKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

const generation = () => {
  const startMs = Date.now() - 60_000;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    id: "text-only-event",
    type: "generation-create",
    timestamp: iso(startMs),
    body: {
      id: "text-only-generation",
      traceId: TRACE,
      name: BAD,
      startTime: iso(startMs),
      endTime: iso(startMs + 900),
      promptName: NAME,
      promptVersion: 1,
      model: BAD,
      level: "ERROR",
      statusMessage: BAD,
      input: [{ role: "user", content: BAD }],
      output: BAD,
      metadata: { note: BAD },
    },
  };
};

/** A project of its own in which everything that people and programs write is such text. */
beforeAll(async () => {
  const { url, adminToken } = instance();
  const made = await fetch(`${url}/api/public/projects`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ name: BAD.slice(0, 60) }),
  });
  keys = (await made.json()) as typeof keys;
  for (const version of [1, 2]) {
    await send("/v2/prompts", {
      name: NAME,
      type: "text",
      prompt: `${BAD} ${version}`,
      config: { note: BAD },
      tags: [BAD],
      commitMessage: BAD,
      labels: version === 1 ? ["production"] : [],
    });
  }
  await send(
    `/prompts/${encodeURIComponent(NAME)}/labels/staging`,
    { version: 2, reason: BAD },
    "PUT",
  );
  await send("/ingestion", { batch: [generation()] });
  await send("/scores", {
    traceId: TRACE,
    name: BAD,
    value: BAD,
    dataType: "CATEGORICAL",
    comment: BAD,
  });
  await send("/monitors", {
    kind: "threshold",
    name: BAD,
    prompt: NAME,
    metric: "latencyMs",
    statistic: "p95",
    above: 1,
  });
  await send("/destinations", {
    kind: "webhook",
    name: BAD.slice(0, 60),
    url: "http://127.0.0.1:9/hook",
    filter: { events: ["destination.*"] },
  });
  await send("/sources", { name: BAD.slice(0, 90), kind: "feedback" });
  await send("/score-configs", { name: BAD, dataType: "BOOLEAN", description: BAD });
  await send("/prices", { model: BAD, usdPerMillion: { [BAD.slice(0, 60)]: 1 } }, "PUT");
  await send("/margins", { margins: { [`score:${BAD}`]: 0.1 } }, "PUT");
  await send("/rollouts", { prompt: NAME, label: "production", candidate: 2, reason: BAD });
});

const SCREENS: [path: string, shows: RegExp | null][] = [
  ["/prompts", /<img/],
  [`/prompts/${encodeURIComponent(NAME)}`, /<img/],
  [`/metrics?prompt=${encodeURIComponent(NAME)}`, null],
  [`/compare?prompt=${encodeURIComponent(NAME)}&control=1&candidate=2`, /<img/],
  ["/generations", null],
  [`/traces/${TRACE}`, /<img/],
  ["/dashboards", null],
  ["/rollouts?show=all", null],
  ["/incidents?show=all", null],
  ["/monitors", /<img/],
  ["/reports", null],
  ["/destinations", /<script/],
  ["/destinations?view=log", null],
  ["/keys", null],
  ["/keys?view=sources", /<script/],
  ["/audit", null],
  ["/settings", null],
  ["/settings?view=scores", /<img/],
  ["/settings?view=prices", /<img/],
  ["/settings?view=margins", /<img/],
];

describe("what people and programs write", () => {
  it("is text on every screen, never HTML", async () => {
    const { page, open } = await screen({}, keys.secretKey);
    // What was accepted is readable once its queue was drained.
    const { url } = instance();
    const headers = { authorization: `Bearer ${keys.abvKey}` };
    await expect
      .poll(async () => (await fetch(`${url}/api/public/traces/${TRACE}`, { headers })).status, {
        timeout: 30_000,
        interval: 200,
      })
      .toBe(200);
    for (const [path, shows] of SCREENS) {
      await open(path);
      const text = await page.locator("body").innerText();
      if (shows) expect(text, path).toMatch(shows);
      const found = await page.evaluate(() => ({
        ran: (window as unknown as { ran?: string }).ran,
        images: document.querySelectorAll("img").length,
        inline: document.querySelectorAll("script:not([src])").length,
      }));
      expect(found, path).toEqual({ ran: undefined, images: 0, inline: 0 });
    }
  });
});
