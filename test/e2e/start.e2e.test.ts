import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import {
  type Ready,
  spawnStart,
  startedInstance,
  type StartedInstance,
  stateFolder,
} from "../support/instance.ts";

const disposers: (() => unknown)[] = [];
afterEach(async () => {
  for (const dispose of disposers.splice(0).reverse()) await dispose();
});

function folder(): string {
  const { state, dispose } = stateFolder();
  disposers.push(dispose);
  return state;
}

async function start(state: string, args: string[] = []): Promise<StartedInstance> {
  const instance = await startedInstance(state, args);
  disposers.push(() => (instance.child.exitCode === null ? instance.end("SIGTERM") : undefined));
  return instance;
}

const basicOf = ({ publicKey, secretKey }: Ready): string =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;

const get = (ready: Ready, path: string): Promise<Response> =>
  fetch(`${ready.url}${path}`, { headers: { authorization: basicOf(ready) } });

async function changeRetention(ready: Ready, retentionDays: number): Promise<number> {
  const response = await fetch(`${ready.url}/api/public/settings`, {
    method: "PATCH",
    headers: { authorization: basicOf(ready) },
    body: JSON.stringify({ retentionDays }),
  });
  return response.status;
}

async function retentionOf(ready: Ready): Promise<unknown> {
  const response = await get(ready, "/api/public/settings");
  const settings = (await response.json()) as { retentionDays?: unknown };
  return settings.retentionDays;
}

