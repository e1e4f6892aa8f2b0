import { describe, it } from "vitest";

import type { StoredRows } from "../../../src/features/ingest/accept/stored.ts";
import { applyRows } from "../../../src/features/ingest/consumer/actions.ts";
import { clockOf, promptVersionOf, throughLabel } from "../../../src/features/ingest/model.ts";
import { scopeOfTenant } from "../../../src/features/projects/index.ts";
import { MetricsQuery } from "../../../src/features/rollups/contract.ts";
import { readMetrics } from "../../../src/features/rollups/metrics/actions.ts";
import { call } from "../../support/call.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";
import { untilQuiet } from "../rollups/comparison.ts";

const NOW = new Date();
const MINUTE_MS = 60_000;
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * MINUTE_MS);

type Generation = StoredRows["observations"][number];

const generation = (id: string, minutesAgo: number, over: Partial<Generation>): Generation => ({
  id,
  traceId: `t-${id}`,
  clock: clockOf(false, ago(minutesAgo).getTime(), id),
  type: "GENERATION",
  startUs: ago(minutesAgo).getTime() * 1000,
  endUs: ago(minutesAgo).getTime() * 1000 + 250_000,
  parentId: "root",
  promptName: "greet",
  ...over,
});

/** `live` pointed at version 1 from 60 to 30 minutes ago, then at 2, and at nothing since 10 minutes. */
async function projectWithHistory(): Promise<FreshProject> {
  const project = await freshProject(NOW);
  const authorization = project.basic;
  for (const prompt of ["one", "two"]) {
    await call("POST", "/api/public/v2/prompts", {
      authorization,
      body: { name: "greet", type: "text", prompt, labels: prompt === "two" ? ["other"] : [] },
    });
  }
  const move = (from: number | null, to: number | null, minutes: number) => ({
    prompt: "greet",
    label: "live",
    from,
    to,
    at: ago(minutes).toISOString(),
  });
  const answer = await call("POST", "/api/public/import/deployments", {
    authorization,
    body: { deployments: [move(null, 1, 60), move(1, 2, 30), move(2, null, 10)] },
  });
  if (answer.status >= 300) throw new Error(answer.text);
  return project;
}

async function consume({ scope }: FreshProject, observations: Generation[]): Promise<void> {
  // As the queue's consumer: it knows the project by its number alone.
  const scopeOfQueue = scopeOfTenant(scope.env, NOW, scope.tenant);
  await applyRows(scopeOfQueue, [{ v: 1, observations, traces: [], scores: [] }], true);
}

async function versionsOf({ scope }: FreshProject): Promise<Record<string, number | null>> {
  const parts = await Promise.all(
    scope.shards.map((shard) =>
      shard
        .prepare("SELECT id, version FROM obs WHERE project = ?1")
        .bind(scope.tenant)
        .all<{ id: string; version: number | null }>(),
    ),
  );
  return Object.fromEntries(
    parts.flatMap(({ results }) => results.map(({ id, version }) => [id, version])),
  );
}

