import { describe, it } from "vitest";

import {
  labelsByVersion,
  leftoversOf,
  type Move,
  standingAfter,
} from "../../../../src/features/reports/section/leftovers.ts";

const DAY = {
  date: "2026-11-15",
  fromMs: Date.parse("2026-11-15T00:00:00Z"),
  toMs: Date.parse("2026-11-16T00:00:00Z"),
};

const move = (at: string, from: number | null, to: number | null, label = "production"): Move => ({
  label,
  from,
  to,
  at: new Date(at),
  cause: null,
});

const split = (at: string, event: "started" | "ended", versions: number[]): Move => ({
  label: "production",
  from: versions[0] ?? null,
  to: versions[0] ?? null,
  at: new Date(at),
  cause: { split: "spl_1", event, arms: versions.map((version) => ({ version, weight: 5000 })) },
});

const left = (moves: Move[], counts: [number, number][], latest: number | null = null) =>
  leftoversOf({ prompt: "greet", moves, latest }, DAY, new Map(counts)).map(
    ({ version, replacedBy, label, share }) => ({ version, replacedBy, label, share }),
  );

describe("what is left in use", () => {
  it("is a version that its label left before the last day", ({ expect }) => {
    const moves = [move("2026-11-01", null, 1), move("2026-11-14", 1, 2)];
    expect(
      left(moves, [
        [1, 25],
        [2, 75],
      ]),
    ).toEqual([{ version: 1, replacedBy: 2, label: "production", share: 0.25 }]);
    expect(
      left(moves, [
        [1, 0],
        [2, 75],
      ]),
    ).toEqual([]);
  });

  it("is not one that was left on that day: caches and slow starts are no finding", ({
    expect,
  }) => {
    const moves = [move("2026-11-01", null, 1), move("2026-11-15T08:00:00Z", 1, 2)];
    expect(left(moves, [[1, 25]])).toEqual([]);
  });

  it("is not one that another label holds, that came back, or that latest stands for", ({
    expect,
  }) => {
    const staged = [move("2026-11-02", null, 1, "staging"), move("2026-11-03", 1, 2)];
    expect(left(staged, [[1, 25]])).toEqual([]);
    const back = [move("2026-11-02", 1, 2), move("2026-11-03", 2, 1)];
    expect(left(back, [[1, 25]])).toEqual([]);
    expect(left(back, [[2, 5]], 2)).toEqual([]);
    expect(left(back, [[2, 5]])).toMatchObject([{ version: 2, replacedBy: 1 }]);
  });

  it("is not an arm of a split, while that lasts", ({ expect }) => {
    const moves = [move("2026-11-01", 1, 2), split("2026-11-05", "started", [2, 1])];
    expect(left(moves, [[1, 25]])).toEqual([]);
    const ended = [...moves, split("2026-11-09", "ended", [2, 1])];
    expect(left(ended, [[1, 25]])).toMatchObject([{ version: 1, replacedBy: 2 }]);
  });

  it("is told of a label that was taken away, and not of versions that never had one", ({
    expect,
  }) => {
    const moves = [move("2026-11-01", null, 1), move("2026-11-02", 1, null)];
    expect(
      left(moves, [
        [1, 25],
        [7, 3],
      ]),
    ).toMatchObject([{ version: 1, replacedBy: null }]);
  });

  it("knows where labels stand", ({ expect }) => {
    const moves = [
      move("2026-11-01", null, 1, "b"),
      move("2026-11-02", null, 1, "a"),
      move("2026-11-03", null, 2, "c"),
      move("2026-11-04", 2, null, "c"),
    ];
    expect([...labelsByVersion(standingAfter(moves))]).toEqual([[1, ["a", "b"]]]);
  });
});
