import { type ChildProcess, spawn } from "node:child_process";

import { afterEach, describe, expect, it } from "vitest";

import { descendants, end, isAlive, markOf } from "../../local/host/process.ts";

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

async function sleeper(): Promise<number> {
  child = spawn("sleep", ["60"]);
  await new Promise((resolve) => child?.once("spawn", resolve));
  return child.pid ?? 0;
}

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
});
