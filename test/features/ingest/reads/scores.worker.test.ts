import { describe, it } from "vitest";

import { ago, event, lab, type Listed } from "./lab.ts";

const score = (id: string, secondsAgo: number, body: object) =>
  event("score-create", { id, name: "quality", ...body }, ago(secondsAgo * 1000));

/** Scores of every type and level, newest last. */
async function scored() {
  const project = await lab();
  await project.ingest(
    event("trace-create", { id: "t1", sessionId: "s1" }),
    event("generation-create", { id: "g1", traceId: "t1", startTime: ago(60_000) }),
    score("num", 50, { traceId: "t1", value: 0.5, comment: "why", metadata: { k: 1 } }),
    score("bool", 40, { traceId: "t1", observationId: "g1", value: 1, dataType: "BOOLEAN" }),
    score("cat", 30, { traceId: "t1", name: "mood", value: "good", environment: "dev" }),
    score("text", 20, { traceId: "t1", name: "note", value: "fine", dataType: "TEXT" }),
    score("session", 10, { sessionId: "s1", value: 3, source: "EVAL" }),
  );
  return project;
}

describe("GET /api/public/v2/scores", () => {
  it("lists every type and level, newest first, with every field the SDKs require", async ({
    expect,
  }) => {
    const { get } = await scored();
    const { data, meta } = await get<Listed>("/api/public/v2/scores");
    expect(data.map(({ id }) => id)).toEqual(["session", "text", "cat", "bool", "num"]);
    expect(meta).toEqual({ page: 1, limit: 50, totalItems: 5, totalPages: 1 });
    expect(data[4]).toEqual({
      id: "num",
      traceId: "t1",
      sessionId: null,
      observationId: null,
      datasetRunId: null,
      name: "quality",
      source: "API",
      dataType: "NUMERIC",
      value: 0.5,
      stringValue: null,
      timestamp: expect.stringMatching(/Z$/),
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      authorUserId: null,
      comment: "why",
      metadata: { k: 1 },
      configId: null,
      queueId: null,
      environment: "default",
    });
    expect(data.slice(0, 4)).toMatchObject([
      { sessionId: "s1", traceId: null, value: 3, source: "EVAL" },
      { dataType: "TEXT", stringValue: "fine", value: null },
      { dataType: "CATEGORICAL", stringValue: "good", value: 0, environment: "dev" },
      { dataType: "BOOLEAN", stringValue: "True", value: 1, observationId: "g1" },
    ]);
  });

  it("filters and pages", async ({ expect }) => {
    const { get } = await scored();
    const ids = async (query: string) =>
      (await get<Listed>(`/api/public/v2/scores?${query}`)).data.map(({ id }) => id);
    expect(await ids("name=mood")).toEqual(["cat"]);
    expect(await ids("source=EVAL")).toEqual(["session"]);
    expect(await ids("dataType=BOOLEAN")).toEqual(["bool"]);
    expect(await ids("traceId=t1")).toEqual(["text", "cat", "bool", "num"]);
    expect(await ids("traceId=t1&observationId=g1")).toEqual(["bool"]);
    expect(await ids("sessionId=s1")).toEqual(["session"]);
    expect(await ids("scoreIds=num,text")).toEqual(["text", "num"]);
    expect(await ids("environment=dev")).toEqual(["cat"]);
    expect(await ids(`fromTimestamp=${ago(35_000)}&toTimestamp=${ago(15_000)}`)).toEqual([
      "text",
      "cat",
    ]);
    expect(await ids("limit=2&page=2")).toEqual(["cat", "bool"]);
  });
});

describe("a session's score", () => {
  it("is listed though no trace of the session has come", async ({ expect }) => {
    const { ingest, get } = await lab();
    await ingest(score("s", 5, { sessionId: "lonely", value: 1 }));
    expect((await get<Listed>("/api/public/v2/scores")).data).toMatchObject([
      { id: "s", sessionId: "lonely", traceId: null },
    ]);
    expect((await get<Listed>("/api/public/traces")).data).toEqual([]);
  });
});

