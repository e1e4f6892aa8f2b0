import { describe, expect, it } from "vitest";

import { mapBatch, type BatchRules, sdkOf } from "../../../../src/features/ingest/batch/map.ts";
import { cellOf } from "../../../../src/lib/split/cells.ts";
import { rowsAfter } from "./rows.ts";

const RECEIVED_US = Date.UTC(2026, 10, 20, 12) * 1000;
const rules: BatchRules = { scoresOnly: false, configs: [], receivedUs: RECEIVED_US };
const AT = "2026-11-20T12:00:00.000Z";
const AT_US = RECEIVED_US;

const event = (type: string, body: unknown, more: object = {}) => ({
  id: "event-1",
  type,
  timestamp: AT,
  body,
  ...more,
});
const map = (...events: unknown[]) => mapBatch(events, rules, undefined);

describe("observation events", () => {
  it("carry every field of the wire", () => {
    const { observations, rejected } = map(
      event("generation-create", {
        id: "g",
        traceId: "t",
        parentObservationId: "p",
        name: "answer",
        startTime: "2026-11-20T12:00:00.123456Z",
        endTime: "2026-11-20T12:00:01.000Z",
        completionStartTime: "2026-11-20T12:00:00.500Z",
        model: "gpt-4o",
        modelParameters: { temperature: 0.2 },
        input: [{ role: "user", content: "hi" }],
        output: "hello",
        metadata: { k: 1 },
        level: "WARNING",
        statusMessage: "slow",
        version: "1.2",
        environment: "Production",
        usageDetails: { input: 12, output: 5 },
        costDetails: { total: 0.01 },
        promptName: "greet",
        promptVersion: 3,
      }),
    );

    expect(rejected).toEqual([]);
    expect(observations).toEqual([
      {
        id: "g",
        traceId: "t",
        clock: expect.stringMatching(/^0\d{14}/),
        type: "GENERATION",
        name: "answer",
        parentId: "p",
        startUs: AT_US + 123_456,
        endUs: AT_US + 1_000_000,
        firstTokenUs: AT_US + 500_000,
        environment: "production",
        version: "1.2",
        level: "WARNING",
        statusMessage: "slow",
        model: "gpt-4o",
        modelParameters: { temperature: 0.2 },
        usage: { input: 12, output: 5, total: 17 },
        cost: { total: 0.01 },
        promptName: "greet",
        promptVersion: 3,
        input: [{ role: "user", content: "hi" }],
        output: "hello",
        metadata: { k: 1 },
      },
    ]);
  });

  it.each([
    ["span-create", "SPAN"],
    ["event-create", "EVENT"],
    ["agent-create", "AGENT"],
    ["tool-create", "TOOL"],
    ["chain-create", "CHAIN"],
    ["retriever-create", "RETRIEVER"],
    ["evaluator-create", "EVALUATOR"],
    ["embedding-create", "EMBEDDING"],
    ["guardrail-create", "GUARDRAIL"],
    ["generation-create", "GENERATION"],
    ["generation-update", "GENERATION"],
  ])("of type %s are a %s", (type, expected) => {
    const { observations } = map(event(type, { id: "o", traceId: "t" }));
    expect(observations.map((o) => o.type)).toEqual([expected]);
  });

  it("of the oldest kind name their type in the body", () => {
    const { observations } = map(
      event("observation-create", { id: "a", traceId: "t", type: "GENERATION" }),
      event("observation-update", { id: "a", traceId: "t", type: "event" }),
    );
    expect(observations.map((o) => o.type)).toEqual(["GENERATION", "EVENT"]);
  });

  it("do not turn an agent into a span by an update", () => {
    const batch = map(
      event("agent-create", { id: "a", traceId: "t" }),
      event("span-update", { id: "a", traceId: "t", output: "x" }),
    );
    expect(rowsAfter([batch]).observations["a"]).toMatchObject({ type: "AGENT", output: "x" });
  });

  it("read explicit nulls as not said", () => {
    const { observations } = map(
      event("span-update", {
        id: "s",
        traceId: null,
        parentObservationId: null,
        name: null,
        input: null,
        metadata: null,
        usage: null,
        promptName: null,
        promptVersion: null,
        level: null,
        endTime: null,
        environment: null,
      }),
    );
    expect(observations).toEqual([{ id: "s", traceId: null, clock: expect.any(String) }]);
  });

  it("take the event's id, and a trace of their own, when a create names neither", () => {
    const { observations, mapped } = map(event("span-create", { name: "x" }));
    expect(observations).toMatchObject([{ id: "event-1", traceId: "event-1" }]);
    expect(mapped).toEqual([
      { eventId: "event-1", clock: expect.stringMatching(/event-1$/) as string },
    ]);
  });

  it("need promptName and promptVersion together", () => {
    const alone = (body: object) =>
      map(event("generation-create", { id: "g", traceId: "t", ...body })).rejected;
    expect(alone({ promptName: "greet" })).toEqual([
      {
        id: "event-1",
        status: 400,
        message: "body.promptVersion: must be given together with promptName",
      },
    ]);
    expect(alone({ promptVersion: 2, promptName: null })).toMatchObject([
      { message: "body.promptName: must be given together with promptVersion" },
    ]);
    expect(alone({ promptName: "greet", promptVersion: -1 })).toMatchObject([{ status: 400 }]);
  });

  it("keep what a prompt version says: number, vN, label, fallback", () => {
    const link = (promptVersion: unknown) =>
      map(event("generation-create", { id: "g", traceId: "t", promptName: "p", promptVersion }))
        .observations[0];
    expect(link("7")).toMatchObject({ promptName: "p", promptVersion: 7 });
    expect(link("v7")).toMatchObject({ promptVersion: 7 });
    expect(link("production")).toMatchObject({ promptLabel: "production" });
    expect(link(0)).toMatchObject({ promptName: "p", promptFallback: true });
  });

  it("name their split and their user in metadata", () => {
    const drawn = (metadata: unknown) => {
      const { split, userCell } = map(event("generation-create", { id: "g", metadata }))
        .observations[0]!;
      return { split, userCell };
    };
    expect(drawn({ "promptside.split": "spl_1", user_id: "ann" })).toEqual({
      split: "spl_1",
      userCell: cellOf("ann"),
    });
    expect(drawn({ session_id: "s" })).toEqual({ split: undefined, userCell: cellOf("s") });
    expect(drawn({ "promptside.split": 7 })).toEqual({ split: undefined, userCell: undefined });
    expect(drawn("promptside.split")).toEqual({ split: undefined, userCell: undefined });
  });

  it("read the legacy usage object with its costs", () => {
    const { observations } = map(
      event("generation-create", {
        id: "g",
        traceId: "t",
        usage: { input: 3, output: 4, unit: "TOKENS", inputCost: 0.1, totalCost: 0.3 },
      }),
    );
    expect(observations[0]).toMatchObject({
      usage: { input: 3, output: 4, total: 7 },
      cost: { input: 0.1, total: 0.3 },
    });
  });
});

