import { describe, it } from "vitest";

import { accept } from "../../../../src/features/ingest/index.ts";
import { clockOf } from "../../../../src/features/ingest/model.ts";
import { shardIndex } from "../../../../src/features/ingest/shard.ts";
import recorded from "../../../fixtures/batch/langfuse-3.39-session.json" with { type: "json" };
import { ago, event, lab, type Listed } from "./lab.ts";

type Full = Record<string, unknown> & {
  observations: Record<string, unknown>[];
  scores: Record<string, unknown>[];
};

/** The recorded session, moved to the present, with ids of its own. */
function session(prefix: string) {
  const text = JSON.stringify(recorded.batch).replaceAll("trace-custom-1", `${prefix}-trace`);
  const shiftMs = Date.parse(ago(60_000)) - Date.parse("2026-11-22T14:09:12.580Z");
  const moved = text.replaceAll(/2026-11-22T14:09:12\.\d{3}Z/g, (instant) =>
    new Date(Date.parse(instant) + shiftMs).toISOString(),
  );
  return JSON.parse(moved) as object[];
}

describe("GET /api/public/traces/{id}", () => {
  it("gives back a legacy session in full, with every field the SDKs require", async ({
    expect,
  }) => {
    const { ingest, get, scope } = await lab();
    const { status, json } = await ingest(...session("a"));
    expect(status).toBe(207);
    expect(json).toMatchObject({ errors: [] });

    const trace = await get<Full>("/api/public/traces/a-trace");
    expect(trace).toMatchObject({
      id: "a-trace",
      name: "renamed",
      userId: "user-1",
      sessionId: "session-1",
      tags: ["a", "b"],
      public: false,
      environment: "default",
      input: { a: { deep: [1, 2, { x: 1 }] } },
      output: "bye",
      metadata: {},
      htmlPath: `/project/${scope.projectId}/traces/a-trace`,
      release: null,
      version: null,
      // Its output tokens were not said, so what they cost is unknown.
      totalCost: null,
      latency: expect.any(Number),
    });
    expect(new Set(trace.observations.map(({ id }) => id))).toEqual(
      new Set(["event-1", "gen-1", "span-1"]),
    );
    const generation = trace.observations.find(({ id }) => id === "gen-1");
    expect(generation).toMatchObject({
      traceId: "a-trace",
      type: "GENERATION",
      name: "answer",
      model: "gpt-4o",
      modelParameters: {},
      input: [{ role: "user", content: "hi" }],
      output: "done",
      metadata: {},
      usage: { input: 14, output: 0, total: 17, unit: "TOKENS" },
      usageDetails: { input: 12, input_cached_tokens: 2, total: 17 },
      level: "DEFAULT",
      statusMessage: null,
      parentObservationId: null,
      promptName: "greet",
      promptVersion: 3,
      environment: "default",
      startTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      endTime: expect.stringMatching(/Z$/),
      completionStartTime: expect.stringMatching(/Z$/),
      calculatedTotalCost: null,
      latency: expect.any(Number),
      timeToFirstToken: expect.any(Number),
    });
    expect(trace.observations.find(({ id }) => id === "event-1")).toMatchObject({
      type: "EVENT",
      metadata: { k: 1 },
      endTime: null,
      latency: null,
      timeToFirstToken: null,
      calculatedTotalCost: null,
      costDetails: {},
      usageDetails: {},
      promptName: null,
    });
    const scores = trace.scores.toSorted((a, b) =>
      String(a["name"]) < String(b["name"]) ? -1 : 1,
    );
    expect(scores).toMatchObject([
      { name: "mood", dataType: "CATEGORICAL", stringValue: "good", value: 0, comment: "c" },
      { name: "quality", dataType: "NUMERIC", value: 0.5, observationId: "gen-1" },
    ]);
  });

  it("leaves out what fields= does not ask for", async ({ expect }) => {
    const { ingest, get } = await lab();
    await ingest(...session("b"));
    expect(await get("/api/public/traces/b-trace?fields=core")).toMatchObject({
      name: "renamed",
      input: null,
      observations: [],
      scores: [],
      latency: null,
      totalCost: null,
    });
  });

  it("unites a root that lives in the trace's row with the other observations", async ({
    expect,
  }) => {
    const { ingest, get, scope } = await lab();
    await ingest(
      event("span-create", {
        id: "root",
        traceId: "t",
        name: "request",
        startTime: ago(5000),
        endTime: ago(1000),
        input: "asked",
        environment: "staging",
      }),
      event("generation-create", {
        id: "child",
        traceId: "t",
        parentObservationId: "root",
        startTime: ago(4000),
        endTime: ago(2000),
        costDetails: { input: 0.25, output: 0.5, total: 0.75 },
      }),
    );
    const rows = await Promise.all(
      scope.shards.map((shard) =>
        shard
          .prepare("SELECT id FROM obs WHERE project = ?1")
          .bind(scope.tenant)
          .all<{ id: string }>(),
      ),
    );
    expect(rows.flatMap(({ results }) => results)).toEqual([{ id: "child" }]);

    const trace = await get<Full>("/api/public/traces/t");
    expect(trace).toMatchObject({
      name: "request",
      environment: "staging",
      latency: 4,
      totalCost: 0.75,
      input: null,
    });
    expect(trace.observations).toMatchObject([
      { id: "root", type: "SPAN", input: "asked", latency: 4 },
      {
        id: "child",
        parentObservationId: "root",
        latency: 2,
        calculatedTotalCost: 0.75,
        calculatedInputCost: 0.25,
        costDetails: { input: 0.25, output: 0.5, total: 0.75 },
      },
    ]);
    expect(await get("/api/public/observations/root")).toMatchObject({
      id: "root",
      traceId: "t",
      input: "asked",
    });
    expect(await get("/api/public/observations/child")).toMatchObject({ id: "child" });
  });

  it("makes up a trace of which only a child has come", async ({ expect }) => {
    const { ingest, get } = await lab();
    const startTime = ago(3000);
    await ingest(
      event("generation-create", {
        id: "g",
        traceId: "only-child",
        parentObservationId: "not-yet-here",
        name: "child",
        startTime,
        environment: "dev",
      }),
    );
    const expected = { id: "only-child", timestamp: startTime, name: null, environment: "dev" };
    expect(await get("/api/public/traces/only-child")).toMatchObject(expected);
    expect((await get<Listed>("/api/public/traces")).data).toMatchObject([
      { ...expected, observations: ["g"], scores: [], latency: null, totalCost: null },
    ]);
  });

  it("gives null for negative durations, from clocks that disagree", async ({ expect }) => {
    const { ingest, get } = await lab();
    await ingest(
      event("generation-create", {
        id: "g",
        traceId: "t",
        startTime: ago(1000),
        endTime: ago(2000),
        completionStartTime: ago(3000),
      }),
    );
    expect(await get("/api/public/observations/g")).toMatchObject({
      latency: null,
      timeToFirstToken: null,
    });
  });

  it("leaves corrections to v2/scores: the Python SDK cannot read a trace that holds one", async ({
    expect,
  }) => {
    const { ingest, get } = await lab();
    await ingest(
      event("trace-create", { id: "t" }),
      event("score-create", { id: "c", traceId: "t", value: "better", dataType: "CORRECTION" }),
    );
    expect((await get<Full>("/api/public/traces/t")).scores).toEqual([]);
    expect((await get<Listed>("/api/public/v2/scores?traceId=t")).data).toMatchObject([
      { id: "c", name: "output", dataType: "CORRECTION", stringValue: "better", value: 0 },
    ]);
  });

  it("merges metadata of several events, oldest first", async ({ expect }) => {
    const { ingest, get } = await lab();
    const body = { id: "t", name: "n" };
    await ingest(
      event("trace-create", {
        ...body,
        timestamp: ago(2000),
        metadata: { a: 1, deep: { x: 1, y: 1 } },
      }),
      event("trace-create", {
        ...body,
        timestamp: ago(1000),
        metadata: { b: 2, deep: { y: 2 } },
      }),
    );
    expect(await get("/api/public/traces/t")).toMatchObject({
      metadata: { a: 1, b: 2, deep: { x: 1, y: 2 } },
    });
  });

  it("is 404 with the id for what is unknown, or another project's", async ({ expect }) => {
    const mine = await lab();
    const theirs = await lab();
    await theirs.ingest(event("trace-create", { id: "theirs", name: "x" }));
    for (const path of ["traces/theirs", "traces/nothing", "observations/x", "sessions/x"]) {
      const { status, json } = await mine.request("GET", `/api/public/${path}`);
      expect(status).toBe(404);
      expect(json).toMatchObject({ message: expect.stringContaining(path.split("/")[1] ?? "") });
    }
    expect((await mine.get<Listed>("/api/public/traces")).data).toEqual([]);
  });
});

