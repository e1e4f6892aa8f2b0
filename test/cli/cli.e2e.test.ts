import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type StartedInstance, startedInstance, stateFolder } from "../support/instance.ts";

const BIN = join(import.meta.dirname, "../../src/cli/promptside.mjs");

let instance: StartedInstance | undefined;
const started = (): StartedInstance => {
  if (!instance) throw new Error("the instance did not start");
  return instance;
};
const { state, dispose } = stateFolder();
const work = mkdtempSync(join(tmpdir(), "promptside-cli-"));
const folder = join(work, "prompts");

beforeAll(async () => {
  instance = await startedInstance(state);
});
afterAll(async () => {
  await instance?.end("SIGTERM");
  dispose();
  rmSync(work, { recursive: true, force: true });
});

type Ran = { code: number | null; stdout: string; stderr: string };

const own = (): Record<string, string> => ({
  PROMPTSIDE_URL: started().ready.url,
  PROMPTSIDE_PUBLIC_KEY: started().ready.publicKey,
  PROMPTSIDE_SECRET_KEY: started().ready.secretKey,
});

/** Runs the program as a shell would; only PATH and the variables given are in its environment. */
function run(
  args: string[],
  env: Record<string, string> = own(),
  node = process.execPath,
): Promise<Ran> {
  const child = spawn(node, [BIN, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    cwd: work,
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
}

const json = async <T>(args: string[]): Promise<T> => {
  const ran = await run([...args, "--json"]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as T;
};

const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
const read = (path: string): string => readFileSync(join(folder, path), "utf8");

async function api(method: string, path: string, body?: unknown): Promise<unknown> {
  const { url, publicKey, secretKey } = started().ready;
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Basic ${btoa(`${publicKey}:${secretKey}`)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

describe("promptside against a real instance", () => {
  it("pulls prompts into files, raw and readable, and nothing twice", async () => {
    await api("POST", "/api/public/v2/prompts", {
      name: "support/greet",
      prompt: "Hello {{name}}",
      labels: ["production"],
      config: { model: "gpt-4o" },
      tags: ["support"],
    });
    await api("POST", "/api/public/v2/prompts", {
      name: "support/chat",
      type: "chat",
      prompt: [
        {
          role: "system",
          content: "Like this: @@@langfusePrompt:name=support/greet|label=production@@@",
        },
        { type: "placeholder", name: "history" },
      ],
    });
    const pulled = await run(["pull", folder]);
    expect(pulled.code).toBe(0);
    expect(pulled.stdout).toContain("2 of 2 prompts changed");
    expect(pulled.stderr).toContain("reading prompts: 2 of 2");
    expect(read("support/greet.prompt.md")).toContain("Hello {{name}}\n");
    expect(read("support/chat.prompt.md")).toContain("@@@langfusePrompt:name=support/greet");
    expect(await json(["pull", folder])).toMatchObject({ prompts: 2, written: [] });
    expect((await run(["diff", folder, "--exit-code"])).code).toBe(0);
  });

  it("shows what pushing would change, and ends with 1 for CI", async () => {
    write("support/greet.prompt.md", read("support/greet.prompt.md").replace("Hello", "Good day"));
    write("new.prompt.md", "---\nname: new one\n---\nBrand new {{x}}\n");
    const shown = await run(["diff", folder, "--exit-code"]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain("-Hello {{name}}");
    expect(shown.stdout).toContain("+Good day {{name}}");
    expect(shown.stdout).toContain("new one: new");
    expect((await run(["diff", folder])).code).toBe(0);
    const { prompts } = await json<{ prompts: { name: string; status: string }[] }>([
      "diff",
      folder,
    ]);
    expect(prompts.map(({ name, status }) => [name, status])).toEqual([
      ["new one", "new"],
      ["support/chat", "same"],
      ["support/greet", "changed"],
    ]);
  });

  it("pushes only what changed, as new versions with label and message", async () => {
    const planned = await json(["push", folder, "--dry-run"]);
    expect(planned).toMatchObject({ prompts: expect.any(Array) as unknown[] });
    const { prompts } = await json<{
      prompts: { name: string; outcome: string; version: number }[];
    }>(["push", folder, "--label", "staging", "--message", "kinder"]);
    expect(prompts.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: "new one", outcome: "created", version: 1 },
      { name: "support/chat", outcome: "unchanged", version: 1 },
      { name: "support/greet", outcome: "created", version: 2 },
    ]);
    expect(
      await api("GET", "/api/public/v2/prompts/support%2Fgreet?label=staging&fresh=true"),
    ).toMatchObject({
      version: 2,
      commitMessage: "kinder",
      tags: ["support"],
      config: { model: "gpt-4o" },
    });
    expect((await run(["diff", folder, "--exit-code"])).code).toBe(0);
  });

  it("compares versions by the server's diff", async () => {
    const ran = await run(["diff", "support/greet", "1", "2", "--exit-code"]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("version 1 to 2");
    expect(ran.stdout).toContain("[-Hello-]");
    expect((await run(["diff", "support/greet", "2", "2", "--exit-code"])).code).toBe(0);
    // No folder of that name: the prompt's version on production, and its latest.
    const alone = await run(["diff", "support/greet", "--exit-code"]);
    expect([alone.code, alone.stdout]).toEqual([1, ran.stdout]);
  });

  it("deploys and rolls back, guarded by --expect, stopped by a split unless forced", async () => {
    const deployed = await run([
      "deploy",
      "support/greet",
      "2",
      "--reason",
      "kinder",
      "--expect",
      "1",
    ]);
    expect(deployed).toMatchObject({
      code: 0,
      stdout: "support/greet: production moved from version 1 to version 2\n",
    });
    const stale = await run(["deploy", "support/greet", "1", "--expect", "1"]);
    expect(stale.code).toBe(3);
    expect(stale.stderr).toContain("somebody moved it (409)");
    await api("PUT", "/api/public/prompts/support%2Fgreet/labels/production/split", {
      arms: [
        { version: 1, weight: 1_000 },
        { version: 2, weight: 9_000 },
      ],
    });
    const split = await run(["rollback", "support/greet"]);
    expect(split.code).toBe(3);
    expect(split.stderr).toContain("is split between the versions 1 and 2");
    expect(await json(["rollback", "support/greet", "--force"])).toMatchObject({
      version: 1,
      previousVersion: 2,
      moved: true,
    });
  });

  it("puts two versions' metrics side by side, unknown as a dash", async () => {
    const ran = await run(["compare", "support/greet", "1", "2"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^metric +version 1 +version 2 +n$/m);
    expect(ran.stdout).toMatch(/^latencyMs p95 +- +- +0 \/ 0$/m);
    expect(await json(["compare", "support/greet", "1", "2"])).toMatchObject({
      control: 1,
      metrics: expect.arrayContaining([
        { metric: "generations", control: 0, candidate: 0, n: [0, 0] },
      ]) as unknown[],
    });
    expect((await run(["compare", "support/greet", "1", "9"])).code).toBe(3);
  });

  it("exports everything and imports it into another project", async () => {
    const file = join(work, "all.ndjson");
    const { publicKey, secretKey } = started().ready;
    const asked = async (method: string, path: string, body: object) => {
      const answer = await fetch(`${started().ready.url}/api/public/${path}`, {
        method,
        headers: { authorization: `Basic ${btoa(`${publicKey}:${secretKey}`)}` },
        body: JSON.stringify(body),
      });
      expect(answer.ok).toBe(true);
    };
    await asked("PATCH", "settings", { retentionDays: 45, masks: ["$..email"] });
    await asked("PUT", "prices", { model: "acme-1", usdPerMillion: { input: 2, output: 4 } });
    await asked("POST", "score-configs", { name: "accuracy", dataType: "NUMERIC", minValue: 0 });
    await asked("POST", "dashboards", { name: "mine" });
    expect(await json(["export", file])).toMatchObject({ file });
    const other = (await (
      await fetch(`${started().ready.url}/api/public/projects`, {
        method: "POST",
        headers: { authorization: `Bearer ${started().ready.adminToken}` },
        body: JSON.stringify({ name: "other" }),
      })
    ).json()) as { abvKey: string };
    const env = { PROMPTSIDE_URL: started().ready.url, PROMPTSIDE_API_KEY: other.abvKey };
    const imported = await run(["import", file, "--json"], env);
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout)).toMatchObject({
      complete: true,
      errors: [],
      versions: { added: 4, unchanged: 0 },
      settings: true,
      scoreConfigs: 1,
      prices: 1,
      // The monitor that every project has is as it was.
      others: { dashboard: 1 },
    });
    const second = join(work, "other.ndjson");
    await run(["export", second], env);
    const linesOf = (path: string) =>
      readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => !line.includes('"kind":"promptside"'));
    expect(linesOf(second)).toEqual(linesOf(file));
    const again = await run(["import", file, "--json"], env);
    expect(JSON.parse(again.stdout)).toMatchObject({
      versions: { added: 0, unchanged: 4 },
      settings: false,
      scoreConfigs: 0,
      prices: 0,
    });
    const there = join(work, "other");
    await run(["pull", there], env);
    expect(readFileSync(join(there, "support/greet.prompt.md"), "utf8")).toBe(
      read("support/greet.prompt.md"),
    );
    writeFileSync(join(work, "bad.ndjson"), '{"kind":"prompt","name":"|"}\n');
    const bad = await run(["import", join(work, "bad.ndjson")], env);
    expect(bad.code).toBe(3);
    expect(bad.stdout).toContain("line 1: ");
  });

  it("imports from a running Langfuse step by step, and a second time finds everything there", async () => {
    const { url, publicKey, secretKey, adminToken } = started().ready;
    const other = (await (
      await fetch(`${url}/api/public/projects`, {
        method: "POST",
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify({ name: "moved in" }),
      })
    ).json()) as { abvKey: string };
    const env = { PROMPTSIDE_URL: url, PROMPTSIDE_API_KEY: other.abvKey };
    const source = { SOURCE_PUBLIC_KEY: publicKey, SOURCE_SECRET_KEY: secretKey };
    const args = ["import", "--langfuse", url, "--json"];
    const moved = await run(args, { ...env, ...source });
    expect(moved).toMatchObject({ code: 0 });
    expect(moved.stderr).toContain("importing prompts: 3 of 3");
    expect(JSON.parse(moved.stdout)).toMatchObject({
      versions: { added: 4, unchanged: 0 },
      errors: [],
    });
    const again = await run(args, { ...env, ...source });
    expect(JSON.parse(again.stdout)).toMatchObject({ versions: { added: 0, unchanged: 4 } });
    const bare = await run(args, env);
    expect(bare).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("SOURCE_PUBLIC_KEY") as string,
    });
  });
});

describe("promptside's manners", () => {
  it.each([
    [["dance"], 2, "there is no command dance"],
    [["deploy", "x"], 2, "version is missing"],
    [["deploy", "x", "one"], 2, "version is one; it must be the number of a version"],
    [["pull", "--colour"], 2, "Unknown option '--colour'"],
    [["pull", "a", "b"], 2, "unexpected argument b"],
    [["push", "nowhere"], 3, "there is no folder nowhere"],
    [["deploy", "nobody", "1"], 3, "Prompt not found: 'nobody'"],
  ])("%j ends with %i and says why", async (args, code, message) => {
    const ran = await run(args);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(message);
    expect(ran.stdout).toBe("");
  });

  it("names the variables that are missing, and a server that is not there", async () => {
    const bare = await run(["pull"], {});
    expect(bare).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("PROMPTSIDE_URL") as string,
    });
    const wrong = await run(["pull"], { ...own(), PROMPTSIDE_SECRET_KEY: "wrong" });
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining("401") as string });
    const away = await run(["pull"], { ...own(), PROMPTSIDE_URL: "http://127.0.0.1:1" });
    expect(away).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("cannot be reached") as string,
    });
  });

  it("takes the SDKs' variables", async () => {
    const { url, abvKey } = started().ready;
    const ran = await run(["pull", join(work, "sdk")], {
      ABV_BASE_URL: `${url}/`,
      ABV_API_KEY: abvKey,
    });
    expect(ran.code).toBe(0);
    expect(existsSync(join(work, "sdk/support/greet.prompt.md"))).toBe(true);
  });

  it("says of every file what became of it, and of a path why it cannot be read", async () => {
    const mixed = join(work, "mixed");
    mkdirSync(mixed);
    for (const name of ["a good one", "b|bad", "c good too"]) {
      writeFileSync(join(mixed, `${name[0]}.prompt.md`), `---\nname: ${name}\n---\nhello\n`);
    }
    const ran = await run(["push", mixed, "--json"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("1 of 3 prompts were refused");
    expect(JSON.parse(ran.stdout)).toMatchObject({
      prompts: [
        { name: "a good one", outcome: "created", version: 1 },
        {
          name: "b|bad",
          outcome: "refused",
          version: null,
          why: expect.stringContaining("must not contain") as string,
        },
        { name: "c good too", outcome: "created", version: 1 },
      ],
    });
    const missing = await run(["pull", join(mixed, "a.prompt.md", "below")]);
    expect(missing.code).toBe(3);
    expect(missing.stderr).toMatch(/^ENOTDIR: .*below'\n$/m);
  });

  it("runs on a Node without TypeScript, from what `npm run build:cli` makes", async () => {
    const built = join(work, "built");
    const tsc = join(import.meta.dirname, "../../node_modules/.bin/tsc");
    const project = join(import.meta.dirname, "../../tsconfig.cli.json");
    const made = spawnSync(tsc, ["-p", project, "--outDir", built], { encoding: "utf8" });
    expect(made).toMatchObject({ status: 0, stdout: "" });
    const main = join(built, "cli/main.js");
    writeFileSync(join(built, "package.json"), '{"type":"module"}');
    const said = spawnSync(
      process.execPath,
      ["--no-experimental-strip-types", main, "diff", "--help"],
      {
        encoding: "utf8",
      },
    );
    expect(said).toMatchObject({ status: 0, stderr: "" });
    expect(said.stdout).toContain("usage: promptside diff");
  });

  it("has a page of help, and one for each command", async () => {
    const overview = await run(["--help"]);
    expect(overview).toMatchObject({ code: 0, stderr: "" });
    for (const command of [
      "push",
      "pull",
      "diff",
      "deploy",
      "rollback",
      "compare",
      "import",
      "export",
    ]) {
      expect(overview.stdout).toContain(`  ${command} `);
      const own = await run([command, "--help"], {});
      expect(own.code).toBe(0);
      expect(own.stdout).toContain(`usage: promptside ${command}`);
    }
  });
});
