import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  decode,
  encode,
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

  it("keeps one clock for a row that one event made", () => {
    const text = encode(
      stamp(OBSERVATION_POLICIES, { clock: "0a", id: "o", name: "n", metadata: ["r"] } as never),
    );
    expect(JSON.parse(text)).toEqual({ v: { name: "n", metadata: ["r"] }, c: "0a" });
  });
});
