import { describe, it } from "vitest";

import { SearchPage, VersionPage } from "../../../src/features/prompts/catalog/contract.ts";
import { VersionDiff } from "../../../src/features/prompts/diff/contract.ts";
import { freshRegistry, type Registry } from "../../support/registry.ts";
import { at, create, type Fault, OWN, PROMPTS, say } from "./lab.ts";

type Page = {
  data: {
    name: string;
    versions: number[];
    labels: { label: string; version: number }[];
    match: { version: number; excerpt: string | null } | null;
  }[];
  nextCursor: string | null;
};

async function find(registry: Registry, query: Record<string, string>): Promise<Page> {
  const res = await say<Page>(
    registry,
    "GET",
    `${OWN}/search?${new URLSearchParams(query).toString()}`,
  );
  if (res.status !== 200) throw new Error(JSON.stringify(res.json));
  SearchPage.parse(res.json);
  return res.json;
}

const names = ({ data }: Page) => data.map(({ name }) => name);

async function filled(): Promise<Registry> {
  const registry = freshRegistry();
  await create(registry, {
    name: "team/support/greet",
    prompt: "Say hello to {{user}}",
    tags: ["eu"],
    labels: ["production"],
  });
  await create(registry, { name: "team/support/greet", prompt: "Say GOODBYE to {{user}}" });
  await create(registry, {
    name: "team/sales",
    prompt: [
      { role: "user", content: 'He said "hello"\nand left' },
      { type: "placeholder", name: "hello" },
    ],
    type: "chat",
    tags: ["eu", "us"],
  });
  await create(registry, { name: "team", prompt: "nothing here" });
  await create(registry, { name: "teaser", prompt: "50% _off_", labels: ["staging"] });
  return registry;
}

describe("GET /api/public/prompts/search", () => {
  it("lists everything with versions and labels", async ({ expect }) => {
    const page = await find(await filled(), {});
    expect(names(page)).toEqual(["team", "team/sales", "team/support/greet", "teaser"]);
    expect(page.data[2]).toMatchObject({
      versions: [1, 2],
      labels: [
        { label: "latest", version: 2 },
        { label: "production", version: 1 },
      ],
      tags: ["eu"],
      match: null,
    });
  });

  it.for([
    { query: { prefix: "team/" }, found: ["team/sales", "team/support/greet"] },
    { query: { prefix: "tea" }, found: ["team", "team/sales", "team/support/greet", "teaser"] },
    { query: { prefix: "%" }, found: [] },
    { query: { folder: "team" }, found: ["team/sales"] },
    { query: { folder: "" }, found: ["team", "teaser"] },
    { query: { tag: "us" }, found: ["team/sales"] },
    { query: { tag: "eu", prefix: "team/su" }, found: ["team/support/greet"] },
    { query: { label: "production" }, found: ["team/support/greet"] },
    { query: { q: "hello" }, found: ["team/sales", "team/support/greet"] },
    { query: { q: "HELLO" }, found: ["team/sales", "team/support/greet"] },
    { query: { q: 'said "hello"\nand' }, found: ["team/sales"] },
    { query: { q: "{{user}}" }, found: ["team/support/greet"] },
    { query: { q: "50% _" }, found: ["teaser"] },
    { query: { q: "sales" }, found: ["team/sales"] },
    { query: { q: "role" }, found: [] },
    { query: { q: "goodbye", label: "production" }, found: [] },
    { query: { q: "goodbye", label: "latest" }, found: ["team/support/greet"] },
  ])("finds $found by $query", async ({ query, found }, { expect }) => {
    expect(names(await find(await filled(), query as Record<string, string>))).toEqual(found);
  });

  it("shows which version has the text, and what is around it", async ({ expect }) => {
    const registry = await filled();
    await create(registry, {
      name: "long",
      prompt: `${"a ".repeat(100)}needle${" b".repeat(200)}`,
    });
    const byText = await find(registry, { q: "hello", prefix: "team/su" });
    expect(byText.data[0]?.match).toEqual({ version: 1, excerpt: "Say hello to {{user}}" });
    const excerpt = (await find(registry, { q: "needle" })).data[0]?.match?.excerpt;
    expect(excerpt).toHaveLength(200);
    expect(excerpt?.indexOf("needle")).toBe(60);
    const byName = await find(registry, { q: "SALES" });
    expect(byName.data[0]?.match).toEqual({ version: 1, excerpt: null });
  });

  it("pages without losing or repeating a name, with and without text", async ({ expect }) => {
    const registry = await filled();
    for (const query of [{}, { q: "a" }]) {
      const seen: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: Page = await find(registry, {
          ...query,
          limit: "1",
          ...(cursor && { cursor }),
        });
        seen.push(...names(page));
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(names(await find(registry, query as Record<string, string>)));
    }
  });

  it("forgets deleted prompts and never shows another project's", async ({ expect }) => {
    const registry = await filled();
    await say(registry, "DELETE", `${PROMPTS}/team`);
    expect(names(await find(registry, {}))).not.toContain("team");
    expect(names(await find(freshRegistry(), {}))).toEqual([]);
  });

  it("names the parameter that is wrong", async ({ expect }) => {
    const res = await say<Fault>(freshRegistry(), "GET", `${OWN}/search?limit=0`);
    expect(res.status).toBe(400);
    expect(res.json.issues[0]?.path).toBe("limit");
  });
});

