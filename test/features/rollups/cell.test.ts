import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeCell, encodeCell } from "../../../src/features/rollups/cell-text.ts";
import { type Cell, emptyCell, mergeCellInto } from "../../../src/features/rollups/cell.ts";
import {
  apply,
  atAllLevels,
  count,
  countChange,
  type Deltas,
} from "../../../src/features/rollups/fold/delta.ts";
import { suspectOf } from "../../../src/features/rollups/fold/extremes.ts";
import { type Amount, net } from "../../../src/features/rollups/fold/items.ts";
import { parseScoreMetric, scoreMetric } from "../../../src/features/rollups/model.ts";
import { boundedName } from "../../../src/features/rollups/names.ts";

const START = Date.parse("2026-11-20T10:00:00Z") * 1000;
const NOW = START + 60_000_000;

const generation = (latency: number, over: { start?: number; cost?: number } = {}): Amount => [
  "G",
  7,
  "greet",
  1,
  over.start ?? START,
  "default",
  "m",
  0,
  latency,
  null,
  1,
  2,
  3,
  over.cost ?? 4,
  null,
  null,
  null,
];
const score = (dataType: string, value: number | null, category: string | null): Amount => [
  ...(["S", 7, "greet", 1, START, "default", "m", "O", "API"] as const),
  dataType,
  "quality",
  value,
  category,
];

function cellOf(items: readonly Amount[]): Cell {
  const deltas: Deltas = new Map();
  for (const item of items) count(deltas, item, 1);
  const cell = emptyCell();
  for (const delta of deltas.values()) apply(cell, delta);
  return cell;
}

const item = fc.oneof(
  fc
    .record({ latency: fc.integer({ min: 0, max: 1e10 }), cost: fc.integer({ min: 0, max: 1e12 }) })
    .map(({ latency, cost }) => generation(latency, { cost })),
  fc.integer({ min: -1e9, max: 1e9 }).map((value) => score("NUMERIC", value, null)),
  fc.integer({ min: 0, max: 100 }).map((value) => score("NUMERIC", value * 10_000, null)),
  fc.string().map((category) => score("CATEGORICAL", null, category)),
);
const items = fc.array(item, { maxLength: 40 });

describe("a bucket", () => {
  it("comes back from its text, which is canonical", () => {
    fc.assert(
      fc.property(items, (list) => {
        const text = encodeCell(cellOf(list));
        expect(encodeCell(decodeCell(text))).toBe(text);
        expect(encodeCell(cellOf(list.toReversed()))).toBe(text);
      }),
    );
  });

  it("merged with others is the bucket of all, in any order", () => {
    fc.assert(
      fc.property(items, items, (a, b) => {
        const whole = encodeCell(cellOf([...a, ...b]));
        const [ab, ba] = [cellOf(a), cellOf(b)];
        mergeCellInto(ab, cellOf(b));
        mergeCellInto(ba, cellOf(a));
        expect(encodeCell(ab)).toBe(whole);
        expect(encodeCell(ba)).toBe(whole);
      }),
    );
  });

  it("keeps squares of money exact beyond 2^53", () => {
    const cell = cellOf([generation(1, { cost: 3_000_000_001 }), generation(1, { cost: 1 })]);
    expect(decodeCell(encodeCell(cell)).metrics.get("cost")?.sumSq).toBe(
      9_000_000_006_000_000_002n,
    );
  });

  it("tells the ratings of a bucket that was written before values were told by their bins", () => {
    const old = decodeCell(
      '{"v":1,"n":0,"e":0,"m":{"O:API:NUMERIC:quality":[3,"9000000","29000000000000",2000000,4000000,"1utBCoBCeC"]}}',
    );
    const name = "O:API:NUMERIC:quality";
    expect(old.metrics.get(name)?.sketch.values).toBeUndefined();
    mergeCellInto(old, cellOf([score("NUMERIC", 3_000_000, null)]));
    const merged = old.metrics.get(name);
    expect([merged?.n, merged?.sketch.n, merged?.sketch.values]).toEqual([4, 4, undefined]);
    expect(decodeCell(encodeCell(old))).toEqual(old);
    const fresh = cellOf([score("NUMERIC", 3_000_000, null)]);
    expect(decodeCell(encodeCell(fresh)).metrics.get(name)?.sketch.values).toEqual(
      new Map([[3_000_000, 1]]),
    );
  });

  it("refuses a version it does not know", () => {
    expect(() => decodeCell('{"v":2,"n":0,"e":0,"m":{}}')).toThrow(RangeError);
  });
});

