import { describe, it } from "vitest";

import { CreatePrompt, PromptAnswer, PromptList } from "../../../src/features/prompts/contract.ts";
import { findPrompt, requirePrompt } from "../../../src/features/prompts/index.ts";
import { freshRegistry, type Registry } from "../../support/registry.ts";

const PROMPTS = "/api/public/v2/prompts";

type Answer = {
  version: number;
  labels: string[];
  tags: string[];
  prompt: unknown;
  message: string;
  issues: { path: string; message: string }[];
};

async function create({ call }: Registry, body: Record<string, unknown>): Promise<Answer> {
  const res = await call("POST", PROMPTS, { body: { prompt: "hi", ...body } });
  if (res.status !== 201) throw new Error(await res.text());
  return res.json();
}

async function get({ call }: Registry, path: string): Promise<Answer> {
  const res = await call("GET", `${PROMPTS}/${path}`);
  return res.json();
}

describe("POST /api/public/v2/prompts", () => {
  it("answers 201 with the stored row, every field that SDK parsers need", async ({ expect }) => {
    const registry = freshRegistry();
    const res = await registry.call("POST", PROMPTS, {
      body: { name: "greet", prompt: "Hi {{name}}", labels: ["production"], isActive: true },
    });

    expect(res.status).toBe(201);
    const body = await res.json();
    expect(body).toEqual({
      id: expect.stringMatching(/^pv_/) as string,
      createdAt: "2026-11-20T12:00:00.000Z",
      updatedAt: "2026-11-20T12:00:00.000Z",
      projectId: registry.scope.projectId,
      createdBy: "test",
      name: "greet",
      version: 1,
      type: "text",
      prompt: "Hi {{name}}",
      config: {},
      labels: ["latest", "production"],
      tags: [],
      commitMessage: null,
      isActive: true,
      resolutionGraph: null,
      warnings: [],
    });
    expect(() => PromptAnswer.parse(body)).not.toThrow();
  });

  it("drops the marks and extra keys of chat messages, keeps placeholders", async ({ expect }) => {
    const created = await create(freshRegistry(), {
      name: "chat",
      type: "chat",
      prompt: [
        { type: "chatmessage", role: "system", content: "Be kind to {{user}}", extra: 1 },
        { type: "placeholder", name: "history" },
        { role: "user", content: "" },
      ],
    });
    expect(created.prompt).toEqual([
      { role: "system", content: "Be kind to {{user}}" },
      { type: "placeholder", name: "history" },
      { role: "user", content: "" },
    ]);
  });

  it("keeps the name's tags when given none, and clears them when given []", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p", tags: ["a", "b", "a"] });
    expect((await create(registry, { name: "p", tags: null })).tags).toEqual(["a", "b"]);
    expect((await create(registry, { name: "p" })).tags).toEqual(["a", "b"]);
    expect((await create(registry, { name: "p", tags: [] })).tags).toEqual([]);
    expect((await get(registry, "p?version=1")).tags).toEqual([]);
  });

  it("gives concurrent creates a number each", async ({ expect }) => {
    const registry = freshRegistry();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        create(registry, { name: "busy", prompt: `v ${i}`, labels: ["production"] }),
      ),
    );

    const versions = made.map(({ version }) => version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    for (const { version, prompt } of made) {
      expect((await get(registry, `busy?version=${version}`)).prompt).toBe(prompt);
    }
    const prompt = await requirePrompt(registry.scope, "busy");
    const labelled = prompt.versions.filter(({ labels }) => labels.length > 0);
    expect(labelled).toEqual([{ version: 20, labels: ["latest", "production"] }]);
  });

  it("never uses a number twice, not even that of a deleted prompt", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p" });
    await create(registry, { name: "p" });
    await registry.call("DELETE", `${PROMPTS}/p?version=2`);
    expect((await create(registry, { name: "p" })).version).toBe(3);
    await registry.call("DELETE", `${PROMPTS}/p`);
    expect(await findPrompt(registry.scope, "p")).toBeUndefined();
    const again = await create(registry, { name: "p", type: "chat", prompt: [] });
    expect(again.version).toBe(4);
  });

  it.for([
    { why: "an empty name", body: { name: " " }, path: "name" },
    { why: "a leading slash", body: { name: "/a" }, path: "name" },
    { why: "a trailing slash", body: { name: "a/" }, path: "name" },
    { why: "a double slash", body: { name: "a//b" }, path: "name" },
    { why: "a pipe", body: { name: "a|b" }, path: "name" },
    { why: "an HTML tag", body: { name: "<b>x" }, path: "name" },
    { why: "a reserved name", body: { name: "new" }, path: "name" },
    { why: "a dot segment", body: { name: "a/../b" }, path: "name" },
    { why: "no name", body: {}, path: "name" },
    { why: "a label in capitals", body: { name: "p", labels: ["Prod"] }, path: "labels.0" },
    { why: "a label too long", body: { name: "p", labels: ["a".repeat(37)] }, path: "labels.0" },
    { why: "labels that are no list", body: { name: "p", labels: "production" }, path: "labels" },
    { why: "an unknown type", body: { name: "p", type: "image" }, path: "type" },
    { why: "a chat with a string", body: { name: "p", type: "chat" }, path: "prompt" },
    { why: "a text with a list", body: { name: "p", prompt: [] }, path: "prompt" },
    { why: "no prompt", body: { name: "p", prompt: undefined }, path: "prompt" },
    {
      why: "a message without content",
      body: { name: "p", type: "chat", prompt: [{ role: "user" }] },
      path: "prompt.0.content",
    },
    {
      why: "a placeholder without a name",
      body: { name: "p", type: "chat", prompt: [{ type: "placeholder" }] },
      path: "prompt.0.name",
    },
    {
      why: "a variable that is also a placeholder",
      body: {
        name: "p",
        type: "chat",
        prompt: [
          { role: "user", content: "{{ x }}" },
          { type: "placeholder", name: "x" },
        ],
      },
      path: "prompt",
    },
    {
      why: "a long commit message",
      body: { name: "p", commitMessage: "x".repeat(501) },
      path: "commitMessage",
    },
    {
      why: "a prompt too large",
      body: { name: "p", prompt: "x".repeat(1_000_001) },
      path: "prompt",
    },
  ])("refuses $why by the field's name", async ({ body, path }, { expect }) => {
    const { call } = freshRegistry();
    const res = await call("POST", PROMPTS, { body: { prompt: "hi", ...body } });
    expect(res.status).toBe(400);
    const answer = await res.json<Answer>();
    expect(answer.issues[0]?.path).toBe(path);
    expect(answer.message).toContain(path);
  });

  it("refuses another type than the versions before", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p" });
    const res = await registry.call("POST", PROMPTS, {
      body: { name: "p", type: "chat", prompt: [] },
    });
    expect(res.status).toBe(400);
    expect(await res.json()).toMatchObject({ issues: [{ path: "type" }] });
  });

  it("refuses what is not JSON", async ({ expect }) => {
    const res = await freshRegistry().call("POST", PROMPTS, { body: "{" });
    expect(res.status).toBe(400);
  });
});