describe("GET /api/public/traces", () => {
  const trace = (id: string, secondsAgo: number, body: object = {}) =>
    event("trace-create", { id, name: id, timestamp: ago(secondsAgo * 1000), ...body });

  it("lists the newest first over all shards, in pages", async ({ expect }) => {
    const { ingest, get, scope } = await lab();
    const ids = Array.from({ length: 7 }, (_, i) => `trace-${i}`);
    expect(new Set(ids.map((id) => shardIndex(id, scope.shards.length))).size).toBe(2);
    // Sent in two requests, the older ones last.
    await ingest(...ids.slice(4).map((id, i) => trace(id, 100 - (i + 4))));
    await ingest(...ids.slice(0, 4).map((id, i) => trace(id, 100 - i)));

    const first = await get<Listed>("/api/public/traces?limit=3");
    expect(first.data.map(({ id }) => id)).toEqual(["trace-6", "trace-5", "trace-4"]);
    expect(first.meta).toEqual({ page: 1, limit: 3, totalItems: 7, totalPages: 3 });
    const last = await get<Listed>("/api/public/traces?limit=3&page=3");
    expect(last.data.map(({ id }) => id)).toEqual(["trace-0"]);
    const oldest = await get<Listed>("/api/public/traces?limit=1&orderBy=timestamp.asc");
    expect(oldest.data.map(({ id }) => id)).toEqual(["trace-0"]);
    expect((await get<Listed>("/api/public/traces?page=9")).data).toEqual([]);
  });

  it("filters", async ({ expect }) => {
    const { ingest, get } = await lab();
    await ingest(
      trace("a", 50, { userId: "u1", sessionId: "s1", tags: ["x", "y"], release: "r1" }),
      trace("b", 40, { userId: "u2", sessionId: "s1", tags: ["x"], environment: "dev" }),
      trace("c", 30, { name: "a", version: "2", environment: "prod" }),
    );
    const ids = async (query: string) =>
      (await get<Listed>(`/api/public/traces?${query}`)).data.map(({ id }) => id);
    expect(await ids("name=a")).toEqual(["c", "a"]);
    expect(await ids("userId=u2")).toEqual(["b"]);
    expect(await ids("sessionId=s1")).toEqual(["b", "a"]);
    expect(await ids("tags=x&tags=y")).toEqual(["a"]);
    expect(await ids("environment=dev&environment=prod")).toEqual(["c", "b"]);
    expect(await ids("release=r1")).toEqual(["a"]);
    expect(await ids("version=2")).toEqual(["c"]);
    expect(await ids(`fromTimestamp=${ago(45_000)}&toTimestamp=${ago(35_000)}`)).toEqual(["b"]);
    expect(await ids("userId=nobody")).toEqual([]);
  });

  it.each([
    ["limit=101", "limit"],
    ["limit=0", "limit"],
    ["page=0", "page"],
    ["page=x", "page"],
    ["fromTimestamp=yesterday", "fromTimestamp"],
    ["orderBy=name.asc", "orderBy"],
    ["fields=core,everything", "fields"],
  ])("refuses %s by naming the field", async (query, field) => {
    const { request } = await lab();
    const { status, json } = await request("GET", `/api/public/traces?${query}`);
    if (status !== 400) throw new Error(`status ${status}`);
    const { message } = json as { message: string };
    if (!message.includes(field)) throw new Error(message);
  });
});

