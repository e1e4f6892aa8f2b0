import { beforeAll, describe, it } from "vitest";

import { ago, event, lab } from "../lab.ts";

type Page = { data: Record<string, unknown>[]; nextCursor: string | null };

let house: Awaited<ReturnType<typeof lab>>;

const list = async (query: Record<string, string> = {}): Promise<Page> => {
  const { status, json, text } = await house.request(
    "GET",
    `/api/public/generations?${new URLSearchParams(query).toString()}`,
  );
  if (status !== 200) throw new Error(text);
  return json as Page;
};

/** Every page of a list, as ids. */
async function all(query: Record<string, string> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Page = await list(cursor ? { ...query, cursor } : query);
    ids.push(...page.data.map(({ id }) => String(id)));
    cursor = page.nextCursor;
  }
  return ids;
}

const names = (from: number, to: number, step = 1): string[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => `g${from + i * step}`);

const COUNT = 60;
beforeAll(async () => {
  house = await lab();
  const nowMs = Date.parse(ago(0));
  const before = (ms: number): string => new Date(nowMs - ms).toISOString();
  const generations = Array.from({ length: COUNT }, (_, i) =>
    event("generation-create", {
      id: `g${i}`,
      traceId: `t${i % 20}`,
      parentObservationId: "root",
      name: `call ${i}`,
      // g0 is the newest.
      startTime: before(60_000 + i * 1000),
      endTime: before(60_000 + i * 1000 - 250),
      model: i % 2 === 0 ? "gpt-4o" : "claude-sonnet-4",
      environment: i % 3 === 0 ? "staging" : "production",
      level: i % 10 === 0 ? "ERROR" : "DEFAULT",
      promptName: i < 40 ? "greet" : "sum",
      promptVersion: 1 + (i % 2),
      usageDetails: { input: i, output: 1 },
      input: "not in the list",
    }),
  );
  const traces = Array.from({ length: 20 }, (_, i) =>
    event("trace-create", {
      id: `t${i}`,
      userId: i % 2 === 0 ? "ada" : "bob",
      sessionId: i < 4 ? "s" : undefined,
    }),
  );
  const scores = Array.from({ length: 20 }, (_, i) =>
    event("score-create", {
      id: `score-${i}`,
      traceId: `t${i}`,
      ...(i < 10 ? { observationId: `g${i}` } : {}),
      name: "quality",
      value: i / 10,
    }),
  );
  await house.ingest(
    ...traces,
    ...generations,
    ...scores,
    event("generation-create", { id: "bare", traceId: "t0", startTime: ago(1000) }),
    event("span-create", { id: "span", traceId: "t0", startTime: ago(1000) }),
    event("score-create", {
      id: "cat",
      traceId: "t1",
      observationId: "g1",
      name: "tone",
      value: "bad",
    }),
  );
}, 60_000);

