import { describe, it } from "vitest";

import { documentKey } from "../../../src/features/delivery/keys.ts";
import { drain, type Drainer } from "../../../src/features/delivery/publish/actions.ts";
import { labelDocument } from "../../../src/features/prompts/model.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import { broken, freshRegistry, type Registry } from "../../support/registry.ts";
import { at, create, type Fault, PROMPTS, say } from "./lab.ts";

const to = (name: string, selector = "label=production") =>
  `@@@langfusePrompt:name=${name}|${selector}@@@`;

type Fetched = {
  prompt: unknown;
  version: number;
  message: string;
  resolutionGraph: {
    root: { name: string };
    dependencies: Record<string, { name: string }[]>;
  } | null;
};

/** A fetch as a client's: what was written before has gone to KV. */
async function fetched(registry: Registry, path: string) {
  await registry.settle();
  return say<Fetched>(registry, "GET", `${PROMPTS}/${path}`);
}

const deploy = (registry: Registry, name: string, version: number) =>
  say(registry, "PUT", at(name, "/labels/production"), {
    version,
    reason: `v${version} of ${name}`,
  });

/** base <- middle <- top, all on production. */
async function chain(): Promise<Registry> {
  const registry = freshRegistry();
  await create(registry, { name: "base", prompt: "base 1", labels: ["production"] });
  await create(registry, { name: "base", prompt: "base 2" });
  await create(registry, { name: "middle", prompt: `[${to("base")}]`, labels: ["production"] });
  await create(registry, {
    name: "top",
    type: "chat",
    prompt: [{ role: "system", content: `top ${to("middle", "version=1")}` }],
    labels: ["production"],
  });
  return registry;
}

describe("a prompt with references", () => {
  it("is served resolved, with its graph, from KV alone", async ({ expect }) => {
    const registry = await chain();
    await registry.settle();
    const edgeOnly = registry.with({ env: { DB: broken("D1") } });
    const res = await say<Fetched>(edgeOnly, "GET", `${PROMPTS}/top?version=1`);
    expect(res.json.prompt).toEqual([{ role: "system", content: "top [base 1]" }]);
    const graph = res.json.resolutionGraph;
    expect(graph?.root.name).toBe("top");
    const names = Object.values(graph?.dependencies ?? {}).map((list) => list.map((n) => n.name));
    expect(names).toEqual(expect.arrayContaining([["middle"], ["base"]]));
  });

  it("is answered raw by resolve=false and by create, with a null graph", async ({ expect }) => {
    const registry = await chain();
    const raw = await fetched(registry, "middle?resolve=false");
    expect(raw.json).toMatchObject({ prompt: `[${to("base")}]`, resolutionGraph: null });
    const resolved = await fetched(registry, "middle?resolve=true");
    expect(resolved.json.prompt).toBe("[base 1]");
    expect(resolved.headers.get("etag")).not.toBe(raw.headers.get("etag"));
    const made = await create<Fetched>(registry, { name: "middle", prompt: to("base") });
    expect(made).toMatchObject({ prompt: to("base"), resolutionGraph: null });
  });

  it("follows a move of a label it refers to, through any number of others", async ({ expect }) => {
    const registry = await chain();
    expect((await fetched(registry, "top")).json.prompt).toEqual([
      { role: "system", content: "top [base 1]" },
    ]);
    await deploy(registry, "base", 2);
    expect((await fetched(registry, "middle")).json.prompt).toBe("[base 2]");
    for (const path of ["top", "top?version=1", "top?label=latest"]) {
      const res = await fetched(registry, path);
      expect(res.json.prompt, path).toEqual([{ role: "system", content: "top [base 2]" }]);
    }
  });

  it("tells in the dependant's ledger which move changed it, apart from its own moves", async ({
    expect,
  }) => {
    const registry = await chain();
    await deploy(registry, "base", 2);
    const read = async (query = "") =>
      (await say<{ data: unknown[] }>(registry, "GET", at("top", `/deployments${query}`))).json
        .data;
    expect(await read()).toEqual([
      {
        id: expect.stringMatching(/^dep_[0-9a-z]{25}$/) as string,
        label: "production",
        from: 1,
        to: 1,
        actor: { kind: "system", id: "test" },
        reason: "v2 of base",
        at: "2026-11-20T12:00:00.000Z",
        kind: "dependency",
        cause: { prompt: "base", label: "production", from: 1, to: 2 },
      },
      expect.objectContaining({ from: null, to: 1, kind: "move", cause: null }),
    ]);
    expect(await read("?kind=move")).toHaveLength(1);
    expect(await read("?kind=dependency")).toHaveLength(1);
    expect(await read("?label=latest")).toHaveLength(2);
  });

  it("tells it of a label whose split serves a dependant, though it points elsewhere", async ({
    expect,
  }) => {
    const registry = await chain();
    await create(registry, { name: "split", prompt: "plain", labels: ["production"] });
    for (const text of ["two", "three"]) {
      await create(registry, { name: "split", prompt: `${text} ${to("base")}` });
    }
    const arms = [6000, 4000, 0].map((weight, i) => ({ version: i + 1, weight }));
    await say(registry, "PUT", at("split", "/labels/production/split"), { arms });
    const told = async () =>
      (
        await say<{ data: { from: number; to: number; cause: unknown }[] }>(
          registry,
          "GET",
          at("split", "/deployments?label=production&kind=dependency"),
        )
      ).json.data.map(({ from, to: now, cause }) => [from, now, cause]);
    await deploy(registry, "base", 2);
    const first = [1, 1, { prompt: "base", label: "production", from: 1, to: 2 }];
    expect(await told()).toEqual([first]);
    // The arm without weight serves nobody; the label would not change by it.
    await say(registry, "PUT", at("split", "/labels/production/split"), {
      arms: [10_000, 0, 0].map((weight, i) => ({ version: i + 1, weight })),
    });
    await deploy(registry, "base", 1);
    expect(await told()).toEqual([first]);
  });

  it("rolls back its own move, never a dependency's", async ({ expect }) => {
    const registry = await chain();
    await create(registry, { name: "middle", prompt: "plain" });
    await deploy(registry, "middle", 2);
    await deploy(registry, "middle", 1);
    await deploy(registry, "base", 2);
    const back = await say(registry, "POST", at("middle", "/labels/production/rollback"));
    expect(back.json).toMatchObject({ previousVersion: 1, version: 2 });
  });

  it("is 409 while it cannot be resolved, on every way to read it, and served again after", async ({
    expect,
  }) => {
    const registry = await chain();
    // A label that moves to a version which refers back makes a circle no create could see.
    await create(registry, { name: "loop", prompt: "fine", labels: ["production"] });
    await create(registry, { name: "user", prompt: to("loop"), labels: ["production"] });
    await create(registry, { name: "other", prompt: "fine", labels: ["production"] });
    await create(registry, { name: "loop", prompt: to("other") });
    await create(registry, { name: "other", prompt: to("user", "version=1") });
    await deploy(registry, "loop", 2);
    await deploy(registry, "other", 2);
    for (const path of ["user", "user?version=1", "user?fresh=true", "loop"]) {
      const res = await fetched(registry, path);
      expect(res.status, path).toBe(409);
      expect(res.json.message).toContain("cannot be resolved");
    }
    expect((await fetched(registry, "user?resolve=false")).status).toBe(200);
    await deploy(registry, "other", 1);
    expect((await fetched(registry, "user")).json.prompt).toBe("fine");
  });
});

