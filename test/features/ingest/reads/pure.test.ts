import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { matchesTrace, pageOf } from "../../../../src/features/ingest/reads/filter.ts";
import { assemble, referencesOf } from "../../../../src/features/ingest/reads/payload.ts";
import {
  leaderOf,
  observationOf,
  type ObservationRecord,
  summarise,
  traceOf,
} from "../../../../src/features/ingest/reads/record.ts";
import {
  latencyOf,
  observationView,
  totalCostOf,
} from "../../../../src/features/ingest/reads/view.ts";
import { decodeCursor, encodeCursor, pageAfter } from "../../../../src/lib/cursor.ts";

const US = 1_790_000_000_000_000;

const record = (over: Partial<ObservationRecord> = {}): ObservationRecord => ({
  id: "o",
  traceId: "t",
  type: "GENERATION",
  startUs: US,
  endUs: US + 1_500_000,
  firstTokenUs: null,
  environment: "default",
  cost: { total: null, input: null, output: null, cached: null },
  linkedVersion: null,
  updatedUs: US,
  fields: {},
  ...over,
});

describe("payloads", () => {
  it("are put together from their references, metadata merged oldest first", () => {
    const row = { input: "a", output: "b", metadata: ["a", "b", "gone"] };
    const payloads = new Map([
      ["a", { input: 1, output: "not this", metadata: { x: { p: 1, q: 1 }, list: [1] } }],
      ["b", { output: null, metadata: { x: { q: 2 }, list: [2], ["__proto__"]: "safe" } }],
    ]);
    expect(referencesOf([row, { input: "a" }, {}])).toEqual(["a", "b", "gone"]);
    const { input, output, metadata } = assemble(row, payloads);
    expect([input, output]).toEqual([1, null]);
    expect(Object.entries(metadata)).toEqual([
      ["x", { p: 1, q: 2 }],
      ["list", [2]],
      ["__proto__", "safe"],
    ]);
    expect(({} as { p?: unknown }).p).toBeUndefined();
  });
});

describe("a trace", () => {
  const row = { id: "t", root_id: null, root: null, at: US, doc: '{"v":{},"c":"0"}' };

  it("is led by the root in its row, else a parentless observation, else the earliest", () => {
    const early = record({ id: "early", fields: { parentId: "p" } });
    const root = record({ id: "root", startUs: US + 5 });
    const doc = '{"v":{"startUs":7,"name":"in row"},"c":"0"}';
    const inRow = traceOf({ ...row, root_id: "r", root: doc });
    expect(leaderOf(inRow, [early, root])).toMatchObject({ id: "r", type: "SPAN", startUs: 7 });
    expect(leaderOf(traceOf(row), [early, root])).toMatchObject({ id: "root" });
    expect(
      leaderOf(null, [early, record({ id: "late", startUs: US + 1, fields: { parentId: "p" } })]),
    ).toMatchObject({ id: "early" });
    expect(leaderOf(null, [])).toBeNull();
  });

  it("does not show a root that was deleted", () => {
    const doc = '{"v":{"deleted":true},"c":"1"}';
    expect(traceOf({ ...row, root_id: "r", root: doc }).root).toBeNull();
  });

  it("says what its events said, before what its leader says", () => {
    const leader = record({ environment: "dev", fields: { name: "leader" } });
    expect(summarise("t", null, leader)).toMatchObject({
      timestampUs: US,
      name: "leader",
      environment: "dev",
      tags: [],
    });
    const said = traceOf({ ...row, doc: '{"v":{"name":"said","timestampUs":9},"c":"0"}' });
    expect(summarise("t", said, leader)).toMatchObject({ name: "said", timestampUs: 9 });
    expect(summarise("t", said, null)).toMatchObject({ environment: "default", userId: null });
  });

  it("takes no name from an observation that has a parent", () => {
    const child = record({ fields: { name: "child", parentId: "p" } });
    expect(summarise("t", null, child)).toMatchObject({ name: null });
  });

  it("matches a span of time that ends before its end", () => {
    const trace = summarise("t", null, record());
    expect(matchesTrace(trace, { fromUs: US, toUs: US + 1 })).toBe(true);
    expect(matchesTrace(trace, { toUs: US })).toBe(false);
    expect(matchesTrace(trace, { fromUs: US + 1 })).toBe(false);
  });
});

