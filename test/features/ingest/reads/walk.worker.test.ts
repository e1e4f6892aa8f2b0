import { beforeAll, describe, it } from "vitest";

import { ago, event, lab } from "./lab.ts";

type Page = { data: { id: string; observations: string[] }[]; nextCursor: string | null };

let house: Awaited<ReturnType<typeof lab>>;

const path = (query: Record<string, string>): string =>
  `/api/public/traces?${new URLSearchParams(query).toString()}`;

const list = async (query: Record<string, string>): Promise<Page> => {
  const { status, json, text } = await house.request("GET", path(query));
  if (status !== 200) throw new Error(text);
  return json as Page;
};

/** Every page of a list, as ids, in their order. */
async function all(query: Record<string, string>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Page = await list({ fields: "core", ...query, ...(cursor ? { cursor } : {}) });
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const which = (test: (i: number) => boolean): string[] =>
  numbers(COUNT)
    .filter(test)
    .map((i) => `t${i}`);

/** Traces, t0 the newest; each has a root and two generations of different versions and models. */
const COUNT = 130;

const eventsOf = (i: number, nowMs: number): object[] => {
  const at = (ms: number): string => new Date(nowMs - 60_000 - i * 1000 + ms).toISOString();
  const traceId = `t${i}`;
  const generation = (n: number, body: object) =>
    event("generation-create", {
      id: `g${i}-${n}`,
      traceId,
      parentObservationId: `root-${i}`,
      startTime: at(10 * n),
      endTime: at(10 * n + 5),
      ...body,
    });
  return [
    event("trace-create", {
      id: traceId,
      timestamp: at(0),
      userId: i % 2 === 0 ? "ada" : "bob",
      ...(i < 5 ? { sessionId: "s" } : {}),
    }),
    event("span-create", { id: `root-${i}`, traceId, startTime: at(0) }),
    generation(1, { model: "gpt-4o", promptName: "greet", promptVersion: 1 + (i % 2) }),
    generation(2, {
      model: i % 3 === 0 ? "claude-sonnet-4" : "gpt-4o",
      level: i % 10 === 0 ? "ERROR" : "DEFAULT",
      ...(i < 110 ? { promptName: "greet", promptVersion: 3 } : {}),
    }),
    event("score-create", {
      id: `score-${i}`,
      traceId,
      ...(i % 2 === 0 ? { observationId: `root-${i}` } : {}),
      name: "quality",
      value: i / 100,
    }),
  ];
};

beforeAll(async () => {
  house = await lab();
  const nowMs = Date.parse(ago(0));
  // The oldest first, as they would come, in several requests.
  for (let from = COUNT - 26; from >= 0; from -= 26) {
    const some = numbers(26).map((i) => from + 25 - i);
    await house.ingest(...some.flatMap((i) => eventsOf(i, nowMs)));
  }
}, 60_000);

describe("GET /api/public/traces with a cursor", () => {
  it("lists every trace once, what was spoken of last first, page by page", async ({ expect }) => {
    const ids = await all({ cursor: "", limit: "7" });
    expect(ids).toEqual(which(() => true));
    expect(await all({ cursor: "", limit: "100" })).toEqual(ids);
  });

  it("lists a trace that was touched again where it was touched last, and only there", async ({
    expect,
  }) => {
    const own = await lab();
    const create = (id: string) => event("trace-create", { id, timestamp: ago(60_000) });
    for (const id of ["a", "b", "c"]) await own.ingest(create(id));
    await own.ingest(event("trace-create", { id: "a", name: "again", timestamp: ago(60_000) }));
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Page = await own.get<Page>(path({ cursor, limit: "1" }));
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(["a", "c", "b"]);
  });

  it("goes through a session by time", async ({ expect }) => {
    expect(await all({ sessionId: "s", cursor: "", limit: "2" })).toEqual(which((i) => i < 5));
  });

  it.for<{ why: string; query: Record<string, string>; match: (i: number) => boolean }>([
    {
      why: "a version",
      query: { promptName: "greet", promptVersion: "2" },
      match: (i) => i % 2 === 1,
    },
    { why: "a prompt, any version", query: { promptName: "greet" }, match: () => true },
    {
      why: "a version by which two generations of a trace are told apart",
      query: { promptName: "greet", promptVersion: "3", failed: "true" },
      match: (i) => i % 10 === 0 && i < 110,
    },
    { why: "another prompt", query: { promptName: "nobody" }, match: () => false },
    { why: "a model", query: { model: "claude-sonnet-4" }, match: (i) => i % 3 === 0 },
    { why: "an error", query: { failed: "true" }, match: (i) => i % 10 === 0 },
    {
      why: "model and error of one generation",
      query: { failed: "true", model: "gpt-4o" },
      match: (i) => i % 10 === 0 && i % 3 !== 0,
    },
    {
      why: "a score, also of its root span",
      query: { scoreName: "quality", scoreMin: "0.2", scoreMax: "0.3" },
      match: (i) => i >= 20 && i <= 30,
    },
    {
      why: "prompt, user and score",
      query: { promptName: "greet", userId: "ada", scoreName: "quality", scoreMax: "0.5" },
      match: (i) => i % 2 === 0 && i <= 50,
    },
    {
      why: "a session and an error",
      query: { sessionId: "s", failed: "true" },
      match: (i) => i === 0,
    },
  ])("finds those with $why, each once", async ({ query, match }, { expect }) => {
    const small = await all({ ...query, limit: "9" });
    expect([...small].sort()).toEqual(which(match).sort());
    if ("promptName" in query) expect(small).toEqual(which(match));
  });

  it("shows the same as the list in pages", async ({ expect }) => {
    const walked = await list({ cursor: "", limit: "100" });
    const paged = await house.get<Page>(path({ limit: "100" }));
    const byId = new Map(paged.data.map((trace) => [trace.id, trace]));
    expect(walked.data.length).toBeGreaterThan(90);
    for (const trace of walked.data.filter(({ id }) => byId.has(id))) {
      expect(trace).toEqual(byId.get(trace.id));
    }
  });

  it.for([
    { query: { promptVersion: "1" }, path: "promptVersion" },
    { query: { scoreMin: "1" }, path: "scoreName" },
    { query: { failed: "true", page: "2" }, path: "page" },
    { query: { cursor: "", orderBy: "timestamp.asc" }, path: "orderBy" },
    { query: { cursor: "nonsense" }, path: "cursor" },
  ])("400 that names $path", async ({ query, path: field }, { expect }) => {
    const { status, json } = await house.request("GET", path(query));
    expect(status).toBe(400);
    expect(json).toMatchObject({ issues: [{ path: field }] });
  });

  it("400 for the cursor of another list", async ({ expect }) => {
    const { nextCursor } = await list({ promptName: "greet", limit: "1" });
    const { status } = await house.request("GET", path({ cursor: nextCursor ?? "" }));
    expect(status).toBe(400);
  });
});

it("finds traces whose version had a label when the generation began", async ({ expect }) => {
  const own = await lab();
  const prompt = { name: "labelled", prompt: "one", labels: ["production"] };
  await own.request("POST", "/api/public/v2/prompts", prompt);
  await own.request("POST", "/api/public/v2/prompts", { name: "labelled", prompt: "two" });
  const soon = new Date(Date.parse(ago(0)) + 1000).toISOString();
  const link = (id: string, promptVersion: number) =>
    event("generation-create", {
      id: `g-${id}`,
      traceId: id,
      startTime: soon,
      promptName: "labelled",
      promptVersion,
    });
  await own.ingest(link("one", 1), link("two", 2));
  const { data } = await own.get<Page>(path({ promptLabel: "production" }));
  expect(data.map(({ id }) => id)).toEqual(["one"]);
});
