import { describe, expect, it } from "vitest";

import { shownPayload } from "../../src/dashboard/screens/generations/payload.ts";
import { readGenerationsSearch } from "../../src/dashboard/screens/generations/search.ts";
import {
  spanOf,
  type TraceObservation,
  traceNodes,
} from "../../src/dashboard/screens/generations/tree.ts";

describe("shownPayload", () => {
  const user = { role: "user", content: "Where is it?" };

  it("shows chat messages as messages, however they were sent", () => {
    const shown = { kind: "messages", messages: [{ role: "user", text: "Where is it?" }] };
    expect(shownPayload([user])).toEqual(shown);
    expect(shownPayload({ messages: [user] })).toEqual(shown);
    expect(shownPayload(JSON.stringify([user]))).toEqual(shown);
    expect(shownPayload(user)).toEqual(shown);
    expect(shownPayload({ id: "x", choices: [{ index: 0, message: user }] })).toEqual(shown);
  });

  it("keeps parts, calls of tools and images of a message, as JSON where they are no text", () => {
    const parts = [
      { type: "text", text: "Look" },
      { type: "image_url", image_url: { url: "https://x.invalid/a.png" } },
    ];
    const call = { role: "assistant", content: null, tool_calls: [{ id: "c1" }] };
    const shown = shownPayload([{ role: "user", content: parts }, call]);
    if (shown.kind !== "messages") throw new Error(shown.kind);
    expect(shown.messages[0]?.text).toContain("Look\n\n{");
    expect(shown.messages[0]?.text).toContain("https://x.invalid/a.png");
    expect(shown.messages[1]?.text).toContain('"tool_calls"');
  });

  it("shows other JSON indented and text as it is", () => {
    expect(shownPayload({ a: [1] })).toEqual({
      kind: "json",
      text: '{\n  "a": [\n    1\n  ]\n}',
    });
    expect(shownPayload("<b>bold</b>")).toEqual({ kind: "text", text: "<b>bold</b>" });
    expect(shownPayload("{not json")).toEqual({ kind: "text", text: "{not json" });
    expect(shownPayload(false)).toEqual({ kind: "json", text: "false" });
    expect(shownPayload(0)).toEqual({ kind: "json", text: "0" });
  });

  it("says when there is nothing", () => {
    for (const nothing of [null, undefined, ""]) {
      expect(shownPayload(nothing)).toEqual({ kind: "none" });
    }
    expect(shownPayload([])).toEqual({ kind: "json", text: "[]" });
  });
});

describe("traceNodes", () => {
  const T0 = Date.parse("2026-11-20T12:00:00.000Z");
  const iso = (second: number): string => new Date(T0 + second * 1000).toISOString();
  const one = (
    id: string,
    parentObservationId: string | null,
    from: number,
    to: number | null,
  ): TraceObservation =>
    ({
      id,
      parentObservationId,
      startTime: iso(from),
      endTime: to === null ? null : iso(to),
    }) as TraceObservation;
  const shapeOf = (observations: TraceObservation[]) =>
    traceNodes(observations).map(({ observation, depth }) => [observation.id, depth]);

  it("puts each below its parent, earlier ones first, whatever the order they came in", () => {
    const observations = [
      one("late", "root", 5, 9),
      one("leaf", "early", 2, 3),
      one("root", null, 0, 10),
      one("early", "root", 1, 4),
    ];
    expect(shapeOf(observations)).toEqual([
      ["root", 0],
      ["early", 1],
      ["leaf", 2],
      ["late", 1],
    ]);
    const nodes = traceNodes(observations);
    expect(nodes.map(({ offset, width }) => [offset, width])).toEqual([
      [0, 1],
      [0.1, 0.3],
      [0.2, 0.1],
      [0.5, 0.4],
    ]);
    expect(spanOf(observations)).toEqual({ from: T0, to: T0 + 10_000 });
  });

  it("keeps an orphan at the top and says so, and has no length for what has no end", () => {
    const [node] = traceNodes([one("a", "never sent", 0, null)]);
    expect(node).toMatchObject({ depth: 0, isOrphan: true, width: null });
  });

  it("shows each of a circle once", () => {
    const circle = [one("a", "b", 0, 1), one("b", "a", 1, 2), one("self", "self", 3, 4)];
    const shown = shapeOf(circle).map(([id]) => id);
    expect(shown).toHaveLength(3);
    expect(new Set(shown)).toEqual(new Set(["a", "b", "self"]));
  });
});

describe("the address of the generations", () => {
  it("has every filter, and leaves out what the API would refuse", () => {
    expect(
      readGenerationsSearch({
        promptName: "greet",
        promptVersion: "3",
        failed: "true",
        scoreName: "quality",
        scoreMin: 0,
        scoreMax: "0.5",
        userId: 42,
      }),
    ).toMatchObject({
      promptName: "greet",
      promptVersion: 3,
      failed: true,
      scoreName: "quality",
      scoreMin: 0,
      scoreMax: 0.5,
      userId: "42",
    });
    const alone = readGenerationsSearch({ promptVersion: 3, scoreMin: 1, scoreValue: "True" });
    expect(Object.values(alone).every((value) => value === undefined)).toBe(true);
    expect(readGenerationsSearch({ failed: false }).failed).toBe(false);
    expect(readGenerationsSearch({ failed: "perhaps" }).failed).toBeUndefined();
  });
});