describe("a link by label", () => {
  it("leads to the version the label pointed at when the generation began", async ({ expect }) => {
    const project = await projectWithHistory();
    const named = (id: string, minutes: number) => generation(id, minutes, { promptLabel: "live" });
    await consume(project, [
      named("before", 61),
      named("first", 60),
      named("one", 31),
      named("two", 29),
      named("gone", 5),
      generation("unknown", 5, { promptLabel: "never" }),
      generation("stranger", 5, { promptName: "nobody", promptLabel: "live" }),
      generation("newest", -1, { promptLabel: "latest" }),
    ]);
    expect(await versionsOf(project)).toEqual({
      before: -1,
      first: throughLabel(1),
      one: throughLabel(1),
      two: throughLabel(2),
      gone: -1,
      unknown: -1,
      stranger: -1,
      newest: throughLabel(2),
    });
  });

  it("stays unresolved while the label is split", async ({ expect }) => {
    const project = await projectWithHistory();
    const split = async (event: string, minutes: number) => {
      const cause = JSON.stringify({ split: "spl_1", event, arms: [] });
      await project.scope.env.DB.prepare(
        `INSERT INTO deployment (project, id, name, label, from_version, to_version, actor_kind,
           actor_id, at, cause) VALUES (?1, ?2, 'greet', 'live', 1, 1, 'system', 'test', ?3, ?4)`,
      )
        .bind(project.scope.projectId, `dep_${event}`, ago(minutes).getTime(), cause)
        .run();
    };
    await split("started", 50);
    await split("changed", 45);
    await split("ended", 40);
    const at = (minutes: number) => generation(`m${minutes}`, minutes, { promptLabel: "live" });
    await consume(project, [at(51), at(50), at(44), at(41), at(40), at(20)]);
    expect(await versionsOf(project)).toEqual({
      m51: throughLabel(1),
      m50: -1,
      m44: -1,
      m41: -1,
      m40: throughLabel(1),
      m20: throughLabel(2),
    });
  });

  it("is looked up again when the start comes later, and gives way to a number", async ({
    expect,
  }) => {
    const project = await projectWithHistory();
    const { startUs, ...unstarted } = generation("late", 31, { promptLabel: "live" });
    await consume(project, [unstarted]);
    expect(await versionsOf(project)).toEqual({ late: null });
    const update = clockOf(true, ago(30).getTime(), "u1");
    await consume(project, [
      { id: "late", traceId: "t-late", clock: update, ...(startUs ? { startUs } : {}) },
    ]);
    expect(await versionsOf(project)).toEqual({ late: throughLabel(1) });
    const later = clockOf(true, ago(29).getTime(), "u2");
    await consume(project, [
      { id: "late", traceId: "t-late", clock: later, promptName: "greet", promptVersion: 2 },
    ]);
    expect(await versionsOf(project)).toEqual({ late: 2 });
  });

  it("counts in its version's metrics, unresolved ones and fallbacks beside them", async ({
    expect,
  }) => {
    const project = await projectWithHistory();
    await consume(project, [
      generation("named", 20, { promptVersion: 2 }),
      generation("labelled", 20, { promptLabel: "live" }),
      generation("lost", 5, { promptLabel: "live" }),
      generation("own-text", 20, { promptVersion: 2, promptFallback: true }),
    ]);
    await untilQuiet(project.scope);
    const metrics = await readMetrics(project.scope, "greet", MetricsQuery.parse({}));
    expect(metrics.data.map(({ version, count }) => [version, count])).toEqual([
      [1, 0],
      [2, 2],
    ]);
    expect(metrics).toMatchObject({ fallback: { count: 1 }, unresolved: { count: 1 } });
    const rows = await versionsOf(project);
    // Kept apart from what named its version, for all that judges.
    expect(rows["named"]).toBe(2);
    expect(promptVersionOf(rows["labelled"] ?? 0)).toBe(2);
    const listed = await call(
      "GET",
      "/api/public/observations?promptName=greet&promptVersion=2&type=GENERATION",
      { authorization: project.basic },
    );
    const { data } = listed.json as { data: { id: string; promptVersion: number }[] };
    expect(Object.fromEntries(data.map((one) => [one.id, one.promptVersion]))).toEqual({
      labelled: 2,
      named: 2,
    });
  });
});

describe("a link", () => {
  it("is kept when its prompt is not known yet, and joins when it is", async ({ expect }) => {
    const project = await freshProject(NOW);
    await consume(project, [
      generation("early", 20, { promptName: "greet", promptVersion: 1 }),
      generation("span", 20, { type: "SPAN", promptVersion: 1 }),
      generation("embedding", 20, { type: "EMBEDDING", promptVersion: 1 }),
    ]);
    await untilQuiet(project.scope);
    expect(await versionsOf(project)).toEqual({ early: 1, span: null, embedding: null });
    await call("POST", "/api/public/v2/prompts", {
      authorization: project.basic,
      body: { name: "greet", type: "text", prompt: "hi", labels: ["production"] },
    });
    const { data } = await readMetrics(project.scope, "greet", MetricsQuery.parse({}));
    expect(data).toMatchObject([{ version: 1, count: 1, labels: ["latest", "production"] }]);
  });
});