describe("GET /api/public/prompts/folders", () => {
  it("lists folders right under one, with all prompts in them", async ({ expect }) => {
    const registry = await filled();
    const top = await say(registry, "GET", `${OWN}/folders`);
    expect(top.json).toEqual({ data: [{ path: "team", prompts: 2 }] });
    await create(registry, { name: "\u{1f600}/a/b" });
    const parent = encodeURIComponent("\u{1f600}");
    const emoji = await say(registry, "GET", `${OWN}/folders?parent=${parent}`);
    expect(emoji.json).toEqual({ data: [{ path: "\u{1f600}/a", prompts: 1 }] });
    const under = await say(registry, "GET", `${OWN}/folders?parent=team/`);
    expect(under.json).toEqual({ data: [{ path: "team/support", prompts: 1 }] });
  });
});

describe("GET /api/public/prompts/{name}/versions", () => {
  it("pages through versions, newest first", async ({ expect }) => {
    const registry = freshRegistry();
    for (const commitMessage of ["one", "two", "three"]) {
      await create(registry, { name: "p/q", commitMessage });
    }
    const first = await say<VersionPage>(registry, "GET", at("p/q", "/versions?limit=2"));
    VersionPage.parse(first.json);
    expect(first.json.data.map((v) => [v.version, v.labels, v.commitMessage])).toEqual([
      [3, ["latest"], "three"],
      [2, [], "two"],
    ]);
    const rest = await say<VersionPage>(
      registry,
      "GET",
      at("p/q", `/versions?cursor=${first.json.nextCursor}`),
    );
    expect(rest.json.data.map(({ version }) => version)).toEqual([1]);
    expect(rest.json.nextCursor).toBeNull();
    expect((await say(registry, "GET", at("none", "/versions"))).status).toBe(404);
  });
});

describe("PUT /api/public/prompts/{name}/tags", () => {
  it("changes the tags of every version without a new one", async ({ expect }) => {
    const registry = await filled();
    const res = await say(registry, "PUT", at("team/sales", "/tags"), { tags: ["b", "a", "b"] });
    expect(res.json).toEqual({ name: "team/sales", tags: ["b", "a"] });
    await registry.settle();
    const fetched = await say(registry, "GET", `${PROMPTS}/team%2Fsales?version=1`);
    expect(fetched.json).toMatchObject({ version: 1, tags: ["b", "a"] });
    expect((await say(registry, "PUT", at("none", "/tags"), { tags: [] })).status).toBe(404);
    expect((await say(registry, "PUT", at("team", "/tags"), { tags: [""] })).status).toBe(400);
  });
});

describe("GET /api/public/prompts/{name}/diff", () => {
  it("compares by number and by label; production with latest when neither is said", async ({
    expect,
  }) => {
    const registry = await filled();
    const path = at("team/support/greet", "/diff");
    const byNumber = await say<{ text: unknown[] }>(registry, "GET", `${path}?from=1&to=2`);
    expect(() => VersionDiff.parse(byNumber.json)).not.toThrow();
    expect(byNumber.json).toMatchObject({
      name: "team/support/greet",
      from: { version: 1, labels: ["production"] },
      to: { version: 2, labels: ["latest"] },
      identical: false,
    });
    expect(byNumber.json.text).toContainEqual({ op: "added", text: "GOODBYE" });
    const byLabel = await say(registry, "GET", `${path}?from=production&to=latest`);
    expect(byLabel.json).toEqual(byNumber.json);
    expect((await say(registry, "GET", path)).json).toEqual(byNumber.json);
  });

  it("404 for a side that is not there, 400 for one that cannot be", async ({ expect }) => {
    const registry = await filled();
    const ask = (query: string) => say<Fault>(registry, "GET", at("team", `/diff?${query}`));
    expect((await ask("from=1&to=9")).json.message).toBe("Prompt not found: 'team' with version 9");
    expect((await ask("to=1")).json.message).toContain("with label 'production'");
    const bad = await ask("from=Not%20A%20Label&to=1");
    expect(bad.status).toBe(400);
    expect(bad.json.issues[0]?.path).toBe("from");
  });
});

