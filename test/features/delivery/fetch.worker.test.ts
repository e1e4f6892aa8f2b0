import { afterEach, beforeEach, describe, it, vi } from "vitest";

import { drain, drainerOf } from "../../../src/features/delivery/publish/actions.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { createVersion } from "../../../src/features/prompts/actions.ts";
import { CreatePrompt } from "../../../src/features/prompts/contract.ts";
import { broken, freshRegistry, type Registry } from "../../support/registry.ts";

const PROMPTS = "/api/public/v2/prompts";
const LATER = new Date("2026-11-20T12:10:00.000Z");

beforeEach(forgetAll);
afterEach(() => void vi.restoreAllMocks());

/** A registry with two versions of `team/greet`, in KV already; this isolate remembers nothing. */
async function published(): Promise<Registry> {
  const registry = freshRegistry();
  const { scope } = registry;
  const create = (prompt: string, labels: string[]) =>
    createVersion(scope, CreatePrompt.parse({ name: "team/greet", prompt, labels }));
  await create("one", ["production"]);
  await create("two", ["staging"]);
  const drainer = drainerOf(scope.env, () => new Date());
  await drain(drainer, { project: scope.projectId, budgetMs: 10_000 });
  forgetAll();
  return registry;
}

/** KV that counts its reads. */
function counting(kv: KVNamespace) {
  const reads: string[] = [];
  const counted = {
    getWithMetadata: (key: string, options: KVNamespaceGetOptions<"arrayBuffer">) => {
      reads.push(key);
      return kv.getWithMetadata(key, options);
    },
  };
  return { kv: counted as unknown as KVNamespace, reads };
}

const get = ({ call }: Registry, query = "", headers = {}) =>
  call("GET", `${PROMPTS}/team%2Fgreet${query}`, { headers });

describe("GET /api/public/v2/prompts/{name}", () => {
  it("serves by label production, by label, by version and by latest", async ({ expect }) => {
    const registry = await published();
    const read = async (query: string) => (await get(registry, query)).json();
    expect(await read("")).toMatchObject({ version: 1, prompt: "one", labels: ["production"] });
    expect(await read("?label=staging")).toMatchObject({ version: 2, isActive: false });
    expect(await read("?version=1")).toMatchObject({ version: 1, isActive: true });
    expect(await read("?version=0")).toMatchObject({ version: 1 });
    expect(await read("?label=latest&resolve=false")).toMatchObject({ version: 2 });
    expect(await (await registry.call("GET", `${PROMPTS}/team/greet`)).json()).toMatchObject({
      version: 1,
    });
  });

  it("reads KV once, D1 never, and parses no JSON; from memory it reads nothing", async ({
    expect,
  }) => {
    const registry = await published();
    const { kv, reads } = counting(registry.scope.env.PROMPTS);
    const edge = registry.with({ env: { PROMPTS: kv, DB: broken("D1") } });
    const parse = vi.spyOn(JSON, "parse");
    const stringify = vi.spyOn(JSON, "stringify");

    const first = await get(edge);
    const second = await get(edge);

    expect(parse).not.toHaveBeenCalled();
    expect(stringify).not.toHaveBeenCalled();
    expect(reads).toEqual([`doc/${registry.scope.projectId}/l/production/team/greet`]);
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(first.headers.get("cache-control")).toBe("private, no-cache");
    const body = await first.text();
    expect(await second.text()).toBe(body);
    const stored = await registry.scope.env.PROMPTS.get(reads[0] ?? "");
    expect(body).toBe(stored);
  });

  it("reads KV every time where memory is switched off", async ({ expect }) => {
    const registry = await published();
    const { kv, reads } = counting(registry.scope.env.PROMPTS);
    const edge = registry.with({ env: { PROMPTS: kv, DOCUMENT_MEMORY_MS: "0" } });
    for (let i = 0; i < 3; i++) expect((await get(edge)).status).toBe(200);
    expect(reads).toHaveLength(3);
  });

  it("forgets a document after ten seconds", async ({ expect }) => {
    const registry = await published();
    const { kv, reads } = counting(registry.scope.env.PROMPTS);
    for (const ms of [0, 9_999, 10_000]) {
      const now = new Date(registry.scope.now.getTime() + ms);
      await get(registry.with({ env: { PROMPTS: kv }, now }));
    }
    expect(reads).toHaveLength(2);
  });

  it("answers 304 to the ETag it gave, from KV, memory and D1 alike", async ({ expect }) => {
    const registry = await published();
    const etag = (await get(registry)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    const noKv = registry.with({ env: { PROMPTS: broken("KV") } });
    for (const from of [registry, noKv]) {
      for (const header of [etag, `W/${etag}`, `"x", ${etag}`]) {
        const res = await get(from, "", { "if-none-match": header });
        expect(res.status).toBe(304);
        expect(await res.text()).toBe("");
        expect(res.headers.get("etag")).toBe(etag);
      }
      forgetAll();
    }
    expect((await get(registry, "", { "if-none-match": '"other"' })).status).toBe(200);
    expect((await get(registry, "?label=staging", { "if-none-match": etag })).status).toBe(200);
  });

  it.for([
    ["nobody", "", "Prompt not found: 'nobody' with label 'production'"],
    ["team%2Fgreet", "?label=gone", "Prompt not found: 'team/greet' with label 'gone'"],
    ["team%2Fgreet", "?label=No%20Label", "Prompt not found: 'team/greet' with label 'No Label'"],
    ["team%2Fgreet", "?version=9", "Prompt not found: 'team/greet' with version 9"],
    ["a%b", "", "Prompt not found: 'a%b' with label 'production'"],
  ] as const)(
    "trap 13: %s%s is a 404 in JSON that names it",
    async ([name, query, message], { expect }) => {
      const res = await (await published()).call("GET", `${PROMPTS}/${name}${query}`);
      expect(res.status).toBe(404);
      expect(await res.json()).toMatchObject({ message, error: "LangfuseNotFoundError" });
    },
  );

  it("trap 14: the repeats of a 404 ask neither KV nor D1", async ({ expect }) => {
    const registry = await published();
    const { kv, reads } = counting(registry.scope.env.PROMPTS);
    const edge = registry.with({ env: { PROMPTS: kv } });
    expect((await get(edge, "?label=gone")).status).toBe(404);
    const down = edge.with({ env: { PROMPTS: kv, DB: broken("D1") } });
    expect((await get(down, "?label=gone")).status).toBe(404);
    expect((await get(down, "?label=gone")).status).toBe(404);
    expect(reads).toHaveLength(1);
    // Only for a moment.
    const later = edge.with({ now: new Date(edge.scope.now.getTime() + 2_000) });
    await get(later, "?label=gone");
    expect(reads).toHaveLength(2);
  });

  it.for([
    "?version=1&label=production",
    "?version=one",
    "?version=1.5",
    "?version=-1",
    "?resolve=maybe",
    "?fresh=1",
  ])("refuses %s", async (query, { expect }) => {
    const res = await get(await published(), query);
    expect(res.status).toBe(400);
    expect(await res.json()).toMatchObject({ status: 400, error: "InvalidRequestError" });
  });

  it("fresh reads the registry, for keys that may write", async ({ expect }) => {
    const registry = await published();
    const other = registry.with({ env: { PROMPTS: broken("KV") } });
    expect((await get(other, "?fresh=true")).status).toBe(200);
    const reader = registry.with({ grants: ["scores", "read"] });
    const refused = await get(reader, "?fresh=true");
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      message: expect.stringContaining("write") as string,
    });
  });

  it("does not see another project's prompt", async ({ expect }) => {
    await published();
    expect((await get(freshRegistry())).status).toBe(404);
  });
});