describe("PATCH /api/public/v2/prompts/{name}/versions/{version}", () => {
  it("adds labels to the version and takes them from all others", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p", labels: ["production", "a"] });
    await create(registry, { name: "p", labels: ["b"] });

    const res = await registry.call("PATCH", `${PROMPTS}/p/versions/2`, {
      body: { name: "p", version: 2, newLabels: ["production"] },
    });

    expect(res.status).toBe(200);
    const body = await res.json<Answer>();
    expect(body.labels).toEqual(["b", "latest", "production"]);
    expect((await get(registry, "p?version=1")).labels).toEqual(["a"]);
    expect((await get(registry, "p")).version).toBe(2);
  });

  it.for(["team/support/greeting", "a%b", "100%", "x/versions/2", "你好 ?#+"])(
    "trap 11: takes the name %s raw in the path, or encoded",
    async (name, { expect }) => {
      const registry = freshRegistry();
      await create(registry, { name });
      const raw = name.replaceAll(/[?# ]/g, encodeURIComponent);
      for (const [label, path] of [
        ["raw", raw],
        ["encoded", encodeURIComponent(name)],
      ] as const) {
        const res = await registry.call("PATCH", `${PROMPTS}/${path}/versions/1`, {
          body: { newLabels: [label] },
        });
        expect(res.status).toBe(200);
        expect(await res.json()).toMatchObject({ name });
      }
      const fetched = await get(registry, `${encodeURIComponent(name)}?label=raw`);
      expect(fetched.labels).toEqual(["encoded", "latest", "raw"]);
    },
  );

  it("writes nothing when the labels are there already", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p", labels: ["production"] });
    const later = registry.with({ now: new Date("2026-11-21T00:00:00.000Z") });
    const res = await later.call("PATCH", `${PROMPTS}/p/versions/1`, {
      body: { newLabels: ["production"] },
    });
    expect(await res.json()).toMatchObject({
      labels: ["latest", "production"],
      updatedAt: "2026-11-20T12:00:00.000Z",
    });
  });

  it("moves a label for 50 callers at once, and the ledger is one chain", async ({ expect }) => {
    const registry = freshRegistry();
    for (let i = 0; i < 3; i++) await create(registry, { name: "p" });
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const body = { newLabels: ["production"] };
        return (await registry.call("PATCH", `${PROMPTS}/p/versions/${1 + (i % 3)}`, { body }))
          .status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    const res = await registry.call("GET", "/api/public/prompts/p/deployments?limit=100");
    const { data } = await res.json<{ data: { from: number | null; to: number }[] }>();
    const chain = data.reverse();
    expect(chain.map(({ from }) => from)).toEqual([
      null,
      ...chain.slice(0, -1).map(({ to }) => to),
    ]);
    expect((await get(registry, "p?fresh=true")).version).toBe(chain.at(-1)?.to);
  });

  it("refuses latest, bad labels and unknown versions", async ({ expect }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p" });
    const patch = (version: string, newLabels: unknown) =>
      registry.call("PATCH", `${PROMPTS}/p/versions/${version}`, { body: { newLabels } });

    const latest = await patch("1", ["latest"]);
    expect(latest.status).toBe(400);
    expect(await latest.json()).toMatchObject({ issues: [{ path: "newLabels.0" }] });
    expect((await patch("1", ["No Good"])).status).toBe(400);
    expect((await patch("1", "x")).status).toBe(400);
    expect((await patch("one", ["x"])).status).toBe(400);
    const unknown = await patch("7", ["x"]);
    expect(unknown.status).toBe(404);
    expect((await unknown.json<Answer>()).message).toBe("Prompt not found: 'p' with version 7");
  });
});