describe("GET /api/public/v3/scores", () => {
  it("goes through all pages by cursor, each score once", async ({ expect }) => {
    const { get } = await scored();
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "" : `&cursor=${cursor}`;
      const page: Listed = await get<Listed>(`/api/public/v3/scores?limit=2${query}`);
      seen.push(...page.data.map(({ value }) => value));
      cursor = page.meta.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([3, "fine", "good", true, 0.5]);
  });

  it("adds field groups when asked", async ({ expect }) => {
    const { get, scope } = await scored();
    const { data } = await get<Listed>(
      "/api/public/v3/scores?id=bool,session&fields=subject,details",
    );
    expect(data).toMatchObject([
      { projectId: scope.projectId, subject: { kind: "session", id: "s1" }, comment: null },
      { subject: { kind: "observation", id: "g1", traceId: "t1" }, metadata: {} },
    ]);
    const [bare] = (await get<Listed>("/api/public/v3/scores?id=num")).data;
    expect(bare).not.toHaveProperty("subject");
    expect(bare).not.toHaveProperty("comment");
  });

  it("filters by value", async ({ expect }) => {
    const { get } = await scored();
    const ids = async (query: string) =>
      (await get<Listed>(`/api/public/v3/scores?${query}`)).data.map(({ id }) => id);
    expect(await ids("dataType=NUMERIC&valueMin=0.5&valueMax=1")).toEqual(["num"]);
    expect(await ids("dataType=boolean&value=true")).toEqual(["bool"]);
    expect(await ids("dataType=CATEGORICAL&value=bad,good")).toEqual(["cat"]);
  });

  it("names what cannot be asked", async ({ expect }) => {
    const { request } = await lab();
    for (const [query, path] of [
      ["observationId=o", "observationId"],
      ["traceId=t&sessionId=s", "sessionId"],
      ["value=1", "value"],
      ["valueMin=1&dataType=BOOLEAN", "valueMin"],
      ["fields=everything", "fields"],
      ["limit=101", "limit"],
      ["cursor=%25", "cursor"],
      ["source=MAGIC", "source"],
    ]) {
      const { status, json } = await request("GET", `/api/public/v3/scores?${query}`);
      expect([query, status]).toEqual([query, 400]);
      expect((json as { message: string }).message).toContain(path);
    }
  });
});

describe("one score", () => {
  it("is created, read by both paths, updated by its id, and deleted for good", async ({
    expect,
  }) => {
    const { request, settle, get } = await lab();
    const body = { id: "mine", traceId: "t", name: "q", value: 1, comment: "first" };
    expect(await request("POST", "/api/public/scores", body)).toMatchObject({
      status: 200,
      json: { id: "mine" },
    });
    await settle();
    expect(await get("/api/public/scores/mine")).toMatchObject({ value: 1, comment: "first" });

    await new Promise((later) => setTimeout(later, 2));
    await request("POST", "/api/public/scores", { ...body, value: 2, comment: null });
    await settle();
    expect(await get("/api/public/v2/scores/mine")).toMatchObject({ value: 2, comment: null });

    const deleted = await request("DELETE", "/api/public/scores/mine");
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    await settle();
    for (const path of ["scores/mine", "v2/scores/mine"]) {
      expect((await request("GET", `/api/public/${path}`)).status).toBe(404);
    }
    expect((await request("DELETE", "/api/public/scores/mine")).status).toBe(404);
  });

  it("gets an id when the caller gives none", async ({ expect }) => {
    const { request } = await lab();
    const { json } = await request("POST", "/api/public/scores", {
      traceId: "t",
      name: "q",
      value: "good",
    });
    expect(json).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it.each([
    [{ name: "q", value: 1 }, "traceId"],
    [{ traceId: "t", value: 1 }, "name"],
    [{ traceId: "t", name: "q", value: 1, source: "EVAL" }, "source"],
    [{ traceId: "t", name: "q", value: 1, source: "ANNOTATION" }, "configId"],
    [{ traceId: "t", name: "q", value: 2, dataType: "BOOLEAN" }, "value"],
    [{ traceId: "t", name: "q", value: 1, id: 5 }, "id"],
  ])("%j is refused by naming %s", async (body, path) => {
    const { request } = await lab();
    const { status, json } = await request("POST", "/api/public/scores", body);
    const { issues } = json as { issues: { path: string }[] };
    if (status !== 400 || issues[0]?.path !== path) throw new Error(JSON.stringify(json));
  });

  it("may come before its generation, and name only that", async ({ expect }) => {
    const { ingest, get } = await lab();
    await ingest(
      score("early", 5, { observationId: "g", value: 1 }),
      event("generation-create", { id: "g", traceId: "t", startTime: ago(10_000) }),
    );
    expect(await get("/api/public/scores/early")).toMatchObject({
      traceId: "t",
      observationId: "g",
    });
  });
});