describe("DELETE /api/public/traces/{id}", () => {
  it("hides the trace, its observations and its scores, for good", async ({ expect }) => {
    const { ingest, request, settle, get } = await lab();
    const events = session("d");
    await ingest(...events);
    expect((await request("DELETE", "/api/public/traces/d-trace")).status).toBe(200);
    await settle();
    // The client sends the same batch once more, and a span that is late.
    await ingest(
      ...events,
      event("span-create", {
        id: "late",
        traceId: "d-trace",
        parentObservationId: "gen-1",
        startTime: ago(1000),
      }),
    );

    expect((await request("GET", "/api/public/traces/d-trace")).status).toBe(404);
    expect((await request("GET", "/api/public/observations/gen-1")).status).toBe(404);
    expect((await request("GET", "/api/public/observations/span-1")).status).toBe(404);
    expect((await get<Listed>("/api/public/traces")).data).toEqual([]);
    expect((await get<Listed>("/api/public/observations")).data).toEqual([]);
    expect((await get<Listed>("/api/public/v2/scores?traceId=d-trace")).data).toEqual([]);
    expect((await request("DELETE", "/api/public/traces/d-trace")).status).toBe(404);
  });
});

describe("GET /api/public/observations", () => {
  it("lists by prompt version, newest first, and by what else was said", async ({ expect }) => {
    const { ingest, get } = await lab();
    const generation = (id: string, secondsAgo: number, body: object = {}) =>
      event("generation-create", {
        id,
        traceId: `t-${id}`,
        name: "answer",
        startTime: ago(secondsAgo * 1000),
        endTime: ago(secondsAgo * 1000 - 500),
        promptName: "greet",
        promptVersion: 1,
        ...body,
      });
    await ingest(
      generation("a", 50),
      generation("b", 40, { level: "ERROR" }),
      generation("c", 30, { promptVersion: 2 }),
      event("span-create", { id: "s", traceId: "t-a", name: "lookup", startTime: ago(49_000) }),
      event("trace-create", { id: "t-b", userId: "u" }),
    );
    const ids = async (query: string) =>
      (await get<Listed>(`/api/public/observations?${query}`)).data.map(({ id }) => id);
    expect(await ids("")).toEqual(["c", "b", "s", "a"]);
    expect(await ids("promptName=greet&promptVersion=1")).toEqual(["b", "a"]);
    expect(await ids("promptName=greet&promptVersion=1&level=ERROR")).toEqual(["b"]);
    expect(await ids("traceId=t-a")).toEqual(["s", "a"]);
    expect(await ids("traceId=t-a&type=GENERATION")).toEqual(["a"]);
    expect(await ids("name=lookup")).toEqual(["s"]);
    expect(await ids("userId=u")).toEqual(["b"]);
    expect(await ids(`fromStartTime=${ago(45_000)}`)).toEqual(["c", "b"]);
    expect(await ids("limit=1&page=2")).toEqual(["b"]);
  });

  it("wants promptName and promptVersion together", async ({ expect }) => {
    const { request } = await lab();
    const { status, json } = await request("GET", "/api/public/observations?promptName=greet");
    expect(status).toBe(400);
    expect(json).toMatchObject({ issues: [{ path: "promptVersion" }] });
  });
});