describe("DELETE /api/public/v2/prompts/{name}", () => {
  async function three(): Promise<Registry> {
    const registry = freshRegistry();
    await create(registry, { name: "f/p", labels: ["production"] });
    await create(registry, { name: "f/p", labels: ["staging"] });
    await create(registry, { name: "f/p" });
    return registry;
  }

  it("deletes one version; latest falls to the highest that remains", async ({ expect }) => {
    const registry = await three();
    const res = await registry.call("DELETE", `${PROMPTS}/f%2Fp?version=3`);
    expect(res.status).toBe(204);
    expect(await res.text()).toBe("");
    expect(await requirePrompt(registry.scope, "f/p")).toEqual({
      name: "f/p",
      type: "text",
      versions: [
        { version: 1, labels: ["production"] },
        { version: 2, labels: ["latest", "staging"] },
      ],
    });
    expect(await get(registry, "f%2Fp?label=latest")).toMatchObject({ version: 2 });
  });

  it("deletes the version at a label, or all", async ({ expect }) => {
    const registry = await three();
    expect((await registry.call("DELETE", `${PROMPTS}/f%2Fp?label=production`)).status).toBe(204);
    expect(await get(registry, "f%2Fp")).toMatchObject({
      message: "Prompt not found: 'f/p' with label 'production'",
    });
    expect((await registry.call("DELETE", `${PROMPTS}/f%2Fp`)).status).toBe(204);
    expect((await registry.call("DELETE", `${PROMPTS}/f%2Fp`)).status).toBe(404);
    expect((await registry.call("GET", `${PROMPTS}/f%2Fp?version=2`)).status).toBe(404);
  });

  it("refuses what matches nothing, and version 0 rather than to delete all", async ({
    expect,
  }) => {
    const registry = await three();
    const remove = (query: string) => registry.call("DELETE", `${PROMPTS}/f%2Fp?${query}`);
    expect((await remove("version=9")).status).toBe(404);
    expect((await remove("version=1&label=staging")).status).toBe(404);
    expect((await remove("version=0")).status).toBe(400);
    expect((await remove("version=x")).status).toBe(400);
    expect((await remove("label=")).status).toBe(400);
    expect((await requirePrompt(registry.scope, "f/p")).versions).toHaveLength(3);
  });
});

