import { describe, expect, it } from "vitest";

import { maskAccepted as maskWithin } from "../../../src/features/ingest/accept/mask.ts";
import type { Accepted } from "../../../src/features/ingest/accept/stored.ts";
import type { Json } from "../../../src/features/ingest/model.ts";

const CARD = String.raw`\b\d{4}( \d{4}){3}\b`;
const card = "4111 1111 1111 1111";

const maskAccepted = (accepted: Accepted, masks: readonly string[]): Accepted =>
  maskWithin(accepted, masks).kept;

const observation = (fields: object): Accepted => ({
  observations: [{ id: "o", traceId: "t", clock: "0", ...fields }],
  traces: [],
  scores: [],
});

describe("maskAccepted", () => {
  it("takes matches out of every text, however deep, and leaves the rest", () => {
    const masked = maskAccepted(
      observation({
        name: `pays with ${card}`,
        input: [{ role: "user", content: `my card is ${card}, or ${card}` }, 7, null, true],
        output: card,
        metadata: { nested: { [card]: [card] } },
        statusMessage: `declined: ${card}`,
      }),
      [CARD],
    );
    expect(masked.observations).toEqual([
      {
        id: "o",
        traceId: "t",
        clock: "0",
        name: `pays with ${card}`,
        input: [{ role: "user", content: "my card is ***, or ***" }, 7, null, true],
        output: "***",
        metadata: { nested: { [card]: ["***"] } },
        statusMessage: "declined: ***",
      },
    ]);
  });

  it("masks what people write into scores, but no category and no name", () => {
    const score = (fields: object) => ({
      id: "s",
      clock: "0",
      name: card,
      source: "API" as const,
      dataType: "CATEGORICAL" as const,
      timestampUs: 0,
      ...fields,
    });
    const { scores } = maskAccepted(
      {
        observations: [],
        traces: [],
        scores: [
          score({ stringValue: card, comment: card, metadata: { card } }),
          score({ dataType: "TEXT", stringValue: `it was ${card}`, comment: null }),
        ],
      },
      [CARD],
    );
    expect(scores).toEqual([
      score({ stringValue: card, comment: "***", metadata: { card: "***" } }),
      score({ dataType: "TEXT", stringValue: "it was ***", comment: null }),
    ]);
  });

  it("applies one mask after another, and none for what matches nothing", () => {
    const { observations } = maskAccepted(observation({ input: "a@b.de, 007" }), [
      String.raw`\S+@\S+\.\w+`,
      String.raw`\d+`,
      "x*",
    ]);
    expect(observations[0]?.input).toBe("***, ***");
  });

  it("keeps one object one, so that it is stored once", () => {
    const said = { text: card };
    const { observations, traces } = maskAccepted(
      { ...observation({ input: said }), traces: [{ id: "t", clock: "0", input: said }] },
      [CARD],
    );
    expect(traces[0]?.input).toBe(observations[0]?.input);
  });

  it("masks whole places that a JSON path leads to, of whatever type", () => {
    const { observations } = maskAccepted(
      observation({
        input: { messages: [{ role: "user", content: "my words" }], age: 44 },
        output: { email: "x", deep: [{ email: ["y"] }] },
        metadata: { user: "u", plan: "pro" },
        modelParameters: { stop: card },
      }),
      ["$.input.messages[*].content", "$.input.age", "$..email", "$.metadata.user", CARD],
    );
    expect(observations[0]).toMatchObject({
      input: { messages: [{ role: "user", content: "***" }], age: "***" },
      output: { email: "***", deep: [{ email: "***" }] },
      metadata: { user: "***", plan: "pro" },
      modelParameters: { stop: "***" },
    });
    const whole = maskAccepted(observation({ input: card, metadata: { a: 1 } }), [
      "$.input",
      "$.metadata",
    ]);
    expect(whole.observations[0]).toMatchObject({ input: "***", metadata: {} });
  });

  it("masks what is nested too deep to be looked through", () => {
    let deep: Json = card;
    for (let i = 0; i < 5000; i++) deep = [deep];
    const text = JSON.stringify(maskAccepted(observation({ input: deep }), [CARD, "$..email"]));
    expect(text).not.toContain(card);
    expect(text).toContain("***");
  });

  it("changes nothing without masks", () => {
    const accepted = observation({ input: card });
    expect(maskAccepted(accepted, [])).toBe(accepted);
  });
});

describe("the steps of masks", () => {
  const word = "x".repeat(1000);
  const many = (count: number): Accepted => ({
    observations: Array.from({ length: count }, (_, i) => ({
      id: `o${i}`,
      traceId: "t",
      clock: String(i),
      input: `${i}${word}`,
    })),
    traces: [],
    scores: [],
  });

  it("end: what is left is refused by name, and never kept without its masks", () => {
    const { kept, rejected } = maskWithin(many(20), ["\\d+"], 50_000);
    expect(kept.observations.length).toBeGreaterThan(0);
    expect(kept.observations.every(({ input }) => input === `***${word}`)).toBe(true);
    expect(kept.observations.length + rejected.length).toBe(20);
    expect(rejected[0]).toMatchObject({ status: 413, clock: rejected[0]?.id.slice(1) });
    expect(rejected[0]?.message).toContain("masks have more to look through");
  });

  it("are more for more and larger masks, and none for what is said again", () => {
    const refusedOf = (accepted: Accepted, masks: string[]) =>
      maskWithin(accepted, masks, 50_000).rejected.length;
    const one = refusedOf(many(20), ["\\d+"]);
    expect(refusedOf(many(20), ["\\d+", "[a-w]+"])).toBeGreaterThan(one);
    expect(refusedOf(many(20), ["\\d{1,40}"])).toBeGreaterThan(one);
    const [first] = many(1).observations;
    const shared = { text: word };
    const again = Array.from({ length: 200 }, (_, i) => ({
      ...first,
      id: `o${i}`,
      traceId: "t",
      clock: String(i),
      input: shared,
    }));
    expect(refusedOf({ observations: again, traces: [], scores: [] }, ["\\d+"])).toBe(0);
  });

  it("are taken by paths too", () => {
    const input = Array.from({ length: 1000 }, (_, i) => i);
    const observations = [{ id: "o", traceId: "t", clock: "1", input }];
    const accepted: Accepted = { observations, traces: [], scores: [] };
    expect(maskWithin(accepted, ["$.input[*]"], 500).rejected).toHaveLength(1);
    expect(maskWithin(accepted, ["$.input[*]"], 5000).kept.observations[0]?.input).toContain("***");
  });
});
