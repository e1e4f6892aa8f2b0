import { beforeEach, describe, it } from "vitest";

import { fetchDocument } from "../../../src/features/delivery/actions.ts";
import { render } from "../../../src/features/delivery/document.ts";
import { deliveryJobs } from "../../../src/features/delivery/jobs.ts";
import { documentKey } from "../../../src/features/delivery/keys.ts";
import { drain, type Drainer } from "../../../src/features/delivery/publish/actions.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { addLabels, createVersion, removeVersions } from "../../../src/features/prompts/actions.ts";
import { CreatePrompt } from "../../../src/features/prompts/contract.ts";
import { findPrompt, readVersion } from "../../../src/features/prompts/index.ts";
import { labelDocument, versionDocument } from "../../../src/features/prompts/model.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { faultyKv } from "../../support/faulty-kv.ts";
import { freshRegistry, type Registry } from "../../support/registry.ts";
import { freshScope } from "../../support/scope.ts";

const PROMPTS = "/api/public/v2/prompts";

beforeEach(forgetAll);

/** Every document that the registry says: key -> text. */
async function documentsOf(scope: Scope, names: readonly string[]): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  for (const name of names) {
    const prompt = await findPrompt(scope, name);
    for (const { version, labels } of prompt?.versions ?? []) {
      const refs = [versionDocument(name, version), ...labels.map((l) => labelDocument(name, l))];
      for (const ref of refs) {
        const stored = await readVersion(scope, ref);
        if (!stored) throw new Error(`${name} ${ref.selector} is gone`);
        const { body } = await render(scope.projectId, stored);
        documents.set(await documentKey(scope.projectId, ref), new TextDecoder().decode(body));
      }
    }
  }
  return documents;
}

/** Every document that KV has of a project. */
async function inKv({ env, projectId }: Scope): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  const { keys } = await env.PROMPTS.list({ prefix: `doc/${projectId}/` });
  for (const { name } of keys) documents.set(name, (await env.PROMPTS.get(name)) ?? "");
  return documents;
}

const sorted = (documents: Map<string, string>) =>
  [...documents].sort(([a], [b]) => (a < b ? -1 : 1));

describe("after a registry write", () => {
  const write = async (registry: Registry) => {
    const create = (body: Record<string, unknown>) =>
      registry.call("POST", PROMPTS, { body: { name: "p", prompt: "x", ...body } });
    await create({ labels: ["production"] });
    await create({ labels: ["staging"], tags: ["t"] });
    await create({ name: "長い".repeat(200) });
  };

  it("KV holds every document as D1 has it", async ({ expect }) => {
    const registry = freshRegistry();
    const { scope } = registry;
    const names = ["p", "長い".repeat(200)];
    const check = async () => {
      await registry.settle();
      const kept = sorted(await inKv(scope));
      expect(kept).toEqual(sorted(await documentsOf(scope, names)));
      return kept.length;
    };

    await write(registry);
    expect(await check()).toBe(5 + 2);
    await registry.call("PATCH", `${PROMPTS}/p/versions/2`, {
      body: { newLabels: ["production"] },
    });
    expect(await check()).toBe(5 + 2);
    await registry.call("DELETE", `${PROMPTS}/p?version=2`);
    expect(await check()).toBe(2 + 2);
    await registry.call("DELETE", `${PROMPTS}/p`);
    expect(await check()).toBe(2);
  });

  it("the metadata holds the ETag and the version", async ({ expect }) => {
    const registry = freshRegistry();
    await write(registry);
    await registry.settle();
    const { keys } = await registry.scope.env.PROMPTS.list({
      prefix: `doc/${registry.scope.projectId}/l/production/`,
    });
    const res = await registry.call("GET", `${PROMPTS}/p`);
    expect(keys.map(({ metadata }) => metadata)).toEqual([
      { etag: res.headers.get("etag"), version: 1 },
    ]);
  });

  it("this isolate serves the change at once, before KV has it", async ({ expect }) => {
    const registry = freshRegistry();
    await write(registry);
    await registry.settle();
    const version = async () =>
      (await (await registry.call("GET", `${PROMPTS}/p`)).json<{ version: number }>()).version;
    forgetAll();
    expect(await version()).toBe(1);
    await registry.call("PATCH", `${PROMPTS}/p/versions/2`, {
      body: { newLabels: ["production"] },
    });
    expect(await version()).toBe(2);
    await registry.call("PATCH", `${PROMPTS}/p/versions/1`, {
      body: { newLabels: ["production"] },
    });
    expect(await version()).toBe(1);
    await registry.settle();
  });
});

describe("the job drain-outbox", () => {
  it("publishes what a request left behind", async ({ expect }) => {
    const scope = freshScope();
    await createVersion(scope, CreatePrompt.parse({ name: "p", prompt: "x" }));
    expect(await inKv(scope)).toEqual(new Map());
    const [job] = deliveryJobs;
    expect(await job?.run(scope.env, new Date())).toEqual({ more: false });
    expect(sorted(await inKv(scope))).toEqual(sorted(await documentsOf(scope, ["p"])));
  });
});

/** A clock that runs `speed` times as fast as the real one, and a wait that keeps to it. */
function fastClock(speed: number) {
  const began = Date.now();
  const nowMs = () => began + (Date.now() - began) * speed;
  return {
    nowMs,
    clock: () => new Date(nowMs()),
    wait: (ms: number) => scheduler.wait(ms / speed),
  };
}

