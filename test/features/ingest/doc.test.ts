import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { objectName, payloadRef } from "../../../src/features/ingest/accept/payload.ts";
import { decodeDoc, encodeDoc, inFull } from "../../../src/features/ingest/doc.ts";
import { encode, merge, OBSERVATION_POLICIES, stamp } from "../../../src/features/ingest/merge.ts";

const AT = new Date("2026-11-22T17:00:00Z");
const objects = ["r_1", "r_2", "r_12"].map((id) => objectName(AT, id, 3, 4567));

const ref = fc
  .tuple(fc.constantFrom(...objects), fc.nat({ max: 3 }), fc.nat({ max: 3 }))
  .map(([object, offset, length]) => payloadRef(object, offset, length));

const patch = fc.record(
  {
    name: fc.constantFrom("a", "@", "@1+2"),
    input: ref,
    output: ref,
    metadata: fc.array(ref, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

const state = fc
  .array(fc.tuple(patch, fc.nat({ max: 5 })), { minLength: 1, maxLength: 5 })
  .map((events) =>
    events
      .map(([fields, at]) => stamp(OBSERVATION_POLICIES, { ...fields, id: "o", clock: `0${at}` }))
      .reduce((a, b) => merge(OBSERVATION_POLICIES, a, b)),
  );

describe("a row's document", () => {
  it("says what the state says, and the same text for the same state", () => {
    fc.assert(
      fc.property(state, (said) => {
        const doc = encodeDoc(said);
        const read = decodeDoc(doc);
        expect(encode(read)).toBe(encode(said));
        expect(encodeDoc(read)).toBe(doc);
        expect(doc.length).toBeLessThanOrEqual(encode(said).length);
      }),
      { seed: 20261122, numRuns: 1000 },
    );
  });

  it("may hold its references in full", () => {
    fc.assert(
      fc.property(state, (said) => {
        expect(encode(decodeDoc(encode(said)))).toBe(encode(said));
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });

  it("names an object once", () => {
    const [object = "", other = ""] = objects;
    const event = {
      id: "o",
      clock: "01",
      input: payloadRef(object, 10, 5),
      output: payloadRef(object, 15, 7),
      metadata: [payloadRef(object, 10, 5), payloadRef(other, 0, 9)],
    };
    const said = stamp(OBSERVATION_POLICIES, event);
    const { v } = JSON.parse(encodeDoc(said)) as { v: Record<string, unknown> };
    expect(v).toEqual({
      input: `${object}@10+5`,
      output: "@15+7",
      metadata: ["@", `${other}@0+9`],
    });
    expect(inFull(v)).toEqual(said.values);
  });
});