describe("POST /api/public/prompts/{name}/duplicate", () => {
  it("copies the version on production as the first of a new name", async ({ expect }) => {
    const registry = await filled();
    const res = await say(registry, "POST", at("team/support/greet", "/duplicate"), {
      newName: "copy",
    });
    expect(res.status).toBe(201);
    expect(res.json).toEqual({
      name: "copy",
      versions: [1],
      source: { name: "team/support/greet", versions: [1] },
    });
    await registry.settle();
    const copy = await say(registry, "GET", `${PROMPTS}/copy?label=latest`);
    expect(copy.json).toMatchObject({
      version: 1,
      prompt: "Say hello to {{user}}",
      tags: ["eu"],
      labels: ["latest"],
      commitMessage: "copy of version 1 of team/support/greet",
    });
  });

  it("copies a chosen version, or all with their numbers", async ({ expect }) => {
    const registry = await filled();
    await say(registry, "DELETE", `${PROMPTS}/team%2Fsales`);
    const path = at("team/support/greet", "/duplicate");
    await say(registry, "POST", path, { newName: "second", version: 2 });
    const second = await say(registry, "GET", `${PROMPTS}/second?version=1`);
    expect(second.json["prompt"]).toBe("Say GOODBYE to {{user}}");
    await create(registry, { name: "team/support/greet", prompt: "three" });
    await say(registry, "DELETE", `${PROMPTS}/team%2Fsupport%2Fgreet?version=2`);
    const all = await say(registry, "POST", path, { newName: "all", allVersions: true });
    expect(all.json).toMatchObject({ versions: [1, 3] });
    expect((await say(registry, "GET", `${PROMPTS}/all?version=3`)).json["prompt"]).toBe("three");
    expect((await create(registry, { name: "all" })).version).toBe(4);
  });

  it("takes references along, and refuses one that would become circular", async ({ expect }) => {
    const registry = await filled();
    await create(registry, { name: "ref", prompt: "@@@langfusePrompt:name=team|version=1@@@" });
    await say(registry, "POST", at("ref", "/duplicate"), { newName: "ref2" });
    const copied = await say(registry, "GET", `${PROMPTS}/ref2?version=1`);
    expect(copied.json["prompt"]).toBe("nothing here");
    expect((await say(registry, "DELETE", `${PROMPTS}/team`)).status).toBe(400);
  });

  it.for([
    { why: "a used name", name: "team", body: { newName: "teaser" }, status: 409 },
    { why: "an unknown prompt", name: "none", body: { newName: "x" }, status: 404 },
    { why: "an unknown version", name: "team", body: { newName: "x", version: 7 }, status: 404 },
    { why: "a bad name", name: "team", body: { newName: "/x" }, status: 400 },
    {
      why: "two choices",
      name: "team",
      body: { newName: "x", version: 1, allVersions: true },
      status: 400,
    },
  ])("refuses $why with $status", async ({ name, body, status }, { expect }) => {
    const registry = await filled();
    expect((await say(registry, "POST", at(name, "/duplicate"), body)).status).toBe(status);
  });
});

describe("warnings of a create", () => {
  it("come with the 201, and the version is stored", async ({ expect }) => {
    const registry = freshRegistry();
    const first = await create(registry, {
      name: "p",
      prompt: "{{a}} {{b}}",
      labels: ["production"],
    });
    expect(first.warnings).toEqual([]);
    const second = await create(registry, {
      name: "p",
      prompt: "{{a}} {{c",
      labels: ["production"],
    });
    expect(second.version).toBe(2);
    expect(second.warnings.map(({ code }) => code)).toEqual([
      "unbalanced_braces",
      "variable_vanished",
    ]);
    const third = await create(registry, { name: "p", prompt: "{{a}}" });
    expect(third.warnings).toEqual([]);
  });
});