describe("trace events", () => {
  it("carry every field of the wire", () => {
    const { traces } = map(
      event("trace-create", {
        id: "trace-custom-1",
        timestamp: AT,
        name: "chat",
        userId: "u",
        sessionId: "s",
        input: "i",
        output: "o",
        metadata: ["not", "an object"],
        tags: ["a", 7, null],
        release: "r1",
        version: "2",
        public: true,
        environment: "langfuse-Staging",
      }),
    );
    expect(traces).toEqual([
      {
        id: "trace-custom-1",
        clock: expect.any(String),
        timestampUs: AT_US,
        name: "chat",
        userId: "u",
        sessionId: "s",
        input: "i",
        output: "o",
        metadata: { metadata: ["not", "an object"] },
        tags: ["a", "7"],
        release: "r1",
        version: "2",
        public: true,
        environment: "-staging",
      },
    ]);
  });
});

describe("score events", () => {
  it("become validated scores", () => {
    const { scores } = map(
      event("score-create", { id: "s1", traceId: "t", observationId: null, name: "q", value: 1 }),
      event("score-create", { traceId: "t", name: "q", value: "good", comment: null }),
    );
    expect(scores).toMatchObject([
      { id: "s1", traceId: "t", name: "q", dataType: "NUMERIC", value: 1, timestampUs: AT_US },
      { id: "event-1", dataType: "CATEGORICAL", stringValue: "good", comment: null },
    ]);
  });

  it("say what is wrong with the field's name", () => {
    const { rejected } = map(
      event("score-create", { traceId: "t", name: "q", value: 2, dataType: "BOOLEAN" }),
    );
    expect(rejected).toEqual([
      {
        id: "event-1",
        status: 400,
        message: "body.value: must be 0 or 1 for dataType BOOLEAN",
      },
    ]);
  });

  it("let a public key only say source API", () => {
    const body = { traceId: "t", name: "q", value: 1, source: "EVAL" };
    const asPublic = mapBatch([event("score-create", body)], { ...rules, scoresOnly: true }, "");
    expect(asPublic.rejected).toMatchObject([{ status: 400 }]);
    expect(map(event("score-create", body)).scores).toMatchObject([{ source: "EVAL" }]);
  });
});

