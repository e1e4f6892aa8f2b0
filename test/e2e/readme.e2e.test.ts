import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { type E2eProject, pause, until } from "./support/instance.ts";
import { metricsOf } from "./support/metrics.ts";
import { runningInstance } from "./support/shared.ts";

const run = promisify(execFile);
const ROOT = new URL("../../", import.meta.url).pathname;

/** The JavaScript programs of the README, by the heading above them. */
const programs = [
  ...readFileSync(`${ROOT}README.md`, "utf8").matchAll(/### (.+)\n[^#]*?```js\n([\s\S]*?)```/g),
].map(([, heading = "", program = ""]): [string, string] => [heading, program]);

const instance = runningInstance();

/** Runs a program in the repository's root with the settings that SDKs read. */
const runNode = (
  args: string[],
  { url, publicKey, secretKey, abvKey }: E2eProject,
): Promise<{ stdout: string }> =>
  run(process.execPath, args, {
    cwd: ROOT,
    timeout: 60_000,
    env: {
      LANGFUSE_BASE_URL: url,
      LANGFUSE_BASEURL: url,
      LANGFUSE_PUBLIC_KEY: publicKey,
      LANGFUSE_SECRET_KEY: secretKey,
      ABV_BASE_URL: url,
      ABV_API_KEY: abvKey,
    },
  });

describe("the README", () => {
  it("shows a program for each JavaScript SDK", () => {
    expect(programs.map(([heading]) => heading)).toEqual([
      "Langfuse for JavaScript 4 and 5",
      "ABV for JavaScript",
      "Langfuse for JavaScript 3",
    ]);
  });

  it.each(programs)("%s: its program does what it says", async (heading, program) => {
    const project = await instance().createProject(heading);
    await runNode(["--input-type=module", "--eval", program], project);
    const line = await until("the numbers", async () => {
      await instance().tick();
      const { data } = await metricsOf(project, "hello");
      return data.find(({ count, scores }) => count > 0 && scores.length > 0);
    });
    expect(line).toMatchObject({
      version: 1,
      labels: expect.arrayContaining(["production"]) as string[],
      count: 1,
      inputTokens: { n: 1, total: 5 },
      outputTokens: { n: 1, total: 2 },
      scores: [
        { name: "helpful", source: "API", n: 1, mean: 1 },
        { name: "helpful", source: null, n: 1, mean: 1 },
      ],
    });
  });
});

describe("the examples", () => {
  it.each(["langfuse-js", "abv-js"])("%s prints the numbers of what it did", async (name) => {
    const project = await instance().createProject(name);
    const ended = new AbortController();
    const example = runNode([`examples/${name}/index.js`], project).finally(() => ended.abort());
    // What cron does in real life.
    const ticking = (async () => {
      for (; !ended.signal.aborted; await pause(500)) await instance().tick();
    })();
    const { stdout } = await example;
    await ticking;
    expect(stdout).toContain("example/capital v1: Paris");
    const numbers = JSON.parse(stdout.slice(stdout.indexOf("{"))) as unknown;
    expect(numbers).toMatchObject({
      data: [{ version: 1, count: 1, inputTokens: { total: 16 }, costUsd: { n: 1 } }],
    });
  });
});