/** Runtimes that the state folder's pid file names. */
const runtimesOf = (state: string): number[] => {
  const file = JSON.parse(readFileSync(join(state, "promptside.pid"), "utf8")) as {
    runtimes: { pid: number }[];
  };
  return file.runtimes.map(({ pid }) => pid);
};

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("npm start", () => {
  it("prints one JSON line with working keys, and nothing else on stdout", async () => {
    const { ready, output, end } = await start(folder());
    expect(Object.keys(ready).sort()).toEqual(
      ["url", "projectId", "publicKey", "secretKey", "abvKey", "adminToken"].sort(),
    );
    const projects = await get(ready, "/api/public/projects");
    expect(await projects.json()).toEqual({
      data: [
        {
          id: ready.projectId,
          name: "demo",
          organization: { id: expect.any(String) as string, name: expect.any(String) as string },
          metadata: {},
        },
      ],
    });
    const made = await fetch(`${ready.url}/api/public/projects`, {
      method: "POST",
      headers: { authorization: `Bearer ${ready.adminToken}` },
      body: JSON.stringify({ name: "second" }),
    });
    expect(made.status).toBe(201);
    expect(await end("SIGINT")).toEqual({ code: 0, signal: null });
    expect(output().stdout.trim().split("\n")).toHaveLength(1);
  });

  it("keeps its state, keys and project over Ctrl-C, and leaves no process", async () => {
    const state = folder();
    const first = await start(state);
    expect(await changeRetention(first.ready, 77)).toBe(200);
    const runtimes = runtimesOf(state);
    expect(runtimes.length).toBeGreaterThan(0);
    expect(await first.end("SIGINT")).toEqual({ code: 0, signal: null });
    expect(runtimes.filter(isRunning)).toEqual([]);

    const second = await start(state);
    const { url: _first, ...before } = first.ready;
    const { url: _second, ...after } = second.ready;
    expect(after).toEqual(before);
    expect(await retentionOf(second.ready)).toBe(77);
  });

  it("keeps its state over SIGKILL, and ends the orphan that it left", async () => {
    const state = folder();
    const first = await start(state);
    expect(await changeRetention(first.ready, 78)).toBe(200);
    const runtimes = runtimesOf(state);
    await first.end("SIGKILL");
    expect(runtimes.filter(isRunning)).toEqual(runtimes);

    const second = await start(state);
    expect(runtimes.filter(isRunning)).toEqual([]);
    expect(second.output().stderr).toMatch(/ended the workerd process \d+ that a hard kill left/);
    expect(await retentionOf(second.ready)).toBe(78);
  });

  it("brings in at its start what was accepted before SIGKILL", async () => {
    const state = folder();
    const first = await start(state);
    const event = { id: "e", type: "span-create", timestamp: new Date().toISOString() };
    const sent = await fetch(`${first.ready.url}/api/public/ingestion`, {
      method: "POST",
      headers: { authorization: basicOf(first.ready) },
      body: JSON.stringify({ batch: [{ ...event, body: { id: "accepted", traceId: "t" } }] }),
    });
    expect(sent.status).toBe(207);
    // The queue waits a second for more; nobody has read the object by now.
    await first.end("SIGKILL");

    const { ready } = await start(state);
    // The sweep alone would take longer than a test may.
    while ((await get(ready, "/api/public/observations/accepted")).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  it("refuses a second start on a state folder that is in use", async () => {
    const state = folder();
    const { ready } = await start(state);
    const { said, ended } = spawnStart(["--port", "0", "--state", state]);
    expect(await ended).toEqual({ code: 1, signal: null });
    expect(said.stdout).toBe("");
    expect(said.stderr).toMatch(/Promptside already runs on .+ \(process \d+, at http:\/\//);
    expect(said.stderr).not.toMatch(/ {4}at /);
    expect((await get(ready, "/api/public/projects")).status).toBe(200);
  });

  it("lets one of two starts at the same moment have the state folder", async () => {
    const state = folder();
    const both = [0, 1].map(() => spawnStart(["--port", "0", "--json", "--state", state]));
    const refused = await Promise.race(both.map(async (each) => ({ each, ...(await each.ended) })));
    const kept = both.find((each) => each !== refused.each)!;
    disposers.push(() => kept.child.kill("SIGTERM") && kept.ended);
    expect(refused).toMatchObject({ code: 1, signal: null });
    expect(refused.each.said.stderr).toMatch(/already runs on|is taking/);
    while (!kept.said.stdout.includes("\n")) {
      await new Promise((resolve) => kept.child.stdout.once("data", resolve));
    }
    const ready = JSON.parse(kept.said.stdout) as Ready;
    expect((await get(ready, "/api/public/projects")).status).toBe(200);
  });

  it("says that a port is in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    disposers.push(() => server.close());
    const { port } = server.address() as { port: number };
    const { said, ended } = spawnStart(["--port", String(port), "--state", folder()]);
    expect(await ended).toEqual({ code: 1, signal: null });
    expect(said.stderr).toContain(`port ${port} is in use; choose another with --port N`);
  });

  it("shows the usage for a flag it does not know", async () => {
    for (const args of [["--prot", "1"], ["--port", "99999"], ["--state"], ["--json=1"]]) {
      const { said, ended } = spawnStart(args);
      expect(await ended).toEqual({ code: 2, signal: null });
      expect(said.stderr).toContain("usage: npm start");
    }
  });

  it("keeps secrets readable by their owner only", async () => {
    const state = folder();
    await start(state);
    expect(statSync(join(state, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  it("greets a person with the address, the keys and two programs to paste", async () => {
    const state = folder();
    const { child, said, ended } = spawnStart(["--port", "0", "--state", state]);
    disposers.push(() => (child.exitCode === null ? child.kill("SIGTERM") && ended : undefined));
    while (!said.stdout.includes("Ctrl-C"))
      await new Promise((resolve) => child.stdout.once("data", resolve));
    for (const word of [
      "Base URL",
      "pk-ps-",
      "sk-ps-",
      "sk-abv-",
      "@langfuse/client",
      "from langfuse",
    ]) {
      expect(said.stdout).toContain(word);
    }
  });

  it("keeps the number of events shards that a state folder began with", async () => {
    const state = folder();
    const first = await start(state, ["--shards", "2"]);
    expect(await first.end("SIGTERM")).toEqual({ code: 0, signal: null });
    const { said, ended } = spawnStart(["--port", "0", "--state", state, "--shards", "3"]);
    expect(await ended).toEqual({ code: 1, signal: null });
    expect(said.stderr).toContain("keeps its events in 2 shards, which cannot become 3");
    const second = await start(state);
    expect((await get(second.ready, "/api/public/projects")).status).toBe(200);
  });
});