/** Reproducible numbers in [0, 1). Source: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("a KV that lags, caches misses, refuses a second write within a second, and fails", () => {
  it("equals D1 once 50 concurrent clients have moved labels and the drains fall silent", async ({
    expect,
  }) => {
    const random = seeded(20_261_122);
    const { nowMs, clock, wait } = fastClock(20);
    const faulty = faultyKv({
      lagMs: 60_000,
      missMs: 30_000,
      spacingMs: 1_000,
      failing: 0.1,
      random,
      clock: nowMs,
      pause: () => scheduler.wait(random() * 10),
    });
    const scope = freshScope();
    const drainer: Drainer = { db: scope.db, kv: faulty.kv, clock, wait };
    const own = { project: scope.projectId, budgetMs: 20_000 };
    const names = ["p", "q"];
    for (const name of names) {
      for (const version of [1, 2, 3]) {
        await createVersion(
          scope,
          CreatePrompt.parse({ name, prompt: `${name} ${version}`, labels: [`l${version}`] }),
        );
      }
    }
    await drain(drainer, own);

    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const said: { label: string; text: string }[] = [];
    async function client(): Promise<void> {
      await wait(random() * 10_000);
      const [name, version] = [pick(names), pick([1, 2, 3])];
      await addLabels(scope, { name, version }, [pick(["production", "l1", "l2"])]);
      const draining = drain(drainer, own);
      const label = pick(["production", "l1", "l3"]);
      const reader = { ...scope, env: { ...scope.env, PROMPTS: faulty.kv }, now: clock() };
      const found = await fetchDocument(reader, labelDocument(name, label));
      if (found) said.push({ label, text: new TextDecoder().decode(found.body) });
      await draining;
    }
    await Promise.all(Array.from({ length: 50 }, client));
    await removeVersions(scope, "q", { version: 2 });
    // Cron, minute after minute, until there is nothing left to do.
    for (let minute = 0; (await drain(drainer, own)).more && minute < 20; minute++) {
      await wait(60_000);
    }

    const registry = await documentsOf(scope, names);
    expect(sorted(faulty.settled())).toEqual(sorted(registry));
    expect(faulty.counts.failed).toBeGreaterThan(0);
    expect(said.length).toBeGreaterThan(25);
    for (const { label, text } of said) {
      const { name, version, prompt, labels } = JSON.parse(text) as {
        name: string;
        version: number;
        prompt: string;
        labels: string[];
      };
      expect(prompt).toBe(`${name} ${version}`);
      expect(labels).toContain(label);
    }
  });

  it("is never written twice within a second, but for a write whose answer got lost", async ({
    expect,
  }) => {
    const { nowMs, clock, wait } = fastClock(20);
    const faulty = faultyKv({
      lagMs: 0,
      missMs: 0,
      spacingMs: 1_000,
      failing: 0,
      random: Math.random,
      clock: nowMs,
      pause: () => scheduler.wait(1),
    });
    const scope = freshScope();
    const drainer: Drainer = { db: scope.db, kv: faulty.kv, clock, wait };
    for (const prompt of ["a", "b"]) {
      await createVersion(scope, CreatePrompt.parse({ name: "p", prompt }));
    }
    const own = { project: scope.projectId, budgetMs: 20_000 };
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await wait(i * 300);
        await addLabels(scope, { name: "p", version: 1 + (i % 2) }, ["production"]);
        await drain(drainer, own);
      }),
    );
    expect(faulty.counts.refused).toBe(0);
    expect(sorted(faulty.settled())).toEqual(sorted(await documentsOf(scope, ["p"])));
  });
});

describe("a drainer that loses its lease", () => {
  it("asks again for what it wrote, because somebody may have written something newer before", async ({
    expect,
  }) => {
    const scope = freshScope();
    await createVersion(scope, CreatePrompt.parse({ name: "p", prompt: "a" }));
    await createVersion(scope, CreatePrompt.parse({ name: "p", prompt: "b" }));
    await addLabels(scope, { name: "p", version: 1 }, ["production"]);
    const began = Date.now();
    let offsetMs = 0;
    const clock = () => new Date(Date.now() + offsetMs);
    const texts = new Map<string, string>();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reached = (): void => undefined;
    const atPut = new Promise<void>((resolve) => (reached = resolve));

    const kvOf = (before: () => Promise<void>) =>
      ({
        put: async (key: string, body: ArrayBuffer) => {
          await before();
          texts.set(key, new TextDecoder().decode(body));
        },
      }) as unknown as KVNamespace;
    const own = { project: scope.projectId, budgetMs: 600_000 };
    const slow: Drainer = {
      db: scope.db,
      kv: kvOf(async () => {
        reached();
        await held;
      }),
      clock,
      wait: (ms) => scheduler.wait(ms),
    };
    const quick: Drainer = { ...slow, kv: kvOf(async () => undefined) };

    const slowly = drain(slow, own);
    await atPut;
    await addLabels(scope, { name: "p", version: 2 }, ["production"]);
    offsetMs = 61_000;
    await drain(quick, own);
    const key = `doc/${scope.projectId}/l/production/p`;
    expect(JSON.parse(texts.get(key) ?? "")).toMatchObject({ version: 2 });
    release();
    await slowly;
    await drain(quick, own);

    expect(sorted(texts)).toEqual(sorted(await documentsOf(scope, ["p"])));
    expect(Date.now() - began).toBeLessThan(30_000);
  });
});