describe("five counts per minute", () => {
  it("stand in 5-minute buckets only", () => {
    const deltas: Deltas = new Map();
    for (const minute of [0, 1, 1, 4]) {
      count(deltas, generation(1, { start: START + minute * 60_000_000 }), 1);
    }
    const levels = atAllLevels(deltas, NOW);
    expect(levels[0].map(({ minutes }) => minutes)).toEqual([[1, 2, 0, 0, 1]]);
    expect(levels[1].map(({ n, minutes }) => [n, minutes])).toEqual([[4, [0, 0, 0, 0, 0]]]);
    expect(levels[2]).toHaveLength(1);
  });

  it("go by what lives: old slots keep their hours or days only", () => {
    const deltas: Deltas = new Map();
    count(deltas, generation(1), 1);
    const lengths = (days: number) =>
      Object.values(atAllLevels(deltas, NOW + days * 86_400_000_000)).map(({ length }) => length);
    expect(lengths(0)).toEqual([1, 1, 1]);
    expect(lengths(4)).toEqual([0, 1, 1]);
    expect(lengths(91)).toEqual([0, 0, 1]);
  });
});

describe("extremes", () => {
  const suspects = (
    before: readonly Amount[],
    after: readonly Amount[],
    held: readonly Amount[],
  ) => {
    const cell = cellOf(held);
    const deltas: Deltas = new Map();
    countChange(deltas, net(before, after));
    const [delta] = deltas.values();
    if (!delta) return [];
    apply(cell, delta);
    return suspectOf(cell, delta, false)?.metrics ?? [];
  };
  const held = [generation(10), generation(20), generation(30)];

  it("are looked up when a value at the edge goes", () => {
    expect(suspects([generation(10)], [generation(15)], held)).toContain("latency");
    expect(suspects([generation(30)], [], held)).toContain("latency");
  });

  it("are not looked up when the edge stays, or the same value comes back", () => {
    expect(suspects([generation(20)], [generation(15)], held)).not.toContain("latency");
    expect(suspects([generation(10)], [generation(10, { cost: 9 })], held)).not.toContain(
      "latency",
    );
    expect(suspects([generation(10)], [generation(5)], held)).not.toContain("latency");
  });

  it("are looked up when what was added goes again in the same run", () => {
    const cell = cellOf(held);
    const deltas: Deltas = new Map();
    countChange(deltas, net([], [generation(1)]));
    countChange(deltas, net([generation(1)], []));
    const [delta] = [...deltas.values()];
    expect(delta).toBeDefined();
    if (!delta) return;
    apply(cell, delta);
    expect(suspectOf(cell, delta, false)?.metrics).toContain("latency");
    expect(suspectOf(cell, delta, true)).toBeUndefined();
  });

  it("of one value are that value", () => {
    const cell = cellOf([generation(10), generation(20)]);
    const deltas: Deltas = new Map();
    countChange(deltas, net([generation(10)], []));
    const [delta] = [...deltas.values()];
    if (!delta) return;
    apply(cell, delta);
    expect(suspectOf(cell, delta, false)).toBeUndefined();
    expect(cell.metrics.get("latency")).toMatchObject({ n: 1, min: 20, max: 20 });
  });
});

