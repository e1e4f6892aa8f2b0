import { describe, expect, it } from "vitest";

import type { PromptState } from "../../../../src/features/prompts/change.ts";
import { type Splits, withSplit } from "../../../../src/features/prompts/splits/decide.ts";
import {
  conclude,
  type Conclusion,
  steer,
  type Steering,
} from "../../../../src/features/prompts/splits/steering/steer.ts";
import type { LiveSplit } from "../../../../src/features/prompts/splits/table.ts";

const AT = new Date("2026-11-18T12:00:00.000Z");
const FRESH = { id: "spl_new", at: AT };
const LABEL = "production";

const state = (version = 1, versions = [1, 2, 3]): PromptState => ({
  type: "text",
  tags: [],
  lastVersion: 3,
  versions,
  labels: new Map([[LABEL, version]]),
});

const arms = (first: number, second: number, weight: number) => [
  { version: first, weight: 10_000 - weight },
  { version: second, weight },
];

/** A live split of the label, whose owner is as said. */
function live(owner: string | null, version = 1): Splits {
  const made = withSplit(
    state(version),
    new Map(),
    { label: LABEL, arms: arms(1, 2, 500) },
    { id: "spl_old", at: AT },
  );
  if (!("split" in made)) throw new Error(made.outcome);
  const split: LiveSplit = { ...made.split, owner };
  return new Map([[LABEL, split]]);
}

const NONE: Splits = new Map();

const steering = (over: Partial<Steering> = {}): Steering => ({
  label: LABEL,
  owner: "rol_1",
  control: 1,
  arms: arms(1, 2, 2500),
  mayStart: false,
  ...over,
});

const conclusion = (over: Partial<Conclusion> = {}): Conclusion => ({
  label: LABEL,
  owner: "rol_1",
  control: 1,
  version: 2,
  next: null,
  ...over,
});

describe("steering a split", () => {
  it("begins it where it may, and marks it as the owner's", () => {
    const begun = steer(state(), NONE, steering({ mayStart: true }), FRESH);
    expect(begun).toMatchObject({
      outcome: "done",
      split: { id: "spl_new", owner: "rol_1" },
      changes: [{ event: "started", split: { owner: "rol_1" } }],
    });
  });

  it("changes the owner's weights under the same id, and nothing when they are so already", () => {
    const changed = steer(state(), live("rol_1"), steering(), FRESH);
    expect(changed).toMatchObject({ split: { id: "spl_old" }, changes: [{ event: "changed" }] });
    const same = steer(state(), live("rol_1"), steering({ arms: arms(1, 2, 500) }), FRESH);
    expect(same).toMatchObject({ outcome: "done", changes: [] });
  });

  it.each([
    ["the label is elsewhere", state(3), live("rol_1"), "moved to version 3"],
    ["the split ended", state(), NONE, "ended by hand"],
    ["the split is a person's", state(), live(null), "taken over by hand"],
    ["the split is another rollout's", state(), live("rol_2"), "taken over by hand"],
    ["a version is gone", state(1, [1, 3]), live("rol_1"), "there is no version 2"],
  ] as const)("touches nothing when %s", (_, before, splits, because) => {
    const gone = steer(before, splits, steering(), FRESH);
    expect(gone).toMatchObject({ outcome: "gone" });
    expect("because" in gone && gone.because).toContain(because);
  });
});

describe("concluding a split", () => {
  it("back at the control ends it and moves nothing", () => {
    const back = conclude(state(), live("rol_1"), conclusion({ version: 1 }), FRESH);
    expect(back).toMatchObject({
      outcome: "done",
      after: state(),
      changes: [{ event: "ended", split: { id: "spl_old" } }],
    });
  });

  it("at the candidate moves the label, and begins what comes next as the owner's", () => {
    const moved = conclude(state(), live("rol_1"), conclusion(), FRESH);
    expect(moved).toMatchObject({ outcome: "done", changes: [] });
    expect("after" in moved && moved.after.labels.get(LABEL)).toBe(2);
    const next = arms(2, 1, 500);
    const held = conclude(state(), live("rol_1"), conclusion({ next }), FRESH);
    expect(held).toMatchObject({
      changes: [
        { event: "started", version: 2, split: { id: "spl_new", owner: "rol_1", arms: next } },
      ],
    });
  });

  it.each([
    ["back", state(1), NONE, conclusion({ version: 1 })],
    [
      "back, and somebody began another split since",
      state(1),
      live(null),
      conclusion({ version: 1 }),
    ],
    ["forward", state(2), NONE, conclusion()],
    ["forward with a holdback", state(2), live("rol_1", 2), conclusion({ next: arms(2, 1, 500) })],
  ] as const)("done before changes nothing: %s", (_, before, splits, wanted) => {
    expect(conclude(before, splits, wanted, FRESH)).toEqual({
      outcome: "done",
      after: before,
      changes: [],
    });
  });

  it.each([
    ["the label is elsewhere", state(3), live("rol_1", 1), conclusion()],
    ["the split ended", state(1), NONE, conclusion()],
    ["the split is a person's", state(1), live(null), conclusion()],
    ["the candidate is gone", state(1, [1, 3]), live("rol_1"), conclusion()],
  ] as const)("touches nothing when %s", (_, before, splits, wanted) => {
    expect(conclude(before, splits, wanted, FRESH).outcome).toBe("gone");
  });
});