describe("GET /api/public/prompts/{name}/dependants", () => {
  it("says who inserts a prompt, and how", async ({ expect }) => {
    const registry = await chain();
    await create(registry, { name: "middle", prompt: `${to("base", "version=2")} ${to("base")}` });
    const { json } = await say(registry, "GET", at("base", "/dependants"));
    expect(json).toEqual({
      data: [
        { name: "middle", version: 1, by: { kind: "label", selector: "production" } },
        { name: "middle", version: 2, by: { kind: "label", selector: "production" } },
        { name: "middle", version: 2, by: { kind: "version", selector: "2" } },
      ],
    });
    expect((await say(registry, "GET", at("top", "/dependants"))).json).toEqual({ data: [] });
    expect((await say(registry, "GET", at("none", "/dependants"))).status).toBe(404);
  });
});

describe("creating a prompt with references", () => {
  it.for([
    { why: "a missing prompt", body: { prompt: to("nobody") }, message: "no prompt 'nobody'" },
    { why: "a missing label", body: { prompt: to("base", "label=x") }, message: "label 'x'" },
    { why: "a missing version", body: { prompt: to("base", "version=9") }, message: "version 9" },
    { why: "a chat prompt", body: { prompt: to("top") }, message: "only text prompts" },
    { why: "itself", body: { name: "base", prompt: to("base") }, message: "circular" },
    { why: "a circle", body: { name: "base", prompt: to("middle") }, message: "circular" },
  ])("refuses $why with 400 and stores nothing", async ({ body, message }, { expect }) => {
    const registry = await chain();
    const res = await say<Fault>(registry, "POST", PROMPTS, { name: "new/p", ...body });
    expect(res.status).toBe(400);
    expect(res.json.message).toContain(message);
    expect(res.json.issues[0]?.path).toBe("prompt");
    expect((await say(registry, "GET", at("new/p", "/deployments"))).status).toBe(404);
  });

  it("refuses the sixth prompt on a path", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p1", labels: ["production"] });
    for (const n of [2, 3, 4, 5]) {
      await create(registry, { name: `p${n}`, prompt: to(`p${n - 1}`), labels: ["production"] });
    }
    const res = await say<Fault>(registry, "POST", PROMPTS, { name: "p6", prompt: to("p5") });
    expect(res.status).toBe(400);
    expect(res.json.message).toContain("deeper than 5");
  });

  it("never sees another project's prompts", async ({ expect }) => {
    await create(freshRegistry(), { name: "theirs", labels: ["production"] });
    const res = await say(freshRegistry(), "POST", PROMPTS, { name: "p", prompt: to("theirs") });
    expect(res.status).toBe(400);
  });

  it("lets no two rivals make a circle together", async ({ expect }) => {
    for (let round = 0; round < 5; round++) {
      const registry = freshRegistry();
      await create(registry, { name: "a", prompt: "x" });
      await create(registry, { name: "b", prompt: "x" });
      const rivals = await Promise.all([
        say(registry, "POST", PROMPTS, { name: "a", prompt: to("b", "label=latest") }),
        say(registry, "POST", PROMPTS, { name: "b", prompt: to("a", "label=latest") }),
      ]);
      expect(rivals.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 400]);
    }
  });
});

