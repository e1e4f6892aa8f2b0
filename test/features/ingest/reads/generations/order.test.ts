import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  byNewest,
  cursorOf,
  type Key,
  keyOf,
  mergeRuns,
} from "../../../../../src/features/ingest/reads/generations/order.ts";
import { decodeCursor } from "../../../../../src/lib/cursor.ts";

const key = fc.record({
  startUs: fc.integer({ min: 1, max: 6 }),
  trace: fc.constantFrom("a", "b"),
  id: fc.constantFrom("x", "y", "z"),
});

describe("the list of generations", () => {
  it("shows everything once and in order, whatever each version's run was cut to", () => {
    const versions = fc.array(fc.uniqueArray(key, { selector: (one) => JSON.stringify(one) }), {
      maxLength: 4,
    });
    const sizes = fc.record({
      run: fc.integer({ min: 1, max: 4 }),
      page: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(versions, sizes, (stored, { run, page }) => {
        // A generation has one version.
        const all = [...new Map(stored.flat().map((one) => [cursorOf(one), one])).values()];
        const own = stored.map((_, i) => all.filter((_one, j) => j % stored.length === i));
        const seen: Key[] = [];
        for (let before: Key | undefined, more = true; more;) {
          const edge = before;
          const runs = own.map((keys) => {
            const rest = keys
              .filter((one) => edge === undefined || byNewest(edge, one) < 0)
              .sort(byNewest);
            return { keys: rest.slice(0, run), isCut: rest.length >= run };
          });
          const merged = mergeRuns(runs, page);
          seen.push(...merged.keys);
          more = merged.isCut && merged.keys.length > 0;
          before = merged.keys.at(-1);
        }
        expect(seen).toEqual([...all].sort(byNewest));
      }),
    );
  });

  it("reads its own cursors and no others", () => {
    const place = { startUs: 5, trace: "t ä", id: "i" };
    expect(keyOf(decodeCursor(cursorOf(place))!)).toEqual(place);
    expect(keyOf({ timestampUs: 1, id: "only one" })).toBeUndefined();
  });
});
