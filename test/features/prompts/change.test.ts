import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  documentsBetween,
  movesBetween,
  type PromptState,
  versionsTouched,
  withLabels,
  without,
  withVersion,
} from "../../../src/features/prompts/change.ts";

function created(before: PromptState | undefined, labels: string[], tags: string[] | null = null) {
  const result = withVersion(before, { type: "text", labels, tags });
  if (result.outcome !== "created") throw new Error(result.outcome);
  return result.after;
}

const documents = (before: PromptState | undefined, after: PromptState) =>
  documentsBetween("p", before, after).map(({ kind, selector }) => `${kind} ${selector}`);

const one = created(undefined, ["production"]);
const two = created(one, ["staging"]);
const three = created(two, []);

describe("a new version", () => {
  it("takes the number above the highest there ever was", () => {
    expect(three.versions).toEqual([1, 2, 3]);
    const emptied = without(three, {});
    expect(emptied?.versions).toEqual([]);
    expect(created(emptied, []).versions).toEqual([4]);
    expect(created(without(three, { version: 3 }), []).versions).toEqual([1, 2, 4]);
  });

  it("takes its labels and latest from the others", () => {
    expect(Object.fromEntries(three.labels)).toEqual({ production: 1, staging: 2, latest: 3 });
    expect(movesBetween(two, three)).toEqual([{ label: "latest", from: 2, to: 3 }]);
    expect(movesBetween(undefined, one)).toEqual([
      { label: "latest", from: null, to: 1 },
      { label: "production", from: null, to: 1 },
    ]);
  });

  it("keeps the name's tags unless it brings its own", () => {
    const tagged = created(three, [], ["a"]);
    expect(created(tagged, []).tags).toEqual(["a"]);
    expect(created(tagged, [], []).tags).toEqual([]);
  });

  it("has the type of the versions before it, once there are some", () => {
    expect(withVersion(one, { type: "chat", labels: [], tags: null })).toEqual({
      outcome: "type-differs",
      type: "text",
    });
    const again = withVersion(without(one, {}), { type: "chat", labels: [], tags: null });
    expect(again).toMatchObject({ outcome: "created", version: 2, after: { type: "chat" } });
  });
});

describe("documents to renew", () => {
  it("are those of both versions and of every label on either, when a label moves", () => {
    const moved = withLabels(three, 2, ["production"]);
    expect(moved && documents(three, moved)).toEqual([
      "version 1",
      "version 2",
      "label production",
      "label staging",
    ]);
  });

  it("are all of the name, when its tags change", () => {
    expect(documents(three, { ...three, tags: ["x"] })).toEqual([
      "version 1",
      "version 2",
      "version 3",
      "label latest",
      "label production",
      "label staging",
    ]);
  });

  it("are those that go, and those of the version to which latest falls", () => {
    const less = without(three, { label: "latest" });
    expect(less?.labels.get("latest")).toBe(2);
    expect(less && documents(three, less)).toEqual([
      "version 2",
      "version 3",
      "label latest",
      "label staging",
    ]);
  });

  it("are none, when nothing changes", () => {
    const same = withLabels(three, 1, ["production"]);
    expect(same && documents(three, same)).toEqual([]);
  });
});

describe("a selector", () => {
  it("matches versions that have both the number and the label", () => {
    expect(without(three, { version: 1, label: "staging" })).toBeUndefined();
    expect(without(three, { version: 2, label: "staging" })?.versions).toEqual([1, 3]);
    expect(without(three, { version: 9 })).toBeUndefined();
    expect(without(without(three, {}), {})).toBeUndefined();
    expect(withLabels(three, 9, ["a"])).toBeUndefined();
  });
});

describe("any history of changes", () => {
  const label = fc.constantFrom("production", "staging", "a", "b");
  const step = fc.oneof(
    fc.record({
      labels: fc.array(label),
      tags: fc.option(fc.array(fc.constantFrom("x", "y"), { maxLength: 1 })),
    }),
    fc.record({ version: fc.integer({ min: 1, max: 6 }), move: fc.array(label) }),
    fc.record({ remove: fc.option(fc.integer({ min: 1, max: 6 })) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function apply(state: PromptState | undefined, change: Step): PromptState | undefined {
    if ("labels" in change) return created(state, change.labels, change.tags);
    if ("move" in change) return withLabels(state, change.version, change.move) ?? state;
    return without(state, { version: change.remove ?? undefined }) ?? state;
  }

  /** What every document says: the version, its labels, the tags. */
  function said(state: PromptState | undefined): Map<string, string> {
    const all = new Map<string, string>();
    if (!state) return all;
    for (const version of state.versions) {
      const labels = [...state.labels].filter(([, v]) => v === version).map(([l]) => l);
      const text = JSON.stringify([version, labels.sort(), state.tags]);
      all.set(`version ${version}`, text);
      for (const l of labels) all.set(`label ${l}`, text);
    }
    return all;
  }

  it("renews exactly the documents that say something else, never reuses a number, keeps labels on living versions", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let state: PromptState | undefined;
        const used = new Set<number>();
        for (const change of steps) {
          const after = apply(state, change);
          if (!after) continue;
          const added = after.versions.filter((v) => !state?.versions.includes(v));
          for (const version of added) {
            expect(used.has(version)).toBe(false);
            used.add(version);
          }
          for (const version of after.labels.values()) expect(after.versions).toContain(version);
          expect(after.labels.get("latest")).toBe(after.versions.at(-1));

          const [old, fresh] = [said(state), said(after)];
          const differing = [...new Set([...old.keys(), ...fresh.keys()])].filter(
            (key) => old.get(key) !== fresh.get(key),
          );
          expect(documents(state, after).sort()).toEqual(differing.sort());
          state = after;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("touches versions in ascending order", () => {
    expect(versionsTouched(three, { ...three, tags: ["x"] })).toEqual([1, 2, 3]);
  });
});