describe("a batch", () => {
  it("accepts sdk-log and keeps nothing of it", () => {
    const batch = map(event("sdk-log", { log: "x" }), event("sdk-log", null, { id: "e2" }));
    expect(batch).toMatchObject({ observations: [], traces: [], scores: [], rejected: [] });
    expect(batch.mapped.map(({ eventId }) => eventId)).toEqual(["event-1", "e2"]);
  });

  it.each([
    ["an unknown type", event("dataset-create", { id: "x" }), /^type: dataset-create is not known/],
    ["no body", event("span-create", undefined), /^body: must be an object/],
    ["an update without id", event("span-update", {}), /^body.id: is required/],
    ["an id of 801 characters", event("span-create", { id: "x".repeat(801) }), /^body.id:/],
    ["an id that is a number", event("span-create", { id: 5 }), /^body.id:/],
    ["an instant that is none", event("span-create", { startTime: "soon" }), /^body.startTime:/],
    ["no event id", event("span-create", {}, { id: undefined }), /^\[1\] id: must be/],
    ["no object", 5, /^\[1\] the event must be an object/],
  ])("refuses only the event with %s", (_what, bad, message) => {
    const good = event("span-create", { id: "good", traceId: "t" }, { id: "good" });
    const batch = map(good, bad, { ...good, id: "good-2" });
    expect(batch.rejected).toEqual([
      { id: expect.any(String), status: 400, message: expect.stringMatching(message) },
    ]);
    expect(batch.mapped.map(({ eventId }) => eventId)).toEqual(["good", "good-2"]);
  });

  it("takes an id of 800 characters, and text that is no UUID", () => {
    const { observations } = map(event("span-create", { id: "é".repeat(800), traceId: "a b/c" }));
    expect(observations).toMatchObject([{ id: "é".repeat(800), traceId: "a b/c" }]);
  });

  it("refuses an event over 1 MB by itself, counted in bytes", () => {
    const ofSize = (characters: number, letter: string) =>
      map(event("span-create", { id: "o", traceId: "t", input: letter.repeat(characters) }));
    expect(ofSize(999_000, "x").rejected).toEqual([]);
    expect(ofSize(1_000_001, "x").rejected).toMatchObject([{ id: "event-1", status: 413 }]);
    expect(ofSize(400_000, "語").rejected).toMatchObject([{ id: "event-1", status: 413 }]);
  });

  it("refuses an event nested so deep that writing it would exhaust the stack", () => {
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
    const { rejected } = map(event("span-create", { id: "o", traceId: "t", input: deep }));
    expect(rejected).toMatchObject([
      { status: 400, message: expect.stringMatching(/nested deeper than 500/) },
    ]);
  });

  it("takes half characters and NUL out of ids and names", () => {
    const { observations } = map(
      event("span-create", { id: "a\u0000b", traceId: "\ud800t", name: "n\ud800" }),
    );
    expect(observations).toMatchObject([{ id: "ab", traceId: "\ufffdt", name: "n\ufffd" }]);
  });

  it("takes a time of arrival where the envelope says none", () => {
    const { scores } = map(
      event("score-create", { traceId: "t", name: "q", value: 1 }, { timestamp: "yesterday" }),
    );
    expect(scores).toMatchObject([{ timestampUs: RECEIVED_US }]);
  });

  it("refuses all but scores to a public key, event by event", () => {
    const batch = mapBatch(
      [
        event("trace-create", { id: "t" }, { id: "e1" }),
        event("score-create", { traceId: "t", name: "q", value: 1 }, { id: "e2" }),
        event("sdk-log", {}, { id: "e3" }),
      ],
      { ...rules, scoresOnly: true },
      undefined,
    );
    expect(batch.rejected).toMatchObject([
      { id: "e1", status: 401 },
      { id: "e3", status: 401 },
    ]);
    expect(batch.scores).toHaveLength(1);
    expect(batch.traces).toEqual([]);
  });

  it("names the SDK that sent it", () => {
    const sdk = sdkOf({ sdk_name: "langfuse-js", sdk_version: "3.39.2" });
    expect(sdk).toBe("langfuse-js/3.39.2");
    const { observations } = mapBatch([event("span-create", { id: "o" })], rules, sdk);
    expect(observations).toMatchObject([{ sdk: "langfuse-js/3.39.2" }]);
    expect(sdkOf({ sdk_name: { a: 1 } })).toBeUndefined();
    expect(sdkOf("text")).toBeUndefined();
  });
});
