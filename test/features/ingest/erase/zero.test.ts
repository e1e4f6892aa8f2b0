import { describe, expect, it } from "vitest";

import { payloadRef } from "../../../../src/features/ingest/accept/payload.ts";
import { stretchesByObject, zero } from "../../../../src/features/ingest/erase/zero.ts";

describe("erasing", () => {
  it("sorts places by object, each once", () => {
    const refs = [payloadRef("a", 0, 2), payloadRef("b", 5, 1), payloadRef("a", 0, 2)];
    expect([...stretchesByObject([...refs, payloadRef("a", 7, 3)])]).toEqual([
      [
        "a",
        [
          { offset: 0, length: 2 },
          { offset: 7, length: 3 },
        ],
      ],
      ["b", [{ offset: 5, length: 1 }]],
    ]);
    expect(() => stretchesByObject(["nonsense"])).toThrow("not a payload reference");
  });

  it("writes zeros there and nowhere else, and says whether that was news", () => {
    const bytes = Uint8Array.from([1, 2, 3, 4, 5]);
    const stretches = [
      { offset: 1, length: 2 },
      { offset: 4, length: 1 },
    ];
    expect(zero(bytes, stretches)).toBe(true);
    expect([...bytes]).toEqual([1, 0, 0, 4, 0]);
    expect(zero(bytes, stretches)).toBe(false);
  });
});
