import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { diffJson } from "../../src/lib/json-diff.ts";

describe("diffJson", () => {
  it("names each place by JSON Pointer", () => {
    const before = { model: "a", "x/y~": 1, stop: ["a", "b"], nested: { deep: [1] }, same: null };
    const after = { model: "b", stop: ["a"], nested: { deep: [1, 2] }, same: null, top_p: 0.5 };
    expect(diffJson(before, after)).toEqual([
      { path: "/model", op: "changed", from: "a", to: "b" },
      { path: "/x~1y~0", op: "removed", from: 1 },
      { path: "/stop/1", op: "removed", from: "b" },
      { path: "/nested/deep/1", op: "added", to: 2 },
      { path: "/top_p", op: "added", to: 0.5 },
    ]);
  });

  it("takes a value of another shape as a whole", () => {
    expect(diffJson({ a: [1] }, { a: { 0: 1 } })).toEqual([
      { path: "/a", op: "changed", from: [1], to: { 0: 1 } },
    ]);
    expect(diffJson({}, null)).toEqual([{ path: "", op: "changed", from: {}, to: null }]);
  });

  it("is empty exactly for equal values", () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(diffJson(a, structuredClone(a))).toEqual([]);
        const equal = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(diffJson(sorted(a), sorted(b)).length === 0).toBe(equal);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Objects with their keys in order and without -0, which JSON does not tell from 0. */
function sorted(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
