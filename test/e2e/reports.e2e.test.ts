import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type StartedInstance, startedInstance, stateFolder } from "../support/instance.ts";

const DAY_MS = 86_400_000;
const folder = stateFolder();
const received: { headers: Record<string, string>; body: string }[] = [];
let receiver: Server;
let started: StartedInstance;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      received.push({ headers: Object.fromEntries(headers) as Record<string, string>, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  started = await startedInstance(folder.state, ["--test-clock"]);
});

afterAll(async () => {
  await started.end("SIGTERM");
  receiver.closeAllConnections();
  receiver.close();
  folder.dispose();
});

async function api<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
  const response = await fetch(`${started.ready.url}/api/public${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key ?? started.ready.abvKey}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

const tick = (at: Date) =>
  api<{ failed: string[] }>(
    "POST",
    "/admin/tick",
    { at: at.toISOString() },
    started.ready.adminToken,
  );

const EVIL = `evil <script>document.title = "ran"</script>`;

type Event = {
  type: string;
  data: { path: string; title: string; highlights: string[]; period: { kind: string } };
};

describe("a daily report", () => {
  it("comes when the day is over: traffic, fold, cron, webhook, and a page without a key", async () => {
    const { port } = receiver.address() as AddressInfo;
    await api("POST", "/destinations", {
      kind: "webhook",
      name: "reports",
      url: `http://127.0.0.1:${port}/hook`,
      filter: { events: ["report.ready"] },
    });
    await api("PATCH", "/settings", {
      timeZone: "Asia/Kolkata",
      reports: { daily: true, weekly: false, weekday: "monday", hour: 0 },
    });
    await api("POST", "/v2/prompts", { name: "greet", prompt: "Hello", labels: ["production"] });
    await api("POST", "/v2/prompts", { name: "silent", prompt: "Hush", labels: ["production"] });
    const begin = Date.now() - 60_000;
    const generation = (i: number) => ({
      id: `event-${i}`,
      type: "generation-create",
      timestamp: new Date().toISOString(),
      body: {
        id: `generation-${i}`,
        traceId: `trace-${i}`,
        startTime: new Date(begin).toISOString(),
        endTime: new Date(begin + 250 + i).toISOString(),
        promptName: "greet",
        promptVersion: 1,
        costDetails: { total: 0.5 },
        level: i === 0 ? "ERROR" : "DEFAULT",
      },
    });
    const batch: unknown[] = Array.from({ length: 30 }, (_, i) => generation(i));
    batch.push({
      id: "event-score",
      type: "score-create",
      timestamp: new Date().toISOString(),
      body: { traceId: "trace-1", observationId: "generation-1", name: EVIL, value: 0.5 },
    });
    await api("POST", "/ingestion", { batch });
    type Metrics = { data: { count: number }[] };
    await expect
      .poll(
        async () => {
          await tick(new Date(Date.now() + 1000));
          return (await api<Metrics>("GET", "/prompts/greet/metrics")).data[0]?.count;
        },
        { timeout: 30_000, interval: 300 },
      )
      .toBe(30);
    await api("PUT", "/prompts/greet/labels/staging", { version: 1, reason: EVIL });

    // Past midnight in India, and the half hour in which late events settle.
    const IST_MS = 5.5 * 3_600_000;
    const midnight = (Math.floor((begin + IST_MS) / DAY_MS) + 1) * DAY_MS - IST_MS;
    const next = new Date(midnight + 45 * 60_000);
    expect((await tick(next)).failed).toEqual([]);
    await expect.poll(() => received.length, { timeout: 30_000, interval: 200 }).toBe(1);
    const [delivery] = received;
    if (!delivery) throw new Error("nothing was delivered");
    // Signed at the moved clock, which a verifier takes for the future.
    expect(delivery.headers["webhook-signature"]).toMatch(/^v1,/);
    const event = JSON.parse(delivery.body) as Event;
    expect(event).toMatchObject({ type: "report.ready", data: { period: { kind: "daily" } } });
    expect(event.data.highlights[0]).toBe("30 generations · cost $15.00 · errors 3.3 %");

    const page = await fetch(`${started.ready.url}${event.data.path}`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    const html = await page.text();
    expect(html).toContain("Asia/Kolkata");
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain("<script");
    expect(html).toContain("<li>silent</li>");

    // Neither a changed link nor none opens it.
    const forged = event.data.path.replace(/signature=./, "signature=_");
    expect((await fetch(`${started.ready.url}${forged}`)).status).toBe(401);
    const bare = event.data.path.split("?")[0] ?? "";
    expect((await fetch(`${started.ready.url}${bare}`)).status).toBe(401);

    // The day is told once, however often cron comes.
    await tick(new Date(next.getTime() + 10 * 60_000));
    await tick(new Date(next.getTime() + 20 * 60_000));
    const { data } = await api<{ data: { state: string; kind: string }[] }>("GET", "/reports");
    expect(data).toMatchObject([{ kind: "daily", state: "ready" }]);
    expect(received).toHaveLength(1);
  });
});
