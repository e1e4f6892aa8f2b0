import { describe, it } from "vitest";

import { freshRegistry, type Registry } from "../../support/registry.ts";

const PROMPTS = "/api/public/v2/prompts";

type Page = {
  data: { id: string; label: string; from: number | null; to: number | null; at: string }[];
  nextCursor: string | null;
};

async function ledger({ call }: Registry, query = ""): Promise<Page> {
  const res = await call("GET", `/api/public/prompts/f%2Fp/deployments${query}`);
  if (res.status !== 200) throw new Error(await res.text());
  return res.json();
}

const moves = ({ data }: Page) => data.map(({ label, from, to }) => [label, from, to]);

async function filled(): Promise<Registry> {
  const registry = freshRegistry();
  const create = async (body: Record<string, unknown>) =>
    registry.call("POST", PROMPTS, { body: { name: "f/p", prompt: "x", ...body } });
  await create({ labels: ["production"], commitMessage: "first" });
  await create({ labels: ["staging"] });
  await registry.call("PATCH", `${PROMPTS}/f/p/versions/2`, {
    body: { newLabels: ["production"] },
  });
  return registry;
}

describe("GET /api/public/prompts/{name}/deployments", () => {
  it("tells every move, newest first, with actor and reason", async ({ expect }) => {
    const page = await ledger(await filled());
    expect(moves(page)).toEqual([
      ["production", 1, 2],
      ["staging", null, 2],
      ["production", null, 1],
    ]);
    expect(page.nextCursor).toBeNull();
    expect(page.data.at(-1)).toEqual({
      id: expect.stringMatching(/^dep_/) as string,
      label: "production",
      from: null,
      to: 1,
      actor: { kind: "system", id: "test" },
      reason: "first",
      at: "2026-11-20T12:00:00.000Z",
      kind: "move",
      cause: null,
    });
  });

  it("tells those of latest when asked, and labels that went with their version", async ({
    expect,
  }) => {
    const registry = await filled();
    expect(moves(await ledger(registry, "?label=latest"))).toEqual([
      ["latest", 1, 2],
      ["latest", null, 1],
    ]);
    await registry.call("DELETE", `${PROMPTS}/f%2Fp?version=2`);
    const page = await ledger(registry, "?limit=2");
    expect(moves(page)).toEqual([
      ["staging", 2, null],
      ["production", 2, null],
    ]);
    expect(page.data[0]).toMatchObject({ reason: "deleted with version 2" });
  });

  it("pages by cursor without losing or repeating a move of the same millisecond", async ({
    expect,
  }) => {
    const registry = await filled();
    const seen: unknown[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: Page = await ledger(registry, `?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...moves(page));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(moves(await ledger(registry)));
  });

  it("keeps its order when clocks do not", async ({ expect }) => {
    const registry = await filled();
    const earlier = registry.with({ now: new Date("2026-11-20T11:59:59.000Z") });
    await earlier.call("PATCH", `${PROMPTS}/f/p/versions/1`, {
      body: { newLabels: ["production"] },
    });
    expect((await ledger(registry)).data[0]).toMatchObject({
      to: 1,
      at: "2026-11-20T12:00:00.000Z",
    });
  });

  it("refuses unknown prompts, cursors and limits", async ({ expect }) => {
    const registry = await filled();
    const status = async (path: string) => (await registry.call("GET", path)).status;
    expect(await status("/api/public/prompts/nobody/deployments")).toBe(404);
    expect(await status("/api/public/prompts/f%2Fp/deployments?cursor=x")).toBe(400);
    expect(await status("/api/public/prompts/f%2Fp/deployments?limit=101")).toBe(400);
  });
});

describe("POST /api/public/import/deployments", () => {
  const history = [
    { prompt: "f/p", label: "production", from: null, to: 1, at: "2026-11-01T00:00:00Z" },
    {
      prompt: "f/p",
      label: "production",
      from: 1,
      to: 2,
      at: "2026-11-08T10:00:00+02:00",
      reason: "better",
    },
  ];

  it("puts a history in the place of a label's moves, and dates versions", async ({ expect }) => {
    const registry = await filled();
    const res = await registry.call("POST", "/api/public/import/deployments", {
      body: {
        deployments: history,
        versions: [{ prompt: "f/p", version: 2, at: "2026-11-07T00:00:00Z" }],
      },
    });

    expect(res.status).toBe(200);
    expect(await res.json()).toEqual({ deployments: 2, versions: 1 });
    const page = await ledger(registry);
    expect(page.data.map(({ label, to, at }) => [label, to, at])).toEqual([
      ["staging", 2, "2026-11-20T12:00:00.000Z"],
      ["production", 2, "2026-11-08T08:00:00.000Z"],
      ["production", 1, "2026-11-01T00:00:00.000Z"],
    ]);
    expect(page.data[1]).toMatchObject({ from: 1, reason: "better" });
    await registry.settle();
    const fetched = await registry.call("GET", `${PROMPTS}/f%2Fp`);
    expect(await fetched.json()).toMatchObject({
      version: 2,
      createdAt: "2026-11-07T00:00:00.000Z",
    });
  });

  it.for([
    { why: "a version that is not there", change: { to: 9 }, path: "deployments.1.to" },
    { why: "a broken chain", change: { from: 2 }, path: "deployments.1.from" },
    { why: "time going back", change: { at: "2026-10-01T00:00:00Z" }, path: "deployments.1.at" },
    { why: "the future", change: { at: "2027-01-01T00:00:00Z" }, path: "deployments.1.at" },
    { why: "an end elsewhere than now", change: { to: 1 }, path: "deployments.1.to" },
  ])("refuses $why and leaves the ledger as it is", async ({ change, path }, { expect }) => {
    const registry = await filled();
    const before = await ledger(registry);
    const res = await registry.call("POST", "/api/public/import/deployments", {
      body: { deployments: [history[0], { ...history[1], ...change }] },
    });
    expect(res.status).toBe(400);
    expect((await res.json<{ issues: { path: string }[] }>()).issues[0]?.path).toBe(path);
    expect(await ledger(registry)).toEqual(before);
  });
});
