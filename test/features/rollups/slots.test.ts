import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  cover,
  coverInside,
  isLiving,
  slotOf,
  spanOf,
  US_PER_DAY,
} from "../../../src/features/rollups/slots.ts";

const at = (text: string): number => Date.parse(text) * 1000;
const NOW = at("2026-11-20T12:00:00Z");
const MINUTE = 60_000_000;

const spansOf = (from: number, to: number, now = NOW) =>
  cover({ from, to }, now).map((range) => ({
    level: range.level,
    from: spanOf(range.level, range.from).from,
    to: spanOf(range.level, range.to).from,
  }));

describe("cover", () => {
  it("takes days within and finer buckets at the edges", () => {
    expect(spansOf(at("2026-11-18T22:55:00Z"), at("2026-11-20T01:10:00Z"))).toEqual([
      { level: 0, from: at("2026-11-18T22:55:00Z"), to: at("2026-11-18T23:00:00Z") },
      { level: 1, from: at("2026-11-18T23:00:00Z"), to: at("2026-11-19T00:00:00Z") },
      { level: 2, from: at("2026-11-19T00:00:00Z"), to: at("2026-11-20T00:00:00Z") },
      { level: 1, from: at("2026-11-20T00:00:00Z"), to: at("2026-11-20T01:00:00Z") },
      { level: 0, from: at("2026-11-20T01:00:00Z"), to: at("2026-11-20T01:10:00Z") },
    ]);
  });

  it("widens an edge to the finest bucket that still lives", () => {
    expect(spansOf(at("2026-10-01T10:20:00Z"), at("2026-10-01T10:40:00Z"))).toEqual([
      { level: 1, from: at("2026-10-01T10:00:00Z"), to: at("2026-10-01T11:00:00Z") },
    ]);
    expect(spansOf(at("2026-05-01T10:20:00Z"), at("2026-05-02T01:00:00Z"))).toEqual([
      { level: 2, from: at("2026-05-01T00:00:00Z"), to: at("2026-05-03T00:00:00Z") },
    ]);
  });

  it("of nothing is nothing", () => {
    expect(spansOf(NOW, NOW)).toEqual([]);
    expect(spansOf(NOW + 1, NOW)).toEqual([]);
  });

  it("covers each instant once, without a gap, by buckets that answer for it", () => {
    const instant = fc.integer({ min: NOW - 200 * US_PER_DAY, max: NOW + 10 * MINUTE });
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
        const ranges = cover({ from, to }, NOW);
        const spans = spansOf(from, to);
        expect(spans[0]?.from).toBeLessThanOrEqual(from);
        expect(spans.at(-1)?.to).toBeGreaterThanOrEqual(to);
        spans.slice(1).forEach((span, i) => expect(span.from).toBe(spans[i]?.to));
        for (const { level, from: first, to: end } of ranges) {
          expect(first).toBeLessThan(end);
          expect(isLiving(level, first, NOW)).toBe(true);
        }
        // An edge that can be cut finer is.
        const head = spans[0];
        if (head && isLiving(0, slotOf(0, from), NOW)) {
          expect(from - head.from).toBeLessThan(5 * MINUTE);
        }
      }),
    );
  });
});

describe("coverInside", () => {
  const inside = (from: number, to: number) =>
    coverInside({ from, to }, NOW).map(({ level, from, to }) => [
      level,
      spanOf(level, from).from,
      spanOf(level, to).from,
    ]);

  it("leaves out buckets that reach beyond the span, as fine as they still live", () => {
    expect(inside(at("2026-11-20T10:02:00Z"), at("2026-11-20T10:18:00Z"))).toEqual([
      [0, at("2026-11-20T10:05:00Z"), at("2026-11-20T10:15:00Z")],
    ]);
    expect(inside(at("2026-11-10T10:02:00Z"), at("2026-11-10T12:18:00Z"))).toEqual([
      [1, at("2026-11-10T11:00:00Z"), at("2026-11-10T12:00:00Z")],
    ]);
    expect(inside(at("2026-06-01T10:00:00Z"), at("2026-06-03T10:00:00Z"))).toEqual([
      [2, at("2026-06-02T00:00:00Z"), at("2026-06-03T00:00:00Z")],
    ]);
    expect(inside(at("2026-11-10T10:02:00Z"), at("2026-11-10T10:50:00Z"))).toEqual([]);
    // Hours live from 22 August 12:00 on, so they do not answer for the whole of that morning.
    expect(inside(at("2026-08-20T12:00:00Z"), at("2026-08-22T15:00:00Z"))).toEqual([
      [2, at("2026-08-21T00:00:00Z"), at("2026-08-22T00:00:00Z")],
    ]);
  });

  it("never reaches beyond any span", () => {
    const instant = fc.integer({ min: NOW - 200 * US_PER_DAY, max: NOW });
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        for (const [, first = 0, end = 0] of inside(from, to)) {
          expect(first).toBeGreaterThanOrEqual(from);
          expect(end).toBeLessThanOrEqual(to);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("never reaches beyond a span that ends where a level begins to live", () => {
    const back = fc
      .constantFrom(3, 90)
      .chain((days) =>
        fc
          .integer({ min: -30, max: 30 })
          .map((hours) => NOW - days * US_PER_DAY + hours * 60 * MINUTE),
      );
    const far = fc.integer({ min: NOW - 200 * US_PER_DAY, max: NOW });
    fc.assert(
      fc.property(back, far, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        for (const [, first = 0, end = 0] of inside(from, to)) {
          expect(first).toBeGreaterThanOrEqual(from);
          expect(end).toBeLessThanOrEqual(to);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
