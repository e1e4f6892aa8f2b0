import { describe, expect, it } from "vitest";

import type { Line } from "../../src/dashboard/charts/chart.ts";
import {
  bandPath,
  barPaths,
  linePath,
  markedPoints,
  whiskersPath,
} from "../../src/dashboard/charts/geometry.ts";
import { lookAt } from "../../src/dashboard/charts/look.ts";

/** Ten pixels a step, and as many a unit, upwards from 100. */
const PLACE = {
  xOf: (at: number) => at * 10,
  yOf: (value: number) => 100 - value * 10,
  stepWidth: 10,
};

const line = (key: string, over: Partial<Line> = {}): Line => ({
  key,
  name: key,
  look: lookAt(0),
  as: "line",
  ...over,
});

describe("lines", () => {
  it("go from point to point and have a gap where nothing is known", () => {
    const rows = [
      { at: 0, a: 1 },
      { at: 1, a: 2 },
      { at: 2, a: null },
      { at: 3, a: 4 },
    ];
    expect(linePath(rows, line("a"), PLACE)).toBe("M0 90L10 80M30 60");
    expect(linePath([{ at: 0, a: null }], line("a"), PLACE)).toBe("");
  });

  it("carry their sign at some points, and at every point without neighbours", () => {
    const rows = Array.from({ length: 28 }, (_, at) => ({
      at,
      a: at >= 20 && at !== 23 ? null : 1,
    }));
    const ats = markedPoints(rows, line("a")).map(({ at }) => at);
    expect(ats).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 23]);
  });
});

describe("ranges", () => {
  const rows = [
    { at: 0, a: 2, ends: [1, 3] as [number, number] },
    { at: 1, a: 3, ends: [2, 5] as [number, number] },
    { at: 2, a: null, ends: null },
  ];

  it("are an area from the upper ends back along the lower ones", () => {
    const band = line("a", { range: "ends", rangeAs: "band" });
    expect(bandPath(rows, band, PLACE)).toBe("M0 70L10 50L10 80L0 90z");
  });

  it("or an upright stroke at each point, closed at both ends", () => {
    const whiskers = line("a", { range: "ends", rangeAs: "whiskers" });
    const first = "M-3 90H3M-3 70H3M0 90V70";
    expect(whiskersPath(rows, whiskers, PLACE)).toBe(`${first}M7 80H13M7 50H13M10 80V50`);
  });
});

describe("bars", () => {
  const bar = (key: string) => line(key, { as: "bar", stack: "all" });

  it("of one stack stand on each other; what is unknown or zero takes no room", () => {
    const rows = [
      { at: 0, a: 1, b: 2 },
      { at: 1, a: null, b: 3 },
      { at: 2, a: 0, b: 0 },
    ];
    const paths = barPaths({ rows, lines: [bar("a"), bar("b")] }, PLACE);
    expect(paths.get("a")).toBe("M-4 100V90h8V100z");
    expect(paths.get("b")).toBe("M-4 90V70h8V90zM6 100V70h8V100z");
  });

  it("are at most 40 pixels wide, and none for a line", () => {
    const rows = [{ at: 1, a: 1, limit: 2 }];
    const paths = barPaths(
      { rows, lines: [bar("a"), line("limit")] },
      { ...PLACE, stepWidth: 500 },
    );
    expect([...paths]).toEqual([["a", "M-10 100V90h40V100z"]]);
  });
});
