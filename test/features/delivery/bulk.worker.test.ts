import { beforeEach, describe, it } from "vitest";

import { forgetBulks } from "../../../src/features/delivery/bulk/store.ts";
import { drain, drainerOf } from "../../../src/features/delivery/publish/actions.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { createVersion } from "../../../src/features/prompts/actions.ts";
import { CreatePrompt } from "../../../src/features/prompts/contract.ts";
import { armOf, slotOf } from "../../../src/lib/split/split.ts";
import { broken, freshRegistry, type Registry } from "../../support/registry.ts";

const BULK = "/api/public/prompts?full=true";
const LONG = "長い".repeat(200);

beforeEach(() => {
  forgetAll();
  forgetBulks();
});

type Prompt = { name: string; version: number; prompt: string };

async function published(names: readonly string[]): Promise<Registry> {
  const registry = freshRegistry();
  const { scope } = registry;
  for (const name of names) {
    const draft = { name, prompt: `text of ${name}`, labels: ["production"] };
    await createVersion(scope, CreatePrompt.parse(draft));
  }
  await drain(
    drainerOf(scope.env, () => new Date()),
    { project: scope.projectId, budgetMs: 60_000 },
  );
  return registry;
}

const read = async (res: Response) => (await res.json<{ data: Prompt[] }>()).data;

/** KV that counts what is asked of it. */
function counting(kv: KVNamespace) {
  const counts = { lists: 0, reads: [] as number[] };
  const counted = {
    list: (options: KVNamespaceListOptions) => {
      counts.lists++;
      return kv.list(options);
    },
    getWithMetadata: (keys: string[], options: KVNamespaceGetOptions<"text">) => {
      counts.reads.push(keys.length);
      return kv.getWithMetadata(keys, options);
    },
  };
  return { kv: counted as unknown as KVNamespace, counts };
}

