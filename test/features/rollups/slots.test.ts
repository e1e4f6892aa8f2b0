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

const HOUR = 60 * MINUTE;

/** Instants as people and clocks give them: anywhere, and more often at or beside an edge of buckets. */
const edgy = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ min: least, max: most }),
    fc
      .tuple(
        fc.integer({ min: least, max: most }),
        fc.constantFrom(5 * MINUTE, HOUR, US_PER_DAY),
        fc.constantFrom(-1, 0, 0, 1, MINUTE),
      )
      .map(([us, width, beside]) => Math.floor(us / width) * width + beside),
  );

/** Now, and two instants of the 200 days before it: many where a level begins to live. */
const ranges = edgy(NOW, NOW + US_PER_DAY).chain((now) => {
  const instant = fc.oneof(
    edgy(now - 200 * US_PER_DAY, now),
    fc
      .tuple(fc.constantFrom(3, 90), edgy(-30 * HOUR, 30 * HOUR))
      .map(([days, away]) => now - days * US_PER_DAY + away),
    fc.constantFrom(now, now - 3 * US_PER_DAY, now - 90 * US_PER_DAY),
  );
  return fc
    .tuple(instant, instant)
    .map(([a, b]) => ({ now, from: Math.min(a, b), to: Math.max(a, b) }));
});

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
    fc.assert(
      fc.property(ranges, ({ now, from, to: end }) => {
        const to = end + 1;
        const slots = cover({ from, to }, now);
        const spans = spansOf(from, to, now);
        expect(spans[0]?.from).toBeLessThanOrEqual(from);
        expect(spans.at(-1)?.to).toBeGreaterThanOrEqual(to);
        spans.slice(1).forEach((span, i) => expect(span.from).toBe(spans[i]?.to));
        for (const { level, from: first, to: last } of slots) {
          expect(first).toBeLessThan(last);
          expect(isLiving(level, first, now)).toBe(true);
        }
        // An edge that can be cut finer is.
        const head = spans[0];
        if (head && isLiving(0, slotOf(0, from), now)) {
          expect(from - head.from).toBeLessThan(5 * MINUTE);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("coverInside", () => {
  const inside = (from: number, to: number, now = NOW) =>
    coverInside({ from, to }, now).map(({ level, from, to }) => [
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

  it("never reaches beyond a span, has no bucket twice, and asks none that does not answer", () => {
    fc.assert(
      fc.property(ranges, ({ now, from, to }) => {
        const found = inside(from, to, now);
        for (const [, first = 0, end = 0] of found) {
          expect(first).toBeGreaterThanOrEqual(from);
          expect(first).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(to);
        }
        found.slice(1).forEach(([, first], i) => expect(first).toBe(found[i]?.[2]));
        for (const { level, from: first } of coverInside({ from, to }, now)) {
          expect(isLiving(level, first, now)).toBe(true);
        }
        // What is left out is less than the coarsest bucket at either end.
        const kept = (found.at(-1)?.[2] ?? 0) - (found[0]?.[1] ?? 0);
        expect(to - from - kept).toBeLessThan(2 * US_PER_DAY + HOUR);
      }),
      { numRuns: 2_000 },
    );
  });

  it("leaves out less than a bucket at either end, where the finest live", () => {
    fc.assert(
      fc.property(ranges, ({ now, from, to }) => {
        fc.pre(isLiving(0, slotOf(0, from), now));
        const found = inside(from, to, now);
        if (found.length === 0) expect(to - from).toBeLessThan(10 * MINUTE);
        else {
          expect((found[0]?.[1] ?? 0) - from).toBeLessThan(5 * MINUTE);
          expect(to - (found.at(-1)?.[2] ?? 0)).toBeLessThan(5 * MINUTE);
        }
      }),
      { numRuns: 500 },
    );
  });
});
