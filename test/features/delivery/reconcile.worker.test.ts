import { beforeEach, describe, it } from "vitest";

import { readCounts } from "../../../src/features/delivery/counts/store.ts";
import { deliveryJobs } from "../../../src/features/delivery/jobs.ts";
import { documentKey } from "../../../src/features/delivery/keys.ts";
import { drain, drainerOf } from "../../../src/features/delivery/publish/actions.ts";
import { reconcile } from "../../../src/features/delivery/reconcile/actions.ts";
import { driftOf } from "../../../src/features/delivery/reconcile/drift.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { createVersion } from "../../../src/features/prompts/actions.ts";
import { CreatePrompt } from "../../../src/features/prompts/contract.ts";
import { putSplit } from "../../../src/features/prompts/index.ts";
import { labelDocument, versionDocument } from "../../../src/features/prompts/model.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { call, bearer } from "../../support/call.ts";
import { freshScope } from "../../support/scope.ts";

const LONG = "長い".repeat(200);
const LATER = () => new Date(Date.now() + 10 * 60_000);

beforeEach(forgetAll);

async function published(): Promise<Scope> {
  const scope = freshScope(new Date());
  for (const name of ["p", "q", LONG]) {
    for (const prompt of ["one", "two"]) {
      await createVersion(scope, CreatePrompt.parse({ name, prompt, labels: ["production"] }));
    }
  }
  const arms = [1, 2].map((version) => ({ version, weight: 5_000 }));
  await putSplit(scope, { name: "q", label: "production" }, { arms });
  await drainAll(scope);
  return scope;
}

const drainAll = (scope: Scope) =>
  drain(drainerOf(scope.env, LATER), { project: scope.projectId, budgetMs: 60_000 });

async function snapshot({ env, projectId }: Scope) {
  const { keys } = await env.PROMPTS.list({ prefix: `doc/${projectId}/` });
  return Promise.all(
    keys.map(async ({ name, metadata }) => [name, metadata, await env.PROMPTS.get(name)]),
  );
}

/** Runs until both sides have been walked from end to end. */
async function rounds(scope: Scope, at = LATER()) {
  const total = { missing: 0, stale: 0, orphaned: 0, asked: 0 };
  for (let run = 0, ends = 0; ends < 2 && run < 200; run++) {
    const done = await reconcile(scope.env, at, 50);
    ends += done.rounds;
    total.missing += done.missing;
    total.stale += done.stale;
    total.orphaned += done.orphaned;
    total.asked += done.asked;
  }
  return total;
}

describe("reconcile", () => {
  it("finds what KV lacks, has otherwise and has too much, and the drain repairs it", async ({
    expect,
  }) => {
    const scope = await published();
    const { PROMPTS } = scope.env;
    // Rows of the outbox go after five minutes; so does what they know of KV's last writes.
    await scope.env.DB.prepare("DELETE FROM outbox WHERE project = ?").bind(scope.projectId).run();
    const healthy = await snapshot(scope);
    const key = (name: string, label: string) =>
      documentKey(scope.projectId, labelDocument(name, label));

    await PROMPTS.delete(await key("p", "production"));
    await PROMPTS.delete(await key(LONG, "latest"));
    await PROMPTS.put(await key("q", "latest"), "old", { metadata: { etag: '"old"', version: 1 } });
    const split = await PROMPTS.getWithMetadata<object>(await key("q", "production"), "text");
    await PROMPTS.put(await key("q", "production"), split.value ?? "", {
      metadata: { ...split.metadata, split: { id: "spl_old", runs: [[1, 10_000]] } },
    });
    for (const ref of [
      labelDocument("p", "gone"),
      versionDocument("p", 9),
      versionDocument(LONG, 9),
      labelDocument("never-was", "production"),
    ]) {
      const metadata = { etag: '"x"', version: 1 };
      await PROMPTS.put(await documentKey(scope.projectId, ref), "{}", { metadata });
    }

    const found = await rounds(scope);
    expect(found.missing).toBeGreaterThanOrEqual(2);
    expect(found.stale).toBeGreaterThanOrEqual(2);
    expect(found.orphaned).toBeGreaterThanOrEqual(4);
    await drainAll(scope);
    expect(await snapshot(scope)).toEqual(healthy);
  });

  it("leaves alone what is on its way, and what KV may not show yet", async ({ expect }) => {
    const scope = await published();
    const pending = async () =>
      (
        await scope.env.DB.prepare(
          "SELECT count(*) AS n FROM outbox WHERE project = ? AND revision <> published",
        )
          .bind(scope.projectId)
          .first<{ n: number }>()
      )?.n;
    await scope.env.PROMPTS.delete(
      await documentKey(scope.projectId, labelDocument("p", "production")),
    );
    // The drain stamped its rows ten minutes from now: KV may lag for another two.
    await rounds(scope, LATER());
    expect(await pending()).toBe(0);
    await rounds(scope, new Date(LATER().getTime() + 3 * 60_000));
    expect(await pending()).toBe(1);
  });

  it("counts what it did, and draining what it did, for the deployment to read", async ({
    expect,
  }) => {
    const scope = await published();
    const rows = await readCounts(scope.db);
    const count = (list: typeof rows, what: string) =>
      list.find((row) => row.what === what)?.count ?? 0;
    await createVersion(scope, CreatePrompt.parse({ name: "fresh", prompt: "x" }));
    const [drainJob] = deliveryJobs;
    await drainJob?.run(scope.env, new Date());
    const drained = await readCounts(scope.db);
    expect(count(drained, "published")).toBeGreaterThanOrEqual(count(rows, "published") + 2);
    await scope.env.DB.prepare("DELETE FROM outbox WHERE project = ?").bind(scope.projectId).run();
    await scope.env.PROMPTS.delete(await documentKey(scope.projectId, versionDocument("p", 1)));
    await rounds(scope);
    const after = await readCounts(scope.db);
    expect(count(after, "compared")).toBeGreaterThan(count(rows, "compared"));
    expect(count(after, "missing")).toBeGreaterThan(count(rows, "missing"));
    expect(count(after, "rounds")).toBeGreaterThan(count(rows, "rounds"));

    const answer = await call("GET", "/api/public/admin/delivery", {
      authorization: bearer("test-admin-token"),
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      pending: { count: expect.any(Number) as number },
      drain: { published: expect.any(Number) as number },
      reconcile: { missing: count(after, "missing"), rounds: count(after, "rounds") },
    });
    expect((await call("GET", "/api/public/admin/delivery")).status).toBe(401);
  });
});

describe("driftOf", () => {
  const same = { etag: '"a"', version: 1 };
  const split = { id: "spl_a", runs: [[1, 10_000]] as [number, number][] };
  it.for([
    [same, same, undefined],
    [undefined, undefined, undefined],
    [same, undefined, "missing"],
    [undefined, same, "orphaned"],
    [same, { ...same, etag: '"b"' }, "stale"],
    [same, { ...same, version: 2 }, "stale"],
    [{ ...same, split }, same, "stale"],
    [same, { ...same, split }, "stale"],
    [{ ...same, split }, { ...same, split }, undefined],
    [{ ...same, split }, { ...same, split: { ...split, id: "spl_b" } }, "stale"],
  ] as const)("of %j and %j is %s", ([expected, found, drift], { expect }) => {
    const own = (metadata: typeof expected) => metadata && structuredClone(metadata);
    expect(driftOf(own(expected) as never, own(found) as never)).toBe(drift);
  });
});