describe("GET /api/public/prompts?label=production&full=true", () => {
  it("answers every prompt at the label, in order of their keys, as a fetch of each would", async ({
    expect,
  }) => {
    const registry = await published(["b", "a/c", "a", LONG]);
    await registry.call("POST", "/api/public/v2/prompts", {
      body: { name: "elsewhere", prompt: "x", labels: ["staging"] },
    });
    await registry.settle();
    const res = await registry.call("GET", BULK);
    expect(res.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(res.headers.get("cache-control")).toBe("private, no-cache");
    const data = await read(res);
    expect(data.map(({ name }) => name)).toEqual([LONG, "a", "a/c", "b"]);
    for (const prompt of data) {
      const one = await registry.call(
        "GET",
        `/api/public/v2/prompts/${encodeURIComponent(prompt.name)}`,
      );
      expect(prompt).toEqual(await one.json());
    }
    const staging = await registry.call("GET", `${BULK}&label=staging`);
    expect((await read(staging)).map(({ name }) => name)).toEqual(["elsewhere"]);
  });

  it("reads 100 bodies at once, answers 304 from the list alone, and remembers for 30 seconds", async ({
    expect,
  }) => {
    const names = Array.from({ length: 130 }, (_, i) => `p${String(i).padStart(3, "0")}`);
    const registry = await published(names);
    const { kv, counts } = counting(registry.scope.env.PROMPTS);
    const edge = registry.with({ env: { PROMPTS: kv, DB: broken("D1") } });
    const res = await edge.call("GET", BULK);
    expect((await read(res)).map(({ name }) => name)).toEqual(names);
    expect(counts).toEqual({ lists: 1, reads: [100, 30] });

    const etag = res.headers.get("etag") ?? "";
    const conditional = { headers: { "if-none-match": etag } };
    expect((await edge.call("GET", BULK, conditional)).status).toBe(304);
    expect(counts.lists).toBe(1);
    const at = (ms: number) => edge.with({ now: new Date(edge.scope.now.getTime() + ms) });
    expect((await at(29_999).call("GET", BULK)).status).toBe(200);
    expect(counts.lists).toBe(1);
    const later = await at(30_000).call("GET", BULK, conditional);
    expect(later.status).toBe(304);
    expect(later.headers.get("etag")).toBe(etag);
    expect(counts).toEqual({ lists: 2, reads: [100, 30] });
  });

  it("has another ETag when a prompt comes, changes or goes, and at once in this isolate", async ({
    expect,
  }) => {
    const registry = await published(["a", "b"]);
    const etag = async () => (await registry.call("GET", BULK)).headers.get("etag");
    const etags = [await etag()];
    for (const [method, path, body] of [
      ["POST", "/api/public/v2/prompts", { name: "c", prompt: "x", labels: ["production"] }],
      ["POST", "/api/public/v2/prompts", { name: "a", prompt: "y", labels: ["production"] }],
      ["DELETE", "/api/public/v2/prompts/b", undefined],
    ] as const) {
      await registry.call(method, path, { body });
      await registry.settle();
      forgetBulks();
      etags.push(await etag());
    }
    expect(new Set(etags).size).toBe(4);
  });

  it("gives the ETag of what it holds when the list is ahead of the bodies", async ({ expect }) => {
    const registry = await published(["a"]);
    const { PROMPTS } = registry.scope.env;
    const ahead = {
      list: async (options: KVNamespaceListOptions) => {
        const page = await PROMPTS.list<object>(options);
        return {
          ...page,
          keys: page.keys.map((key) => ({ ...key, metadata: { etag: '"new"', version: 2 } })),
        };
      },
      getWithMetadata: (keys: string[], options: KVNamespaceGetOptions<"text">) =>
        PROMPTS.getWithMetadata(keys, options),
    } as unknown as KVNamespace;
    const lagging = await registry.with({ env: { PROMPTS: ahead } }).call("GET", BULK);
    forgetBulks();
    const settled = await registry.call("GET", BULK);
    expect(lagging.headers.get("etag")).toBe(settled.headers.get("etag"));
  });

  it("reads in halves what KV cannot answer at once", async ({ expect }) => {
    const registry = await published(["a", "b", "c", "d", "e"]);
    const { PROMPTS } = registry.scope.env;
    const sizes: number[] = [];
    const small = {
      list: (options: KVNamespaceListOptions) => PROMPTS.list(options),
      getWithMetadata: (keys: string[], options: KVNamespaceGetOptions<"text">) => {
        sizes.push(keys.length);
        if (keys.length > 2) throw new Error("KV GET failed: 413");
        return PROMPTS.getWithMetadata(keys, options);
      },
    } as unknown as KVNamespace;
    const edge = registry.with({ env: { PROMPTS: small, DB: broken("D1") } });
    expect(await read(await edge.call("GET", BULK))).toHaveLength(5);
    expect(sizes).toEqual([5, 3, 2, 1, 2]);
  });

  it("comes from D1 while KV is down; 503 with Retry-After when both are", async ({ expect }) => {
    const registry = await published(["a", LONG]);
    const healthy = await registry.call("GET", BULK);
    forgetBulks();
    const noKv = registry.with({ env: { PROMPTS: broken("KV") } });
    const fallback = await noKv.call("GET", BULK);
    const byName = (a: Prompt, b: Prompt) => (a.name < b.name ? -1 : 1);
    expect((await read(fallback)).sort(byName)).toEqual((await read(healthy)).sort(byName));
    const dark = noKv.with({ env: { PROMPTS: broken("KV"), DB: broken("D1") } });
    const res = await dark.call("GET", BULK);
    expect(res.status).toBe(503);
    expect(res.headers.get("retry-after")).toBe("5");
  });

  it("serves the control of a split label, and the arm of a targeting key", async ({ expect }) => {
    const registry = await published(["a", "b"]);
    await registry.call("POST", "/api/public/v2/prompts", { body: { name: "a", prompt: "two" } });
    const put = await registry.call("PUT", "/api/public/prompts/a/labels/production/split", {
      body: {
        arms: [
          { version: 1, weight: 5_000 },
          { version: 2, weight: 5_000 },
        ],
      },
    });
    const { id, ranges } = await put.json<{
      id: string;
      ranges: { version: number; from: number; to: number }[];
    }>();
    await registry.settle();
    const plain = await registry.call("GET", BULK);
    expect(plain.headers.get("cache-control")).toBe("private, no-cache");
    expect((await read(plain)).map(({ version }) => version)).toEqual([1, 1]);
    const etags = new Set<string | null>();
    for (let user = 0; user < 30; user++) {
      const res = await registry.call("GET", `${BULK}&targetingKey=user-${user}`);
      const arm = armOf(
        ranges.map(({ version, from, to }) => ({ arm: version, from, to })),
        await slotOf(id, `user-${user}`),
      );
      expect(res.headers.get("cache-control")).toBe("private, no-store");
      expect((await read(res)).map(({ version }) => version)).toEqual([arm, 1]);
      const etag = res.headers.get("etag") ?? "";
      etags.add(etag);
      const again = await registry.call("GET", BULK, {
        headers: { "x-promptside-key": `user-${user}`, "if-none-match": etag },
      });
      expect(again.status).toBe(304);
    }
    expect(etags.size).toBe(2);
    // An arm that KV lost: its control.
    await registry.scope.env.PROMPTS.delete(`doc/${registry.scope.projectId}/v/2/a`);
    forgetBulks();
    for (let user = 0; user < 30; user++) {
      const res = await registry.call("GET", `${BULK}&targetingKey=user-${user}`);
      expect((await read(res)).map(({ version }) => version)).toEqual([1, 1]);
    }
  });

  it("is empty at a label that nothing has, and must be asked for by name", async ({ expect }) => {
    const registry = freshRegistry();
    expect(await read(await registry.call("GET", BULK))).toEqual([]);
    expect(await read(await registry.call("GET", `${BULK}&label=No%20Label`))).toEqual([]);
    for (const query of ["", "?full=false", "?label=production"]) {
      const res = await registry.call("GET", `/api/public/prompts${query}`);
      expect(res.status).toBe(400);
      expect(await res.json()).toMatchObject({ issues: [{ path: "full" }] });
    }
  });
});
