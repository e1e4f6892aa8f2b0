import { describe, expect, it } from "vitest";

import {
  evidencePaths,
  evidenceTable,
  heightOf,
  pointsOf,
} from "../../src/dashboard/screens/rollout/evidence.ts";
import type { Rollout } from "../../src/features/rollouts/contract.ts";

const BOX = { width: 100, height: 50 };
const point = (atMs: number, estimate: number | null, low: number | null, high: number | null) => ({
  atMs,
  estimate,
  low,
  high,
});

describe("heightOf", () => {
  it("draws worse above, no change in the middle, and holds what is beyond at the edges", () => {
    expect(heightOf(0, BOX)).toBe(25);
    expect(heightOf(1, BOX)).toBe(15);
    expect(heightOf(-1, BOX)).toBe(35);
    expect(heightOf(9, BOX)).toBe(0);
    expect(heightOf(-9, BOX)).toBe(50);
  });
});

describe("evidencePaths", () => {
  it("leaves a gap where nothing could be said", () => {
    const points = [
      point(0, 0, -1, 1),
      point(10, 1, 0, 2),
      point(20, null, null, null),
      point(40, 0, -1, 1),
    ];
    const { line, band } = evidencePaths(points, BOX);
    expect(line).toBe("M0.0,25.0L25.0,15.0M100.0,25.0");
    expect(band).toBe("M0.0,15.0L25.0,5.0L25.0,25.0L0.0,35.0ZM100.0,15.0L100.0,35.0Z");
  });

  it("takes an end without a bound to the edge", () => {
    const { band } = evidencePaths([point(0, 0, null, null), point(1, 0, null, null)], BOX);
    expect(band).toBe("M0.0,0.0L100.0,0.0L100.0,50.0L0.0,50.0Z");
  });

  it("draws nothing of nothing", () => {
    expect(evidencePaths([], BOX)).toEqual({ band: "", line: "" });
  });
});

const history: Rollout["history"] = [
  {
    at: "2026-11-22T10:00:00.000Z",
    stage: 1,
    guardrails: [
      {
        metric: "latencyMs",
        n: 80,
        estimate: 1.04,
        interval: { low: 0.9, high: null },
        inMargins: { estimate: 0.41, low: -1.1, high: null },
        lnHarm: 0.2,
        lnSafe: null,
      },
    ],
  },
];

describe("a guardrail's history", () => {
  it("is drawn in margins", () => {
    expect(pointsOf(history, "latencyMs")).toEqual([
      { atMs: Date.parse("2026-11-22T10:00:00Z"), estimate: 0.41, low: -1.1, high: null },
    ]);
    expect(pointsOf(history, "errors")).toEqual([]);
  });

  it("is told exactly in its file", () => {
    expect(evidenceTable(history, "latencyMs").rows).toEqual([
      ["2026-11-22T10:00:00.000Z", 2, 80, 1.04, 0.9, null, 0.2, null],
    ]);
  });
});