describe("a log row", () => {
  it("drops what is in both images, as often as it is", () => {
    const [a, b] = [generation(1), generation(2)];
    expect(net([a, a, b], [a, b, b])).toEqual({ removed: [a], added: [b], sessions: [] });
  });

  it("concerns its sessions when generations change or a trace changes session", () => {
    const z = (session: string) => ["Z", 7, session] as ["Z", number, string];
    expect(net([z("s")], [z("s"), generation(1)]).sessions).toEqual([[7, "s"]]);
    expect(net([z("s")], [z("t")]).sessions).toEqual([
      [7, "s"],
      [7, "t"],
    ]);
    expect(net([z("s")], [z("s"), score("TEXT", null, null)]).sessions).toEqual([]);
  });
});

describe("names of cells", () => {
  it("are bounded by a rule that looks at the text alone", () => {
    expect(boundedName("x".repeat(64))).toBe("x".repeat(64));
    expect(boundedName("😀".repeat(64))).toBe("😀".repeat(64));
    const places = new Set(
      Array.from({ length: 1000 }, (_, i) => boundedName(`${i}`.padStart(65, "n"))),
    );
    expect(places.size).toBe(16);
    for (const place of places) expect(place).toMatch(/^\(other \d+\)$/);
  });

  it("are for what people compare by, not for sentences, ids and instants", () => {
    const labels = ["good", "Very good, with some reservations", "v2-2026", "gpt-4o-2024-08-06"];
    for (const name of [...labels, "schön 🙂", ""]) expect(boundedName(name)).toBe(name);
    for (const name of [
      "I like that it knew at once which train I meant",
      "4f1c2b6e-9d3a-4c11-8a52-0d1f2e3a4b5c",
      "2026-11-22T10:00:00Z",
      "run 1795361293680",
      "٠١٢٣٤٥٦٧٨٩٠",
    ]) {
      expect(boundedName(name), name).toMatch(/^\(other \d+\)$/);
    }
  });

  it("are read back, colons and all", () => {
    const metric = { level: "O", source: "API", dataType: "NUMERIC", name: "a:b\nc" };
    expect(parseScoreMetric(scoreMetric(metric))).toEqual(metric);
    expect(parseScoreMetric("latency")).toBeUndefined();
  });
});

describe("a metric of very many categories", () => {
  const KEY = "O:API:CATEGORICAL:quality";
  const names = Array.from({ length: 1200 }, (_, i) => `city ${i}`);
  const added = names.map((name) => score("CATEGORICAL", null, name));
  const total = (cell: Cell): number =>
    [...(cell.metrics.get(KEY)?.categories.values() ?? [])].reduce((sum, n) => sum + n, 0);

  it("shares 16 places, whichever came first, and gives back what is taken away", () => {
    const cell = cellOf(added);
    expect(cellOf(added.toReversed())).toEqual(cell);
    expect(cell.metrics.get(KEY)?.categories.size).toBe(16);
    expect(total(cell)).toBe(1200);
    const stored = decodeCell(encodeCell(cell));
    expect(stored).toEqual(cell);
    const deltas: Deltas = new Map();
    for (const item of added.slice(0, 700)) count(deltas, item, -1);
    for (const delta of deltas.values()) apply(stored, delta);
    expect(total(stored)).toBe(500);
    expect(stored.metrics.get(KEY)?.n).toBe(500);
    for (const name of stored.metrics.get(KEY)?.categories.keys() ?? []) {
      expect(name).toMatch(/^\(other \d+\)$/);
    }
    expect(encodeCell(stored).length).toBeLessThan(1000);
  });

  it("merges with one that still has names", () => {
    const few = cellOf(added.slice(0, 3));
    expect(few.metrics.get(KEY)?.categories.size).toBe(3);
    mergeCellInto(few, cellOf(added));
    expect(total(few)).toBe(1203);
    expect(few.metrics.get(KEY)?.categories.size).toBe(16);
  });
});

describe("amounts beyond exactness", () => {
  it("count as the largest exact number instead of stopping the fold", () => {
    const cell = cellOf([score("NUMERIC", 1e300, null), score("NUMERIC", -1e300, null)]);
    expect(cell.metrics.get("O:API:NUMERIC:quality")).toMatchObject({
      n: 2,
      sum: 0n,
      min: -Number.MAX_SAFE_INTEGER,
      max: Number.MAX_SAFE_INTEGER,
    });
  });
});
