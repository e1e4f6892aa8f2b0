import { ABVClient } from "@abvdev/client";
import { LangfuseClient } from "@langfuse/client";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { mapBatch, type BatchRules, sdkOf } from "../../../../src/features/ingest/batch/map.ts";
import recorded from "../../../fixtures/batch/langfuse-3.39-session.json" with { type: "json" };
import { type Captured, capture } from "./capture.ts";
import { legacySession } from "./legacy-session.ts";
import { rowsAfter } from "./rows.ts";

const rules: BatchRules = { scoresOnly: false, configs: [], receivedUs: 1_790_000_000_000_000 };
const map = (events: readonly unknown[]) => mapBatch(events, rules, undefined);

const SESSION = {
  observations: {
    "gen-1": {
      type: "GENERATION",
      name: "answer",
      model: "gpt-4o",
      promptName: "greet",
      promptVersion: 3,
      output: "done",
      usage: { input: 12, input_cached_tokens: 2, total: 17 },
      startUs: expect.any(Number),
      endUs: expect.any(Number),
      firstTokenUs: expect.any(Number),
    },
    "span-1": { type: "SPAN", name: "lookup", output: 1 },
    "event-1": { type: "EVENT", name: "note" },
  },
  traces: {
    "trace-custom-1": {
      name: "renamed",
      output: "bye",
      input: { a: { deep: [1, 2, { x: 1 }] } },
      userId: "user-1",
      sessionId: "session-1",
      tags: ["a", "b"],
    },
  },
};

describe("trap 2: ABV sends its secret beside the data", () => {
  it("lets nothing of an envelope's or an event's metadata into a patch", () => {
    const secret = "sk-abv-0123456789";
    const metadata = { api_key: secret, sdk_name: "abvdev", sdk_version: "0.0.1b7" };
    const events = [
      {
        id: "e1",
        type: "score-create",
        timestamp: "2026-11-20T12:00:00.000Z",
        metadata,
        body: { id: "s1", traceId: "t", name: "q", value: 1 },
      },
      { id: "e2", type: "trace-create", timestamp: "2026-11-20T12:00:00Z", metadata, body: {} },
      { id: "e3", type: "span-create", timestamp: "2026-11-20T12:00:00Z", metadata, body: {} },
      { id: "e4", type: "nonsense", timestamp: "2026-11-20T12:00:00Z", metadata, body: {} },
    ];
    const batch = mapBatch(events, rules, sdkOf(metadata));
    expect(batch.scores).toHaveLength(1);
    expect(batch.observations).toMatchObject([{ sdk: "abvdev/0.0.1b7" }]);
    expect(JSON.stringify(batch)).not.toContain(secret);
  });
});

describe("trap 3: scores come through ingestion", () => {
  it("maps what @langfuse/client and @abvdev/client send", async () => {
    const captured = await capture(async (baseUrl) => {
      const langfuse = new LangfuseClient({ publicKey: "pk", secretKey: "sk", baseUrl });
      langfuse.score.create({
        traceId: "t1",
        observationId: "o1",
        name: "helpful",
        value: 1,
        dataType: "BOOLEAN",
      });
      langfuse.score.create({ sessionId: "s1", name: "mood", value: "good" });
      await langfuse.score.flush();
      const abv = new ABVClient({ apiKey: "sk-abv-1", baseUrl });
      abv.score.create({ traceId: "t2", name: "quality", value: 0.25 });
      await abv.score.flush();
    });

    expect(captured.map(({ path }) => path)).toEqual([
      "/api/public/ingestion",
      "/api/public/ingestion",
    ]);
    const [langfuse, abv] = captured.map(({ body }) => map(body.batch));
    expect(langfuse?.rejected).toEqual([]);
    expect(langfuse?.scores).toMatchObject([
      { traceId: "t1", observationId: "o1", dataType: "BOOLEAN", value: 1, stringValue: "True" },
      { sessionId: "s1", dataType: "CATEGORICAL", stringValue: "good" },
    ]);
    expect(abv?.scores).toMatchObject([{ traceId: "t2", dataType: "NUMERIC", value: 0.25 }]);
  });
});

