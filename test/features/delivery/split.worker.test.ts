import { afterEach, beforeEach, describe, it, vi } from "vitest";

import { forgetBulks } from "../../../src/features/delivery/bulk/store.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { armOf, slotOf } from "../../../src/lib/split/split.ts";
import { broken, freshRegistry, type Registry } from "../../support/registry.ts";

const V2 = "/api/public/v2/prompts";
const SPLIT = "/api/public/prompts/team%2Fgreet/labels/production/split";

beforeEach(() => {
  forgetAll();
  forgetBulks();
});
afterEach(() => void vi.restoreAllMocks());

type Table = { id: string; ranges: { version: number; from: number; to: number }[] };

/** `team/greet` of two versions, `production` on the first and split half and half. All of it is in KV. */
async function splitPrompt(weight = 5_000): Promise<{ registry: Registry; table: Table }> {
  const registry = freshRegistry();
  const create = (body: object) => registry.call("POST", V2, { body });
  await create({ name: "team/greet", prompt: "one", labels: ["production"] });
  await create({ name: "team/greet", prompt: "two" });
  const arms = [
    { version: 1, weight: 10_000 - weight },
    { version: 2, weight },
  ];
  const res = await registry.call("PUT", SPLIT, { body: { arms } });
  const table = await res.json<Table>();
  await registry.settle();
  forgetAll();
  return { registry, table };
}

const get = ({ call }: Registry, query = "", headers = {}) =>
  call("GET", `${V2}/team%2Fgreet${query}`, { headers });

const versionOf = async (res: Response) => (await res.json<{ version: number }>()).version;

const armFor = async ({ id, ranges }: Table, key: string) =>
  armOf(
    ranges.map(({ version: arm, from, to }) => ({ arm, from, to })),
    await slotOf(id, key),
  );

/** Users of either arm. */
async function users(table: Table) {
  const keys = Array.from({ length: 40 }, (_, i) => `user-${i}`);
  const arms = await Promise.all(keys.map((key) => armFor(table, key)));
  const of = (version: number) => keys[arms.indexOf(version)] ?? "";
  return { control: of(1), candidate: of(2) };
}

describe("a fetch of a split label", () => {
  it("serves every key the arm that the published table computes, with the version's own document", async ({
    expect,
  }) => {
    const { registry, table } = await splitPrompt();
    const served = new Set<number>();
    for (let user = 0; user < 25; user++) {
      const key = `Zoë ${user}/é?&`;
      const res = await get(registry, `?targetingKey=${encodeURIComponent(key)}`);
      const arm = await armFor(table, key);
      expect(res.headers.get("x-promptside-arm")).toBe(String(arm));
      expect(res.headers.get("cache-control")).toBe("private, no-store");
      const direct = await get(registry, `?version=${arm}`);
      expect(await res.text()).toBe(await direct.text());
      expect(res.headers.get("etag")).toBe(direct.headers.get("etag"));
      served.add(arm ?? 0);
    }
    expect(served).toEqual(new Set([1, 2]));
  });

  it("takes the key from the header too; the query goes before it", async ({ expect }) => {
    const { registry, table } = await splitPrompt();
    const { control, candidate } = await users(table);
    const header = { "x-promptside-key": candidate };
    expect(await versionOf(await get(registry, "", header))).toBe(2);
    expect(await versionOf(await get(registry, `?targetingKey=${control}`, header))).toBe(1);
    expect((await get(registry, "", { "x-promptside-key": "x".repeat(1_001) })).status).toBe(400);
    expect((await get(registry, `?targetingKey=${"x".repeat(1_001)}`)).status).toBe(400);
    expect((await get(registry, "?targetingKey=")).status).toBe(400);
  });

  it("draws anew each time without a key, in the proportion of the weights", async ({ expect }) => {
    const { registry } = await splitPrompt(2_000);
    let candidates = 0;
    for (let i = 0; i < 500; i++) {
      if ((await get(registry)).headers.get("x-promptside-arm") === "2") candidates++;
    }
    // Five standard deviations of a binomial with n = 500 and p = 0.2.
    expect(Math.abs(candidates - 100)).toBeLessThan(45);
  });

  it("compares If-None-Match with the arm's ETag, after the draw", async ({ expect }) => {
    const { registry, table } = await splitPrompt();
    const { control, candidate } = await users(table);
    const first = await get(registry, `?targetingKey=${control}`);
    const etag = first.headers.get("etag") ?? "";
    const again = await get(registry, `?targetingKey=${control}`, { "if-none-match": etag });
    expect(again.status).toBe(304);
    expect(again.headers.get("x-promptside-arm")).toBe("1");
    expect(again.headers.get("cache-control")).toBe("private, no-store");
    const other = await get(registry, `?targetingKey=${candidate}`, { "if-none-match": etag });
    expect(other.status).toBe(200);
  });

  it("is no split by version or by another label, and says so by its headers", async ({
    expect,
  }) => {
    const { registry } = await splitPrompt();
    for (const query of ["?version=1", "?version=2", "?label=latest"]) {
      const res = await get(registry, query);
      expect(res.headers.get("x-promptside-arm")).toBeNull();
      expect(res.headers.get("cache-control")).toBe("private, no-cache");
    }
  });

  it("reads one document more from KV, D1 never, and parses no JSON", async ({ expect }) => {
    const { registry, table } = await splitPrompt();
    const { candidate } = await users(table);
    const edge = registry.with({ env: { DB: broken("D1") } });
    const read = vi.spyOn(registry.scope.env.PROMPTS, "getWithMetadata");
    const parse = vi.spyOn(JSON, "parse");
    const res = await get(edge, `?targetingKey=${candidate}`);
    expect(parse).not.toHaveBeenCalled();
    expect(res.status).toBe(200);
    expect(read.mock.calls.length).toBeLessThanOrEqual(2);
    expect(await versionOf(res)).toBe(2);
  });

  it("follows from D1 as from KV: fresh, unresolved, and while KV is down", async ({ expect }) => {
    const { registry, table } = await splitPrompt();
    const { candidate } = await users(table);
    const key = `targetingKey=${candidate}`;
    expect(await versionOf(await get(registry, `?fresh=true&${key}`))).toBe(2);
    expect(await versionOf(await get(registry, `?resolve=false&${key}`))).toBe(2);
    const noKv = registry.with({ env: { PROMPTS: broken("KV") } });
    expect(await versionOf(await get(noKv, `?${key}`))).toBe(2);
  });

  it("ends with the split, and at once in the isolate that ended it", async ({ expect }) => {
    const { registry, table } = await splitPrompt();
    const { candidate } = await users(table);
    expect(await versionOf(await get(registry, `?targetingKey=${candidate}`))).toBe(2);
    await registry.call("DELETE", SPLIT);
    const res = await get(registry, `?targetingKey=${candidate}`);
    expect(res.headers.get("x-promptside-arm")).toBeNull();
    expect(await versionOf(res)).toBe(1);
    await registry.settle();
    const { keys } = await registry.scope.env.PROMPTS.list({
      prefix: `doc/${registry.scope.projectId}/l/production/`,
    });
    expect(keys[0]?.metadata).toEqual({ etag: res.headers.get("etag"), version: 1 });
  });
});

