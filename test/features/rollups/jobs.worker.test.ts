import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";
import { rollupJobs } from "../../../src/features/rollups/jobs.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { call } from "../../support/call.ts";
import { freshProject } from "../../support/project.ts";
import { expectExact } from "./comparison.ts";

const START_US = Date.parse("2026-11-20T10:00:00Z") * 1000;

const rows: StoredRows = {
  v: 1,
  observations: [
    {
      id: "a",
      traceId: "t1",
      clock: clockOf(false, START_US / 1000, "a"),
      type: "GENERATION",
      startUs: START_US,
      endUs: START_US + 1000,
      promptName: "greet",
      promptVersion: 1,
      parentId: "root",
    },
  ],
  traces: [{ id: "t1", clock: clockOf(false, START_US / 1000, "t"), sessionId: "s1" }],
  scores: [
    {
      id: "s",
      clock: clockOf(false, START_US / 1000, "s"),
      sessionId: "s1",
      name: "quality",
      source: "API",
      dataType: "NUMERIC",
      value: 1,
      timestampUs: START_US,
    },
  ],
};

const tick = async ({ env, now }: Scope): Promise<void> => {
  for (const job of rollupJobs) {
    while ((await job.run(env, now)).more);
  }
};

describe("a minute of cron", () => {
  it("brings generations and session scores into the buckets within two", async ({ expect }) => {
    const { scope } = await freshProject();
    await applyRows(scope, [rows], true);
    await tick(scope);
    await tick(scope);
    expect(await expectExact(expect, scope)).toBeGreaterThanOrEqual(3);
  });

  it("twice, or at the same time, changes nothing more", async ({ expect }) => {
    const { scope } = await freshProject();
    await applyRows(scope, [rows, rows], true);
    await Promise.all([tick(scope), tick(scope)]);
    await applyRows(scope, [rows], true);
    await Promise.all([tick(scope), tick(scope)]);
    await expectExact(expect, scope);
  });
});

describe("POST /api/public/admin/repair", () => {
  const path = "/api/public/admin/repair";
  const body = { name: "greet", version: 1, from: "2026-11-19", to: "2026-11-20" };

  it("repairs each day of the range", async ({ expect }) => {
    const { scope, basic } = await freshProject();
    await applyRows(scope, [rows], true);
    await tick(scope);
    for (const shard of scope.shards) {
      await shard.prepare("DELETE FROM bucket WHERE project = ?1").bind(scope.tenant).run();
    }
    const { status, json } = await call("POST", path, { authorization: basic, body });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      data: [{ day: "2026-11-19", changed: 0 }, { day: "2026-11-20" }],
    });
    await expectExact(expect, scope);
  });

  it.for([
    [{ ...body, version: "1" }, "version"],
    [{ ...body, from: "2026-11-21" }, "from"],
    [{ ...body, from: "2026-11-01" }, "to"],
    [{ ...body, from: "20 November" }, "from"],
    [{ ...body, name: "" }, "name"],
  ] as const)("refuses %j, naming %s", async ([wrong, field], { expect }) => {
    const { basic } = await freshProject();
    const { status, json } = await call("POST", path, { authorization: basic, body: wrong });
    expect(status).toBe(400);
    expect(json).toMatchObject({ issues: [{ path: field }] });
  });

  it("is for admins", async ({ expect }) => {
    const { publicBearer } = await freshProject();
    const { status } = await call("POST", path, { authorization: publicBearer, body });
    expect([401, 403]).toContain(status);
  });
});