describe("trap 4: an error makes SDKs send the whole batch again", () => {
  it("ends in the same rows when it does", () => {
    const once = map(recorded.batch);
    expect(rowsAfter([once, map(recorded.batch), once])).toEqual(rowsAfter([once]));
  });

  it("reports no error for what can be used all the same", () => {
    const body = {
      id: "g",
      traceId: "t",
      name: 42,
      level: "verbose",
      tags: "not a list",
      modelParameters: "hot",
      usage: { input: "many" },
      metadata: "text",
      environment: "Not A Name!",
      public: "yes",
      unknownField: { a: 1 },
    };
    const { rejected, observations } = map([
      { id: "e", type: "generation-create", timestamp: null, body },
    ]);
    expect(rejected).toEqual([]);
    expect(observations).toMatchObject([
      { name: "42", metadata: { metadata: "text" }, environment: "default" },
    ]);
    expect(observations[0]).not.toHaveProperty("usage");
    expect(observations[0]).not.toHaveProperty("level");
  });
});

describe("trap 5: legacy batches are out of order", () => {
  let sessions: Captured[];
  beforeAll(async () => {
    sessions = await legacySession();
  });

  it("is so in the recorded batch: update before create, and a renaming before its trace", () => {
    const types = recorded.batch.map(({ type }) => type);
    expect(types.indexOf("generation-update")).toBeLessThan(types.indexOf("generation-create"));
    const names = recorded.batch
      .filter(({ type }) => type === "trace-create")
      .map(({ body }) => body.name);
    expect(names).toEqual(["renamed", "chat"]);
  });

  it("ends right all the same, recorded or live", () => {
    const live = sessions.flatMap(({ body }) => body.batch);
    for (const events of [recorded.batch, live]) {
      const batch = map(events);
      expect(batch.rejected).toEqual([]);
      expect(rowsAfter([batch])).toMatchObject(SESSION);
      expect(batch.scores).toMatchObject([{ name: "quality" }, { name: "mood" }]);
    }
  });

  it("ends right when the update comes in an earlier or a later request", () => {
    const isUpdate = ({ type, body }: (typeof recorded.batch)[number]) =>
      type.endsWith("-update") || body.name === "renamed";
    const updates = map(recorded.batch.filter(isUpdate));
    const creates = map(recorded.batch.filter((event) => !isUpdate(event)));
    expect(rowsAfter([updates, creates])).toMatchObject(SESSION);
    expect(rowsAfter([creates, updates])).toEqual(rowsAfter([updates, creates]));
  });

  it("keeps the trace's first instant", () => {
    const first = recorded.batch.find(({ body }) => body.name === "chat");
    const { traces } = rowsAfter([map(recorded.batch)]);
    const timestampUs = Date.parse(first?.body.timestamp ?? "") * 1000;
    expect(traces["trace-custom-1"]).toMatchObject({ timestampUs });
  });

  const traceCreate = (id: string, body: object) => ({
    id,
    type: "trace-create",
    timestamp: "2026-11-20T12:00:00.009Z",
    body: { id: "t", ...body },
  });
  const AT = "2026-11-20T12:00:00.005Z";

  it("puts an update after its create, though its envelope is the earlier one", () => {
    const create = {
      id: "1",
      type: "generation-create",
      timestamp: "2026-11-20T12:00:00.009Z",
      body: { id: "g", traceId: "t", name: "draft", model: "gpt-4o", level: "DEFAULT" },
    };
    const update = {
      id: "2",
      type: "generation-update",
      timestamp: "2026-11-20T12:00:00.001Z",
      body: { id: "g", traceId: "t", name: "final", level: "ERROR" },
    };
    for (const batches of [[[create, update]], [[update, create]], [[update], [create]]]) {
      expect(rowsAfter(batches.map(map)).observations["g"]).toMatchObject({
        name: "final",
        level: "ERROR",
        model: "gpt-4o",
      });
    }
  });

  it.each([
    ["only tells the output", { name: "a", userId: "u", input: 1 }, { name: "b", output: 2 }, "b"],
    ["does not name the trace", { name: "a", userId: "u" }, { userId: "v" }, "a"],
  ])(
    "tells by what it says, within a millisecond, that an update %s",
    (_, create, update, name) => {
      const first = traceCreate("z-create", { timestamp: AT, ...create });
      const second = traceCreate("a-update", { timestamp: AT, ...update });
      for (const events of [
        [first, second],
        [second, first],
      ]) {
        const { traces } = rowsAfter([map(events)]);
        expect(traces["t"]).toMatchObject({ ...create, ...update, name });
      }
    },
  );

  it("lets the call's own time decide, not the envelope's", () => {
    const first = {
      ...traceCreate("1", { timestamp: AT, name: "a" }),
      timestamp: "2026-11-20T13:00:00Z",
    };
    const second = traceCreate("2", { timestamp: "2026-11-20T12:00:00.006Z", name: "b" });
    expect(rowsAfter([map([second, first])]).traces["t"]).toMatchObject({ name: "b" });
  });

  it("lets the update that ends a generation win within a millisecond", () => {
    const update = (id: string, body: object) => ({
      id,
      type: "generation-update",
      timestamp: AT,
      body: { id: "g", traceId: "t", ...body },
    });
    const partial = update("z", { output: "partial" });
    const end = update("a", { output: "done", endTime: AT });
    for (const events of [
      [partial, end],
      [end, partial],
    ]) {
      expect(rowsAfter([map(events)]).observations["g"]).toMatchObject({ output: "done" });
    }
  });

  it("gives the same rows in any order of events and any cut into requests", () => {
    const whole = rowsAfter([map(recorded.batch)]);
    const { observations, traces } = whole;
    fc.assert(
      fc.property(
        fc.shuffledSubarray(recorded.batch, { minLength: recorded.batch.length }),
        fc.nat({ max: recorded.batch.length }),
        (events, cut) => {
          const rows = rowsAfter([map(events.slice(cut)), map(events.slice(0, cut))]);
          expect(rows.traces).toEqual(traces);
          expect(withoutMetadata(rows.observations)).toEqual(withoutMetadata(observations));
        },
      ),
    );
  });
});