describe("removing what another prompt refers to", () => {
  it.for([
    { what: "the whole prompt", method: "DELETE", path: `${PROMPTS}/base` },
    { what: "the version at the label", method: "DELETE", path: `${PROMPTS}/base?version=1` },
    { what: "by the label", method: "DELETE", path: `${PROMPTS}/base?label=production` },
    { what: "the label", method: "DELETE", path: at("base", "/labels/production") },
    { what: "a version by number", method: "DELETE", path: `${PROMPTS}/middle?version=1` },
  ])("refuses $what with 400, naming who", async ({ method, path }, { expect }) => {
    const registry = await chain();
    const res = await say<Fault>(registry, method, path);
    expect(res.status).toBe(400);
    expect(res.json.message).toMatch(/version 1 of '(middle|top)' refers to it/);
    expect((await fetched(registry, "top")).status).toBe(200);
  });

  it("allows what nobody refers to, and everything once the dependants are gone", async ({
    expect,
  }) => {
    const registry = await chain();
    const status = async (path: string) => (await say(registry, "DELETE", path)).status;
    expect(await status(`${PROMPTS}/base?version=2`)).toBe(204);
    expect(await status(`${PROMPTS}/top`)).toBe(204);
    expect(await status(`${PROMPTS}/middle`)).toBe(204);
    expect(await status(`${PROMPTS}/base`)).toBe(204);
  });

  it("allows the newest version when only its label latest is referred to", async ({ expect }) => {
    const registry = await chain();
    await create(registry, { name: "newest", prompt: to("base", "label=latest") });
    expect((await fetched(registry, "newest?version=1")).json.prompt).toBe("base 2");
    expect((await say(registry, "DELETE", `${PROMPTS}/base?version=2`)).status).toBe(204);
    expect((await fetched(registry, "newest?version=1")).json.prompt).toBe("base 1");
  });

  it("never leaves a reference to nothing when create and delete race", async ({ expect }) => {
    for (let round = 0; round < 8; round++) {
      const registry = freshRegistry();
      await create(registry, { name: "base", prompt: "x" });
      const [made, gone] = await Promise.all([
        say(registry, "POST", PROMPTS, { name: "p", prompt: to("base", "version=1") }),
        say(registry, "DELETE", `${PROMPTS}/base`),
      ]);
      expect([
        [201, 400],
        [400, 204],
      ]).toContainEqual([made?.status, gone?.status]);
    }
  });
});

describe("documents of dependants", () => {
  it("equal the registry after 40 rivals moved labels on every level", async ({ expect }) => {
    const registry = await chain();
    await create(registry, { name: "middle", prompt: `(${to("base")})` });
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        deploy(registry, i % 2 ? "base" : "middle", 1 + ((i % 4) >> 1)),
      ),
    );
    await registry.settle();
    const drainer: Drainer = {
      db: openRegistry(registry.scope.env.DB),
      kv: registry.scope.env.PROMPTS,
      clock: () => new Date(),
      wait: (ms) => scheduler.wait(ms),
    };
    await drain(drainer, { project: registry.scope.projectId, budgetMs: 20_000 });
    for (const name of ["base", "middle", "top"]) {
      const fresh = await say(registry, "GET", `${PROMPTS}/${name}?fresh=true`);
      const key = await documentKey(registry.scope.projectId, labelDocument(name, "production"));
      expect(await registry.scope.env.PROMPTS.get(key, "json"), name).toEqual(fresh.json);
    }
  });
});
