import { describe, expect, it } from "vitest";

import { maskAccepted } from "../../../src/features/ingest/accept/mask.ts";
import type { Accepted } from "../../../src/features/ingest/accept/stored.ts";
import type { Json } from "../../../src/features/ingest/model.ts";

const CARD = String.raw`\b\d{4}( \d{4}){3}\b`;
const card = "4111 1111 1111 1111";

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