describe("GET /api/public/v2/prompts", () => {
  type List = { data: { name: string; versions: number[] }[]; meta: { totalItems: number } };
  const list = async ({ call }: Registry, query: string): Promise<List> => {
    const res = await call("GET", `${PROMPTS}?${query}`);
    if (res.status !== 200) throw new Error(await res.text());
    return res.json();
  };

  async function filled(): Promise<Registry> {
    const registry = freshRegistry();
    await create(registry, { name: "b", labels: ["production"], config: { n: 1 }, tags: ["x"] });
    const later = registry.with({ now: new Date("2026-11-21T00:00:00.000Z") });
    await create(later, { name: "b", labels: ["staging"], config: { n: 2 } });
    await create(later, { name: "a", type: "chat", prompt: [], labels: ["production"] });
    return registry;
  }

  it("has the wire's shape, sorted by name", async ({ expect }) => {
    const body = await list(await filled(), "");
    expect(() => PromptList.parse(body)).not.toThrow();
    const meta = { page: 1, limit: 10, totalItems: 2, totalPages: 1 };
    expect(body).toEqual({
      data: [
        {
          name: "a",
          type: "chat",
          versions: [1],
          labels: ["latest", "production"],
          tags: [],
          lastUpdatedAt: "2026-11-21T00:00:00.000Z",
          lastConfig: {},
        },
        {
          name: "b",
          type: "text",
          versions: [1, 2],
          labels: ["latest", "production", "staging"],
          tags: ["x"],
          lastUpdatedAt: "2026-11-21T00:00:00.000Z",
          lastConfig: { n: 2 },
        },
      ],
      meta,
      pagination: meta,
    });
  });

  it("filters versions", async ({ expect }) => {
    const registry = await filled();
    expect((await list(registry, "label=production&name=b")).data).toMatchObject([
      { versions: [1], labels: ["production"], lastConfig: { n: 1 } },
    ]);
    expect((await list(registry, "tag=x")).data.map(({ name }) => name)).toEqual(["b"]);
    expect((await list(registry, "tag=y")).data).toEqual([]);
    const since = await list(registry, "fromUpdatedAt=2026-11-21T00:00:00Z&name=b");
    // Version 1 lost `latest` at that instant.
    expect(since.data[0]?.versions).toEqual([1, 2]);
    expect((await list(registry, "toUpdatedAt=2026-11-21T00:00:00Z")).data).toEqual([]);
  });

  it("pages", async ({ expect }) => {
    const registry = await filled();
    const second = await list(registry, "limit=1&page=2");
    expect(second.data.map(({ name }) => name)).toEqual(["b"]);
    expect(second.meta).toEqual({ page: 2, limit: 1, totalItems: 2, totalPages: 2 });
    expect((await list(registry, "page=3")).data).toEqual([]);
  });

  it.for(["limit=0", "limit=101", "limit=x", "page=0", "fromUpdatedAt=yesterday"])(
    "refuses %s by name",
    async (query, { expect }) => {
      const res = await freshRegistry().call("GET", `${PROMPTS}?${query}`);
      expect(res.status).toBe(400);
      expect((await res.json<Answer>()).issues[0]?.path).toBe(query.split("=")[0]);
    },
  );

  it("sees nothing of another project", async ({ expect }) => {
    await filled();
    expect((await list(freshRegistry(), "")).data).toEqual([]);
  });
});

describe("findPrompt", () => {
  it("knows the versions with their labels, or says which prompt is missing", async ({
    expect,
  }) => {
    const registry = freshRegistry();
    await create(registry, { name: "p", labels: ["production"] });
    expect(await findPrompt(registry.scope, "p")).toEqual({
      name: "p",
      type: "text",
      versions: [{ version: 1, labels: ["latest", "production"] }],
    });
    await expect(requirePrompt(registry.scope, "gone")).rejects.toMatchObject({
      code: "not_found",
      message: "Prompt not found: 'gone'",
    });
  });
});

describe("the contract", () => {
  it("takes latest in a create, which the version gets anyhow", ({ expect }) => {
    const draft = CreatePrompt.parse({ name: " p ", prompt: "x", labels: ["latest", "a", "a"] });
    expect(draft).toMatchObject({ name: "p", labels: ["a"] });
  });
});