describe("GET /api/public/generations", () => {
  it("shows every linked generation once, newest first, page by page", async ({ expect }) => {
    expect(await all({ limit: "7" })).toEqual(names(0, COUNT));
    expect(await all({ limit: "100" })).toEqual(names(0, COUNT));
  });

  it("shows what stands behind a number, without its words", async ({ expect }) => {
    const { data, nextCursor } = await list({
      promptName: "greet",
      promptVersion: "1",
      limit: "1",
    });
    expect(nextCursor).toBeTypeOf("string");
    expect(data).toEqual([
      {
        id: "g0",
        traceId: "t0",
        userId: "ada",
        sessionId: "s",
        name: "call 0",
        startTime: expect.any(String) as string,
        endTime: expect.any(String) as string,
        latencyMs: 250,
        timeToFirstTokenMs: null,
        model: "gpt-4o",
        environment: "staging",
        level: "ERROR",
        statusMessage: null,
        promptName: "greet",
        promptVersion: 1,
        namedLabel: null,
        labelsAtStart: [],
        usageDetails: { input: 0, output: 1, total: 1 },
        costUsd: expect.any(Number) as number,
        scores: [
          {
            id: "score-0",
            name: "quality",
            level: "observation",
            source: "API",
            dataType: "NUMERIC",
            value: 0,
            stringValue: null,
          },
        ],
      },
    ]);
  });

  it("filters by everything, and filters combine", async ({ expect }) => {
    expect(await all({ promptName: "sum" })).toEqual(names(40, 60));
    expect(await all({ promptName: "greet", promptVersion: "2" })).toEqual(names(1, 40, 2));
    expect(await all({ model: "gpt-4o" })).toEqual(names(0, COUNT, 2));
    expect(await all({ environment: "staging" })).toEqual(names(0, COUNT, 3));
    expect(await all({ failed: "true" })).toEqual(names(0, COUNT, 10));
    expect((await all({ failed: "false" })).length).toBe(54);
    expect(await all({ userId: "bob", limit: "5" })).toEqual(names(1, COUNT, 2));
    expect(await all({ environment: "staging", failed: "true", limit: "1" })).toEqual([
      "g0",
      "g30",
    ]);
    expect(await all({ promptName: "nobody" })).toEqual([]);
  });

  it("finds all generations of a trace and of a session, linked or not", async ({ expect }) => {
    expect(await all({ traceId: "t0" })).toEqual(["bare", "g0", "g20", "g40"]);
    expect(await all({ sessionId: "s", limit: "2" })).toEqual([
      "bare",
      ...names(0, 4),
      ...names(20, 24),
      ...names(40, 44),
    ]);
    expect(await all({ sessionId: "s", userId: "bob", promptName: "sum" })).toEqual(["g41", "g43"]);
  });

  it("filters by scores on the generation or its trace", async ({ expect }) => {
    const low = await all({ scoreName: "quality", scoreMax: "0.2" });
    expect(low).toEqual(["g0", "g1", "g2"]);
    const high = await all({ scoreName: "quality", scoreMin: "1.8" });
    // Scores of t18 and t19 are on the traces.
    expect(high).toEqual(["g18", "g19", "g38", "g39", "g58", "g59"]);
    expect(await all({ scoreName: "tone", scoreValue: "bad" })).toEqual(["g1"]);
    expect(await all({ scoreName: "nothing" })).toEqual([]);
  });

  it("filters by time", async ({ expect }) => {
    const page = await list({ limit: "100" });
    const startOf = (i: number) => String(page.data[i]?.["startTime"]);
    expect(await all({ from: startOf(10), to: startOf(5), limit: "2" })).toEqual(names(6, 11));
  });

  it("refuses what makes no sense", async ({ expect }) => {
    const refused: Record<string, string>[] = [
      { promptVersion: "1" },
      { scoreMin: "1" },
      { limit: "0" },
      { limit: "101" },
      { cursor: "nonsense" },
      { from: "yesterday" },
      { failed: "perhaps" },
    ];
    for (const query of refused) {
      const path = `/api/public/generations?${new URLSearchParams(query).toString()}`;
      expect((await house.request("GET", path)).status, path).toBe(400);
    }
    const { meta } = await house.get<{ meta: { cursor: string } }>(
      "/api/public/v2/observations?limit=1",
    );
    const other = await house.request("GET", `/api/public/generations?cursor=${meta.cursor}`);
    expect(other).toMatchObject({ status: 400, json: { issues: [{ path: "cursor" }] } });
  });
});

describe("labels of a generation", () => {
  it("are those that its version had at its start", async ({ expect }) => {
    const own = await lab();
    const make = (labels: string[]) =>
      own.request("POST", "/api/public/v2/prompts", { name: "p", prompt: "x", labels });
    const call = (id: string, version: number) =>
      event("generation-create", {
        id,
        traceId: id,
        startTime: ago(0),
        endTime: ago(0),
        promptName: "p",
        promptVersion: version,
      });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    await make(["production"]);
    await pause();
    const before = call("before", 1);
    await pause();
    await make(["production"]);
    await pause();
    await own.ingest(before, call("old", 1), call("new", 2));
    const shown = async (query: string) => {
      const { data } = await own.get<Page>(`/api/public/generations${query}`);
      return Object.fromEntries(data.map(({ id, labelsAtStart }) => [id, labelsAtStart]));
    };
    expect(await shown("")).toEqual({
      before: ["latest", "production"],
      old: [],
      new: ["latest", "production"],
    });
    expect(Object.keys(await shown("?promptLabel=production")).length).toBe(2);
  });
});