describe("an outage under a split", () => {
  it("of D1: every user gets the arm and the bytes as before", async ({ expect }) => {
    const { registry } = await splitPrompt();
    const bytes = (from: Registry) =>
      Promise.all(
        Array.from({ length: 10 }, async (_, i) => (await get(from, `?targetingKey=u${i}`)).text()),
      );
    const healthy = await bytes(registry);
    forgetAll();
    expect(await bytes(registry.with({ env: { DB: broken("D1") } }))).toEqual(healthy);
    forgetAll();
    expect(await bytes(registry.with({ env: { PROMPTS: broken("KV") } }))).toEqual(healthy);
  });

  it("of both: 503 with Retry-After", async ({ expect }) => {
    const { registry } = await splitPrompt();
    const res = await get(
      registry.with({ env: { DB: broken("D1"), PROMPTS: broken("KV") } }),
      "?targetingKey=u",
    );
    expect(res.status).toBe(503);
    expect(res.headers.get("retry-after")).toBe("5");
  });

  it("that loses the arm's document serves the control, and says that it did", async ({
    expect,
  }) => {
    const { registry, table } = await splitPrompt();
    const { candidate } = await users(table);
    const { PROMPTS } = registry.scope.env;
    await PROMPTS.delete(`doc/${registry.scope.projectId}/v/2/team/greet`);
    const res = await get(
      registry.with({ env: { DB: broken("D1") } }),
      `?targetingKey=${candidate}`,
    );
    expect(res.status).toBe(200);
    expect(res.headers.get("x-promptside-arm")).toBe("1");
    expect(await versionOf(res)).toBe(1);
  });
});

describe("GET /api/public/splits", () => {
  it("gives the table of a label from the edge, as published", async ({ expect }) => {
    const { registry, table } = await splitPrompt();
    const edge = registry.with({ env: { DB: broken("D1") } });
    const res = await edge.call("GET", "/api/public/splits?name=team%2Fgreet&label=production");
    expect(await res.json()).toEqual({
      data: [
        { name: "team/greet", label: "production", version: 1, id: table.id, ranges: table.ranges },
      ],
      nextCursor: null,
    });
    const none = await edge.call("GET", "/api/public/splits?name=team%2Fgreet&label=latest");
    expect(await none.json()).toEqual({ data: [], nextCursor: null });
    const gone = await registry.call("GET", "/api/public/splits?name=nobody");
    expect(gone.status).toBe(404);
  });

  it("lists every live split of the project in pages, and of no other", async ({ expect }) => {
    const { registry } = await splitPrompt();
    const list = async (query = "") =>
      (await registry.call("GET", `/api/public/splits${query}`)).json<{
        data: { name: string }[];
      }>();
    expect((await list()).data.map(({ name }) => name)).toEqual(["team/greet"]);
    expect((await list("?label=staging")).data).toEqual([]);
    expect((await list(`?cursor=${encodeURIComponent("production/team/greet")}`)).data).toEqual([]);
    expect((await registry.call("GET", "/api/public/splits?cursor=x")).status).toBe(400);
    expect((await registry.call("GET", "/api/public/splits?label=No%20Label")).status).toBe(400);
    const other = await freshRegistry().call("GET", "/api/public/splits");
    expect(await other.json()).toEqual({ data: [], nextCursor: null });
  });
});