describe("GET /api/public/v2/observations", () => {
  it("goes through all pages by cursor, with the fields that are asked for", async ({ expect }) => {
    const { ingest, get, scope } = await lab();
    await ingest(
      event("trace-create", { id: "t", name: "chat", userId: "u", sessionId: "s", tags: ["x"] }),
      ...["a", "b", "c"].map((id, i) =>
        event("generation-create", {
          id,
          traceId: "t",
          startTime: ago(9000 - i * 1000),
          input: { q: id },
          output: "text",
          metadata: { k: 1 },
          parentObservationId: id === "c" ? "b" : null,
        }),
      ),
    );
    const list = (query: string) => get<Listed>(`/api/public/v2/observations?${query}`);
    const first = await list("limit=2&fields=basic,io,metadata,usage,metrics,trace_context");
    expect(first.data).toMatchObject([
      { id: "c", isRootObservation: false, parentObservationId: "b", input: '{"q":"c"}' },
      {
        id: "b",
        traceId: "t",
        projectId: scope.projectId,
        type: "GENERATION",
        isRootObservation: true,
        input: '{"q":"b"}',
        output: "text",
        metadata: { k: 1 },
        userId: "u",
        sessionId: "s",
        tags: ["x"],
        traceName: "chat",
        usageDetails: {},
        totalCost: null,
        latency: null,
        modelId: null,
      },
    ]);
    const second = await list(`limit=2&cursor=${first.meta.cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual(["a"]);
    expect(second.meta).toEqual({});
    expect(second.data[0]).not.toHaveProperty("input");
    expect(second.data[0]).toHaveProperty("level", "DEFAULT");

    const ids = async (query: string) => (await list(query)).data.map(({ id }) => id);
    expect(await ids("isRootObservation=false")).toEqual(["c"]);
    expect(await ids("sessionId=s&name=nothing")).toEqual([]);
    expect(await ids("sessionId=s&userId=u&limit=1")).toEqual(["c"]);
    expect(await ids("sessionId=other")).toEqual([]);
    expect(await ids("traceId=t&parentObservationId=b")).toEqual(["c"]);
  });

  it.each([
    ["v2/observations?fields=everything", "fields"],
    ["v2/observations?cursor=x", "cursor"],
    ["v2/observations?limit=1001", "limit"],
    ["v2/observations?parseIoAsJson=true", "parseIoAsJson"],
    ["v2/observations?filter=[]", "filter"],
    ["observations?filter=[]", "filter"],
    ["traces?filter=[]", "filter"],
    ["v2/scores?userId=u", "userId"],
  ])("says of %s that it will not do", async (path, field) => {
    const { request } = await lab();
    const { status, json } = await request("GET", `/api/public/${path}`);
    const { message } = json as { message: string };
    if (status !== 400 || !message.includes(field)) throw new Error(`${status} ${message}`);
  });
});

describe("what an answer may hold", () => {
  it("is bounded: payloads that are too large are refused, and can be left out", async ({
    expect,
  }) => {
    const { request, settle } = await lab();
    // Random, so that compression does not help: twelve payloads of 0.7 MB each.
    for (let i = 0; i < 12; i++) {
      const input = Array.from({ length: 15 }, () => {
        const bytes = crypto.getRandomValues(new Uint8Array(47_000));
        return btoa(String.fromCharCode(...bytes));
      });
      const batch = [event("trace-create", { id: `big-${i}`, input })];
      expect(await request("POST", "/api/public/ingestion", { batch })).toMatchObject({
        status: 207,
        json: { errors: [] },
      });
    }
    await settle();
    const whole = await request("GET", "/api/public/traces");
    expect(whole.status).toBe(413);
    expect(whole.json).toMatchObject({ message: expect.stringContaining("ask for less") });
    expect((await request("GET", "/api/public/traces?limit=5")).status).toBe(200);
    expect((await request("GET", "/api/public/traces?fields=core")).status).toBe(200);
  });
});

describe("GET /api/public/sessions", () => {
  it("lists sessions, and one with its traces", async ({ expect }) => {
    const { ingest, get, scope } = await lab();
    const first = ago(50_000);
    await ingest(
      event("trace-create", { id: "a", sessionId: "s1", timestamp: first, environment: "dev" }),
      event("trace-create", { id: "b", sessionId: "s2", timestamp: ago(40_000) }),
      event("trace-create", { id: "c", sessionId: "s1", timestamp: ago(30_000), input: "hi" }),
      event("trace-create", { id: "d", timestamp: ago(20_000) }),
    );
    const { data, meta } = await get<Listed>("/api/public/sessions");
    const s1 = { id: "s1", createdAt: first, projectId: scope.projectId, environment: "dev" };
    expect(data).toMatchObject([s1, { id: "s2" }]);
    expect(meta).toMatchObject({ totalItems: 2 });
    expect(await get("/api/public/sessions/s1")).toMatchObject({
      ...s1,
      traces: [{ id: "a" }, { id: "c", input: "hi", tags: [], public: false }],
    });
  });
});

describe("rows from another wire", () => {
  it("are shown too: microseconds, fallback without a link, levels", async ({ expect }) => {
    const { scope, env, settle, get } = await lab();
    const startUs = scope.now.getTime() * 1000 - 5_000_000 + 123;
    await accept(
      { ...scope, env },
      {
        observations: [
          {
            id: "g",
            traceId: "t",
            clock: clockOf(false, scope.now.getTime(), "g"),
            type: "GENERATION",
            startUs,
            endUs: startUs + 1_500_000,
            promptName: "greet",
            promptFallback: true,
            level: "WARNING",
          },
        ],
        traces: [],
        scores: [],
      },
    );
    await settle();
    expect(await get("/api/public/observations/g")).toMatchObject({
      latency: 1.5,
      promptName: null,
      promptVersion: null,
      level: "WARNING",
    });
  });
});
