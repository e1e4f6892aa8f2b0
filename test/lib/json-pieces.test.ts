import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseJsonPieces } from "../../src/lib/json-pieces.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The value, or that there is none. */
function outcome(read: () => unknown): { value: unknown } | "refused" {
  try {
    return { value: read() };
  } catch {
    return "refused";
  }
}

/** Values with blanks and order as clients may write them. */
const texts = fc
  .tuple(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, "\t"))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

const pieceBytes = fc.constantFrom(1, 3, 10, 40);

describe("parseJsonPieces", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(texts, pieceBytes, (text, piece) => {
        const read = parseJsonPieces(bytesOf(text), piece);
        expect(JSON.stringify(read)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { seed: 20261122, numRuns: 2000 },
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.nat({ max: 2 }),
      fc.constantFrom(",", "[", "]", "{", "}", '"', ":", "1", " ", "\\", "null"),
    );
    fc.assert(
      fc.property(texts, damage, pieceBytes, (text, [where, taken, put], piece) => {
        const at = where % (text.length + 1);
        const damaged = text.slice(0, at) + put + text.slice(at + taken);
        const whole = outcome(() => JSON.parse(damaged) as unknown);
        const read = outcome(() => parseJsonPieces(bytesOf(damaged), piece));
        expect(JSON.stringify(read)).toBe(JSON.stringify(whole));
      }),
      { seed: 20261122, numRuns: 5000 },
    );
  });

  it.for([
    "[[1,2,3] [4,5,6]]",
    '{"a":[1,2,3],}',
    '{"a":1[1,2,3]}',
    '{"a":1{"b":1,"c":2}}',
    "[1,2,,3]",
    "[1,2,3,]",
    "[,1,2,3]",
    "x[1,2,3]",
    "[1,2,3]x",
    "[1,2,3][4]",
    "[1,2,3}",
    '{"a":1,"b":2]',
    '["a,b,c]',
    '[{"a":1,"b":2} 1,2]',
    "",
    "[1,2",
  ])("refuses %s", (text) => {
    expect(() => parseJsonPieces(bytesOf(text), 1)).toThrow();
  });

  it("keeps __proto__ a field, and the last of a key said twice", () => {
    const text = '{"__proto__":{"a":[1,2,3]},"b":1,"b":[2,3,4]}';
    const read = parseJsonPieces(bytesOf(text), 1) as object;
    expect(Object.entries(read)).toEqual([
      ["__proto__", { a: [1, 2, 3] }],
      ["b", [2, 3, 4]],
    ]);
  });

  it("takes a byte order mark in front, refuses one inside, and broken UTF-8", () => {
    const mark = [0xef, 0xbb, 0xbf];
    const list = bytesOf("[1,2,3]");
    expect(parseJsonPieces(Uint8Array.from([...mark, ...list]), 1)).toEqual([1, 2, 3]);
    const inside = Uint8Array.from([...bytesOf("[1,"), ...mark, ...bytesOf("2]")]);
    expect(() => parseJsonPieces(inside, 1)).toThrow();
    const broken = Uint8Array.from([...bytesOf('[1,2,"'), 0xff, ...bytesOf('"]')]);
    expect(() => parseJsonPieces(broken, 1)).toThrow(TypeError);
  });

  it("goes as deep as JSON.parse does", () => {
    const deep = `${"[".repeat(1000)}1,2${"]".repeat(1000)}`;
    expect(JSON.stringify(parseJsonPieces(bytesOf(deep), 1))).toBe(deep);
  });
});
