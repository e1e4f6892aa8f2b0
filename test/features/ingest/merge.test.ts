import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  decode,
  encode,
  MAX_ENTRIES,
  merge,
  OBSERVATION_POLICIES,
  stamp,
  type Stamped,
  TRACE_POLICIES,
} from "../../../src/features/ingest/merge.ts";
import { clockOf } from "../../../src/features/ingest/model.ts";

const fold = (states: Stamped[], policies = OBSERVATION_POLICIES): string =>
  encode(
    states
      .map((state) => decode(encode(state)))
      .reduce((a, b) => decode(encode(merge(policies, a, b)))),
  );

/** An event that says some of the fields; few clocks and values, so that ties and clashes are common. */
const event = fc
  .record({
    isUpdate: fc.boolean(),
    timeMs: fc.integer({ min: 1, max: 4 }),
    id: fc.constantFrom("a", "b", "c"),
    fields: fc.record(
      {
        name: fc.constantFrom("x", "y"),
        startUs: fc.integer({ min: 1, max: 3 }),
        environment: fc.constantFrom("prod", "dev"),
        usage: fc.dictionary(fc.constantFrom("input", "output"), fc.integer({ min: 0, max: 2 })),
        input: fc.constantFrom("i1", "i2", "i3"),
        output: fc.constantFrom("o1", "o2"),
        metadata: fc.constantFrom(["r1"], ["r2"], ["r3"]),
        tags: fc.uniqueArray(fc.constantFrom("t1", "t2", "t3")),
        deleted: fc.constant(true as const),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ isUpdate, timeMs, id, fields }) => ({
    clock: clockOf(isUpdate, timeMs, id),
    id: "o",
    ...fields,
  }));

describe("merge", () => {
  it("ends in the same row whatever the order, grouping and repetition of events", () => {
    const shuffled = fc.array(event, { minLength: 1, maxLength: 6 }).chain((events) =>
      fc.record({
        events: fc.constant(events),
        again: fc.shuffledSubarray([...events, ...events], {
          minLength: events.length * 2,
          maxLength: events.length * 2,
        }),
        cut: fc.integer({ min: 1, max: events.length * 2 - 1 }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ events, again, cut }) => {
        for (const policies of [OBSERVATION_POLICIES, TRACE_POLICIES]) {
          const once = fold(
            events.map((e) => stamp(policies, e)),
            policies,
          );
          const states = again.map((e) => stamp(policies, e));
          expect(fold(states, policies)).toBe(once);
          const grouped = [
            decode(fold(states.slice(0, cut), policies)),
            decode(fold(states.slice(cut), policies)),
          ];
          expect(fold(grouped, policies)).toBe(once);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("trap 5: a create never undoes an update, though its timestamp is later", () => {
    const update = stamp(OBSERVATION_POLICIES, {
      clock: clockOf(true, 10, "u"),
      id: "o",
      name: "updated",
      endUs: 5,
    } as never);
    const create = stamp(OBSERVATION_POLICIES, {
      clock: clockOf(false, 99, "c"),
      id: "o",
      name: "created",
      startUs: 1,
    } as never);
    for (const state of [
      merge(OBSERVATION_POLICIES, update, create),
      merge(OBSERVATION_POLICIES, create, update),
    ]) {
      expect(state.values).toEqual({ name: "updated", startUs: 1, endUs: 5 });
    }
  });

  it("lists every place whose input or output was replaced, so that it can be erased", () => {
    const says = ["first", "second", "third"].map((input, i) =>
      stamp(OBSERVATION_POLICIES, { clock: clockOf(true, i, "e"), id: "o", input } as never),
    );
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 2, 1],
    ]) {
      const states = order.map((i) => says[i]!);
      expect(decode(fold(states)).values).toEqual({
        input: "third",
        replaced: ["first", "second"],
      });
    }
  });

  it("keeps lists and sets of a row bounded, the same whatever the order", () => {
    const many = Array.from({ length: MAX_ENTRIES + 50 }, (_, i) => String(i).padStart(4, "0"));
    const says = many.map((name, i) =>
      stamp(TRACE_POLICIES, {
        clock: clockOf(true, i, "e"),
        id: "t",
        metadata: [name],
        tags: [name],
      } as never),
    );
    for (const states of [says, says.toReversed()]) {
      const { values } = decode(fold(states, TRACE_POLICIES));
      expect(values["metadata"]).toEqual(many.slice(-MAX_ENTRIES));
      expect(values["tags"]).toEqual(many.slice(0, MAX_ENTRIES));
    }
  });

  it("keeps one clock for a row that one event made", () => {
    const text = encode(
      stamp(OBSERVATION_POLICIES, { clock: "0a", id: "o", name: "n", metadata: ["r"] } as never),
    );
    expect(JSON.parse(text)).toEqual({ v: { name: "n", metadata: ["r"] }, c: "0a" });
  });
});