/** A metadata reference holds the clock, and so the place in the batch. */
const withoutMetadata = (rows: Record<string, Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(rows).map(([id, { metadata: _metadata, ...values }]) => [id, values]),
  );

describe("any mutation of a recorded batch", () => {
  const paths = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
    typeof value === "object" && value !== null
      ? [path, ...Object.entries(value).flatMap(([key, part]) => paths(part, [...path, key]))]
      : [path];

  function mutate(value: unknown, [head, ...rest]: (string | number)[], into: unknown): unknown {
    if (head === undefined) return into;
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
      string | number,
      unknown
    >;
    copy[head] = mutate(copy[head], rest, into);
    return copy;
  }

  it("never throws, says of every event what became of it, and maps the untouched ones", () => {
    const good = map(recorded.batch);
    const patchOf = ({ observations, traces, scores }: typeof good) =>
      new Map(
        [...observations, ...traces, ...scores].map((patch) => [patch.clock, patch] as const),
      );
    const all = patchOf(good);
    const strange = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.string({ unit: "binary", maxLength: 900 }),
      fc.constantFrom(undefined, Number.NaN, 1e308, -1, "\u0000", "__proto__", [], {}),
    );
    fc.assert(
      fc.property(
        fc.nat({ max: recorded.batch.length - 1 }),
        fc.nat(),
        strange,
        (index, pick, into) => {
          const target = recorded.batch[index];
          const places = paths(target);
          const path = places[pick % places.length] ?? [];
          const events: unknown[] = [...recorded.batch];
          events[index] = mutate(target, path, into);
          const batch = map(events);
          expect(batch.mapped.length + batch.rejected.length).toBe(events.length);
          const found = patchOf(batch);
          for (const [clock, patch] of all) {
            if (!clock.endsWith(String(target?.id))) expect(found.get(clock)).toEqual(patch);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