describe("an observation", () => {
  const view = (one: ObservationRecord) =>
    observationView(one, {
      projectId: "p",
      payload: { input: null, output: null, metadata: {} },
    });

  it("is read from its columns and its document", () => {
    const columns = { trace: "t", id: "o", type: "SPAN", start: 1, stop: 2, first: null, env: "e" };
    const money = { version: null, cost: 5, cost_in: 2, cost_out: null, cost_cached: null };
    const row = { ...columns, ...money, at: 9, doc: '{"v":{"name":"n"},"c":"0","cs":{}}' };
    expect(observationOf(row)).toEqual({
      id: "o",
      traceId: "t",
      type: "SPAN",
      startUs: 1,
      endUs: 2,
      firstTokenUs: null,
      environment: "e",
      cost: { total: 5, input: 2, output: null, cached: null },
      linkedVersion: null,
      updatedUs: 9,
      fields: { name: "n" },
    });
  });

  it("speaks USD and seconds, and leaves unknown costs out", () => {
    const cost = { total: 1_500_000_000, input: 500_000_000, output: null, cached: null };
    expect(view(record({ cost, firstTokenUs: US + 250_000 }))).toMatchObject({
      calculatedTotalCost: 1.5,
      calculatedInputCost: 0.5,
      calculatedOutputCost: null,
      costDetails: { total: 1.5, input: 0.5 },
      latency: 1.5,
      timeToFirstToken: 0.25,
    });
  });

  it("shows a link on generations only, and none for a fallback", () => {
    const link = { promptName: "greet", promptVersion: 2 };
    expect(view(record({ linkedVersion: 2, fields: link }))).toMatchObject(link);
    const labelled = { promptName: "greet", promptLabel: "production" };
    expect(view(record({ linkedVersion: -3, fields: labelled }))).toMatchObject(link);
    expect(view(record({ linkedVersion: -1, fields: labelled }))).toMatchObject({
      promptName: "greet",
      promptVersion: null,
    });
    const none = { promptName: null, promptVersion: null };
    expect(view(record({ type: "SPAN", fields: link }))).toMatchObject(none);
    expect(
      view(record({ linkedVersion: 0, fields: { promptName: "greet", promptFallback: true } })),
    ).toMatchObject(none);
  });

  it("has a start for clients also when no event said one, but no latency", () => {
    const startless = view(record({ startUs: null, updatedUs: US }));
    expect(startless.startTime).toBe(new Date(US / 1000).toISOString());
    expect(startless.latency).toBeNull();
  });
});

describe("what a trace sums up", () => {
  it("runs from the first start to the last end, and is null when either is unknown", () => {
    expect(latencyOf([record(), record({ startUs: US - 500_000, endUs: null })])).toBe(2);
    expect(latencyOf([record({ endUs: null })])).toBeNull();
    expect(latencyOf([])).toBeNull();
  });

  it("costs what is known, and null when nothing is", () => {
    const paid = record({
      cost: { total: 2_000_000_000, input: null, output: null, cached: null },
    });
    expect(totalCostOf([paid, record()])).toBe(2);
    expect(totalCostOf([record()])).toBeNull();
    expect(totalCostOf([record({ cost: { total: 0, input: 0, output: 0, cached: null } })])).toBe(
      0,
    );
  });
});

describe("pages", () => {
  it("by number cover a list without gap or overlap", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 20 }), (all, limit) => {
        const { meta } = pageOf(all, { page: 1, limit });
        const pages = Array.from({ length: meta.totalPages }, (_, i) =>
          pageOf(all, { page: i + 1, limit }),
        );
        expect(pages.flatMap(({ data }) => data)).toEqual(all);
        expect(meta.totalItems).toBe(all.length);
      }),
    );
  });

  it("by cursor cover a list without gap or overlap, instants that are equal included", () => {
    const places = fc.uniqueArray(
      fc.record({ timestampUs: fc.nat({ max: 5 }), id: fc.string({ unit: "binary" }) }),
      { selector: ({ timestampUs, id }) => `${timestampUs}/${id}` },
    );
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 4 }), (all, limit) => {
        const sorted = all.toSorted(
          (a, b) => b.timestampUs - a.timestampUs || (a.id < b.id ? -1 : 1),
        );
        const seen: unknown[] = [];
        let cursor: string | undefined;
        do {
          const place = cursor === undefined ? undefined : decodeCursor(cursor);
          const page = pageAfter(sorted, { place, limit, placeOf: (one) => one });
          seen.push(...page.data);
          cursor = page.cursor;
        } while (cursor !== undefined);
        expect(seen.length).toBe(sorted.length);
      }),
    );
  });

  it("begin only where we said", () => {
    const place = { timestampUs: US, id: "naïve 語" };
    expect(encodeCursor(place)).toMatch(/^[\w-]+$/);
    expect(decodeCursor(encodeCursor(place))).toEqual(place);
    for (const text of ["", "x", "e30", "W10", "WzEsMl0", "%%%"]) {
      expect(decodeCursor(text)).toBeUndefined();
    }
  });
});
