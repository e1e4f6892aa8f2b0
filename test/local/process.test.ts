import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { descendants, end, isAlive, markOf } from "../../local/host/process.ts";

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

async function sleeper(): Promise<number> {
  child = spawn("sleep", ["60"]);
  await new Promise((resolve) => child?.once("spawn", resolve));
  return child.pid ?? 0;
}

/** A server with memory in many threads, which the kernel takes a while to clear away. */
const SERVER = `
  const { Worker } = require("node:worker_threads");
  const code = "globalThis.kept = Buffer.alloc(20_000_000, 1); require('node:worker_threads').parentPort.postMessage(0); setInterval(() => {}, 1e6)";
  const ready = Array.from({ length: 6 }, () => new Promise((done) => new Worker(code, { eval: true }).once("message", done)));
  const server = require("node:net").createServer().listen(0, "localhost");
  Promise.all(ready).then(() => console.log(server.address().port));
`;

async function serverWithThreads(): Promise<{ pid: number; port: number }> {
  const server = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  child = server;
  const port = await new Promise<string>((resolve) => server.stdout.once("data", resolve));
  return { pid: server.pid ?? 0, port: Number(port) };
}

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "localhost", () => probe.close(() => resolve(true)));
  });

describe("processes", () => {
  it("are found below their parent by the program they run", async () => {
    const pid = await sleeper();
    expect(descendants(process.pid, "sleep").map((mark) => mark.pid)).toContain(pid);
    expect(descendants(process.pid, "no-such-program")).toEqual([]);
  });

  it("are ended when they are the ones that were marked", async () => {
    const mark = markOf(await sleeper());
    expect(isAlive(mark, "sleep")).toBe(true);
    expect(await end(mark, "sleep")).toBe(true);
    expect(isAlive(mark, "sleep")).toBe(false);
  });

  it("are left alone when the number went to another program, or to a later process", async () => {
    const mark = markOf(await sleeper());
    expect(await end(mark, "workerd")).toBe(false);
    expect(await end({ ...mark, startTicks: "1" }, "sleep")).toBe(false);
    expect(isAlive(mark, "sleep")).toBe(true);
  });

  it("have left their port when they are ended", async () => {
    const { pid, port } = await serverWithThreads();
    expect(await canListen(port)).toBe(false);
    expect(await end(markOf(pid), "node")).toBe(true);
    expect(await canListen(port)).toBe(true);
  });
});