describe("an outage", () => {
  it("of D1: every published document is served, with the same bytes", async ({ expect }) => {
    const registry = await published();
    const queries = ["", "?label=staging", "?label=latest", "?version=1", "?version=2"];
    const bytes = (from: Registry) =>
      Promise.all(queries.map(async (query) => (await get(from, query)).text()));
    const healthy = await bytes(registry);
    forgetAll();
    expect(await bytes(registry.with({ env: { DB: broken("D1") } }))).toEqual(healthy);
    forgetAll();
    expect(await bytes(registry.with({ env: { PROMPTS: broken("KV") } }))).toEqual(healthy);
  });

  it("of both, or of D1 for what KV does not have: 503 with Retry-After in seconds", async ({
    expect,
  }) => {
    const registry = await published();
    const down = registry.with({ env: { DB: broken("D1"), PROMPTS: broken("KV") } });
    const dark = registry.with({ env: { DB: broken("D1") } });
    for (const res of [await get(down), await get(dark, "?label=gone")]) {
      expect(res.status).toBe(503);
      expect(res.headers.get("retry-after")).toBe("5");
      // Trap 16: the Python client dies of it.
      expect(res.headers.get("retry-after-ms")).toBeNull();
      expect(await res.json()).toMatchObject({ title: "unavailable" });
    }
    // An outage is not remembered as an absence.
    expect((await get(registry)).status).toBe(200);
  });

  it("of D1 after a change through this isolate: KV answers", async ({ expect }) => {
    const registry = await published();
    await registry.call("PATCH", `${PROMPTS}/team/greet/versions/2`, {
      body: { newLabels: ["production"] },
    });
    await registry.settle();
    const res = await get(registry.with({ env: { DB: broken("D1") } }));
    expect(await res.json()).toMatchObject({ version: 2 });
  });
});

describe("a document that KV lost", () => {
  const key = ({ scope }: Registry) => `doc/${scope.projectId}/l/production/team/greet`;

  it("is served from D1 and asked for, once KV has had time to spread what it was given", async ({
    expect,
  }) => {
    const registry = await published();
    const { DB, PROMPTS } = registry.scope.env;
    await PROMPTS.delete(key(registry));
    const pending = async () => {
      const row = await DB.prepare(
        "SELECT count(*) AS n FROM outbox WHERE project = ? AND revision <> published",
      )
        .bind(registry.scope.projectId)
        .first<{ n: number }>();
      return row?.n;
    };
    // The drain stamped its rows with the real clock; these instants are far from it on both sides.
    await DB.prepare("UPDATE outbox SET put_at = ? WHERE project = ?")
      .bind(registry.scope.now.getTime(), registry.scope.projectId)
      .run();

    expect((await get(registry)).status).toBe(200);
    await registry.settle();
    expect(await pending()).toBe(0);

    const later = registry.with({ now: LATER });
    expect((await get(later)).status).toBe(200);
    await registry.settle();
    expect(await pending()).toBe(1);
    // A fetch itself never writes KV.
    expect(await PROMPTS.get(key(registry))).toBeNull();
  });

  it("is served although D1 takes no writes", async ({ expect }) => {
    const registry = await published();
    await registry.scope.env.PROMPTS.delete(key(registry));
    const { DB } = registry.scope.env;
    const readOnly = new Proxy(DB, {
      get: (db, property) => {
        if (property !== "prepare") return Reflect.get(db, property) as unknown;
        return (query: string) => {
          if (!/^\s*select/i.test(query)) throw new Error("D1 is read-only");
          return db.prepare(query);
        };
      },
    });
    const res = await get(registry.with({ env: { DB: readOnly }, now: LATER }));
    expect(res.status).toBe(200);
    await registry.settle();
  });
});
