import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type StartedInstance, startedInstance, stateFolder } from "../support/instance.ts";

type Received = { path: string; headers: Record<string, string>; body: string };
type Tested = {
  state: string;
  outcome: string;
  log: { durationMs: number; response: { body: string } | null }[];
};

const folder = stateFolder();
const received: Received[] = [];
let receiver: Server;
let base: string;
let started: StartedInstance;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  if (path === "/redirect") response.writeHead(302, { location: `${base}/hook` }).end();
  else if (path === "/endless") endless(response);
  // Nothing is said on /silent.
  else if (path !== "/silent") response.writeHead(path === "/broken" ? 500 : 200).end("thank you");
}

/** An answer that goes on for as long as somebody reads it. */
function endless(response: ServerResponse): void {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write("x".repeat(16_000)));
  };
  response.on("drain", more);
  more();
}

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ path: request.url ?? "", headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  started = await startedInstance(folder.state);
});

afterAll(async () => {
  await started.end("SIGTERM");
  receiver.closeAllConnections();
  receiver.close();
  folder.dispose();
});

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { url, publicKey, secretKey } = started.ready;
  const response = await fetch(`${url}/api/public${path}`, {
    method,
    headers: {
      authorization: `Basic ${btoa(`${publicKey}:${secretKey}`)}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

const create = (path: string, over: object = {}) =>
  api<{ id: string; secret: string }>("POST", "/destinations", {
    kind: "webhook",
    name: path,
    url: `${base}${path}`,
    filter: { events: ["prompt.*"], prompts: [path.slice(1)] },
    ...over,
  });

const test = async (id: string): Promise<Tested> => api("POST", `/destinations/${id}/test`);

describe("notifications over HTTP", () => {
  it("a deployment reaches a webhook through the queue, signed; and again when it failed", async () => {
    const { id, secret } = await create("/hook");
    const broken = await create("/broken", { filter: { prompts: ["hook"] } });
    await api("POST", "/v2/prompts", { name: "hook", prompt: "Hello", labels: ["production"] });
    // The first retry comes after five seconds.
    await expect
      .poll(() => received.map(({ path }) => path).sort(), { timeout: 30_000, interval: 200 })
      .toEqual(["/broken", "/broken", "/broken", "/broken", "/hook", "/hook"]);
    const bodies = received
      .filter(({ path }) => path === "/hook")
      .map(({ body, headers }) => new Webhook(secret).verify(body, headers));
    expect(bodies).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "prompt.created" }),
        expect.objectContaining({ type: "prompt.deployed" }),
      ]),
    );
    const retried = received.filter(({ path }) => path === "/broken");
    expect(new Set(retried.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
    for (const { body, headers } of retried) new Webhook(broken.secret).verify(body, headers);
    const states = async (destination: string) =>
      (
        await api<{ data: { state: string; outcome: string; attempts: number }[] }>(
          "GET",
          `/deliveries?destination=${destination}`,
        )
      ).data.map(({ state, outcome, attempts }) => `${state} ${outcome} ${attempts}`);
    await expect
      .poll(() => states(id), { timeout: 10_000 })
      .toEqual(["delivered 200 1", "delivered 200 1"]);
    await expect
      .poll(() => states(broken.id), { timeout: 10_000 })
      .toEqual(["pending 500 2", "pending 500 2"]);
  });

  it("a test says at once what came of it", async () => {
    const { id, secret } = await create("/test");
    const tested = await test(id);
    expect(tested).toMatchObject({ state: "delivered", outcome: "200" });
    expect(tested.log[0]?.response?.body).toBe("thank you");
    const last = received.findLast(({ path }) => path === "/test");
    expect(new Webhook(secret).verify(last?.body ?? "", last?.headers ?? {})).toMatchObject({
      type: "destination.test",
    });
  });

  it("a redirect is not followed", async () => {
    const before = received.filter(({ path }) => path === "/hook").length;
    const { id } = await create("/redirect");
    expect(await test(id)).toMatchObject({
      state: "failed",
      outcome: "302: redirects are not followed",
    });
    expect(received.filter(({ path }) => path === "/hook")).toHaveLength(before);
  });

  it("an endless answer is read to its limit, a silent receiver is left after ten seconds", async () => {
    const endlessly = await test((await create("/endless")).id);
    expect(endlessly).toMatchObject({ state: "delivered" });
    expect(endlessly.log[0]?.response?.body.length).toBeLessThan(4_100);
    const silent = await test((await create("/silent")).id);
    expect(silent).toMatchObject({ state: "failed", outcome: "no answer within 10 seconds" });
    expect(silent.log[0]?.durationMs).toBeLessThan(15_000);
  });

  it("nobody answers: that is said, too", async () => {
    const { id } = await create("/x", { url: "http://127.0.0.1:1/" });
    const tested = await test(id);
    expect(tested.state).toBe("failed");
    expect(tested.outcome).toMatch(/^could not be reached/);
  });

  it("loopback is the only private address that a local instance may send to", async () => {
    for (const url of ["http://192.168.1.1/", "https://169.254.169.254/", "https://[fe80::1]/"]) {
      await expect(create("/x", { url })).rejects.toThrow(/must be|must begin/);
    }
  });
});
