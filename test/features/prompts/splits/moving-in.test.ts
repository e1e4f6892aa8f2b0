import * as fc from "fast-check";
import { expect, it } from "vitest";

import { movesBetween, type PromptState } from "../../../../src/features/prompts/change.ts";
import { Line } from "../../../../src/features/prompts/exchange/contract.ts";
import { readLines } from "../../../../src/features/prompts/exchange/lines.ts";
import { planImport } from "../../../../src/features/prompts/exchange/plan.ts";
import { type Splits, withSplit } from "../../../../src/features/prompts/splits/decide.ts";
import { rangesOfRuns } from "../../../../src/lib/split/runs.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const AT = "2026-11-01T00:00:00.000Z";

/** Weights of three versions that sum to 10,000. */
const weights = fc
  .tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }))
  .map(([a, b]) => [Math.min(a, b), Math.abs(a - b), 10_000 - Math.max(a, b)]);

const state: PromptState = {
  type: "text",
  tags: [],
  lastVersion: 3,
  versions: [1, 2, 3],
  labels: new Map([
    ["production", 2],
    ["latest", 3],
  ]),
};

const armsOf = (shares: readonly number[]) =>
  shares.map((weight, index) => ({ version: index + 1, weight }));

/** A split after a history of weights, with what its ledger says. */
function lived(history: readonly number[][]) {
  let splits: Splits = new Map();
  const causes: object[] = [];
  for (const shares of history) {
    const wanted = { label: "production", arms: armsOf(shares) };
    const decided = withSplit(state, splits, wanted, { id: "spl_1", at: new Date(AT) });
    if (!("split" in decided)) return undefined;
    splits = new Map([["production", decided.split]]);
    for (const { event, split } of decided.change) {
      causes.push({ split: split.id, event, arms: split.arms });
    }
  }
  const split = splits.get("production");
  return split && { split, causes };
}

type Lived = NonNullable<ReturnType<typeof lived>>;

function fileOf({ split, causes }: Lived): string {
  const move = { kind: "deployment", name: "p", label: "production", reason: null, at: AT };
  const actor = { kind: "key", id: "key_1" };
  const lines = [
    ...state.versions.map((version) => {
      const prompt = `text ${version}`;
      return { kind: "version", name: "p", version, type: "text", prompt };
    }),
    { kind: "label", name: "p", label: "production", version: 2 },
    {
      kind: "split",
      name: "p",
      label: "production",
      id: split.id,
      arms: split.arms,
      ranges: rangesOfRuns(split.runs).map(({ arm, from, to }) => ({ version: arm, from, to })),
      startedAt: AT,
      changedAt: AT,
    },
    { ...move, id: "dep_0", actor, from: null, to: 2 },
    ...causes.map((cause, n) => ({ ...move, id: `dep_${n + 1}`, actor, from: 2, to: 2, cause })),
  ];
  return lines.map((line) => JSON.stringify(line)).join("\n");
}

const plan = (text: string, before: PromptState | undefined, splits: Splits) => {
  const { lines, faults } = readLines(text);
  expect(faults).toEqual([]);
  let id = 0;
  const ids = () => `dep_new_${id++}`;
  return planImport({ before, splits, known: new Map() }, lines, { now: NOW, ids });
};

const WITHOUT_VERSIONS = (text: string): string =>
  text
    .split("\n")
    .filter((line) => Line.parse(JSON.parse(line)).kind !== "version")
    .join("\n");

it("a split of any history comes back with every slot where it was, and its ledger as it was", () => {
  fc.assert(
    fc.property(fc.array(weights, { minLength: 1, maxLength: 12 }), (history) => {
      const past = lived(history);
      fc.pre(past !== undefined);
      const planned = plan(fileOf(past), undefined, new Map());
      expect(planned.faults).toEqual([]);
      expect(movesBetween(undefined, planned.after).map(({ label }) => label)).toEqual([
        "latest",
        "production",
      ]);
      expect(planned.splits).toMatchObject([{ label: "production", version: 2, isTold: true }]);
      const [restored] = planned.splits;
      expect(restored?.split).toEqual({ ...past.split });
      expect(planned.history?.flatMap(({ cause }) => (cause ? [cause] : []))).toEqual(past.causes);
      // Done again, nothing is left to do.
      const here: Splits = new Map(restored ? [["production", restored.split]] : []);
      const again = plan(WITHOUT_VERSIONS(fileOf(past)), planned.after, here);
      expect([again.faults, again.splits]).toEqual([[], []]);
    }),
    { seed: 20261122, numRuns: 300 },
  );
});

it("a split that a rollout steers keeps its weights, and may be said again as it is", () => {
  const past = lived([
    [5_000, 5_000, 0],
    [2_000, 8_000, 0],
  ]);
  const first = lived([[5_000, 5_000, 0]]);
  if (!past || !first) throw new Error("the splits cannot be made");
  const steered: Splits = new Map([["production", { ...first.split, owner: "rol_1" }]]);
  const refused = plan(WITHOUT_VERSIONS(fileOf(past)), state, steered);
  expect(refused.faults.map(({ message }) => message)).toEqual([
    "the split of label 'production' of 'p' is steered by rollout rol_1 here; abort it first",
  ]);
  const same = plan(WITHOUT_VERSIONS(fileOf(first)), state, steered);
  expect([same.faults, same.splits]).toEqual([[], []]);
});
