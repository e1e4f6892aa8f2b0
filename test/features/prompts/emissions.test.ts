import { describe, expect, it } from "vitest";

import type { PromptState } from "../../../src/features/prompts/change.ts";
import { emissionsOf } from "../../../src/features/prompts/events/emissions.ts";

const actor = { kind: "key" as const, id: "key_1" };
const state = (versions: number[], labels: Record<string, number> = {}): PromptState => ({
  type: "text",
  tags: ["t"],
  lastVersion: versions.at(-1) ?? 0,
  versions,
  labels: new Map(Object.entries(labels)),
});
const version = (number: number) => ({ version: number, commitMessage: "why" });
const change = { name: "greet", reason: "because", before: undefined };
const typesOf = (events: { type: string }[]) => events.map(({ type }) => type);

describe("what a change of a prompt tells", () => {
  it("is its first version, with its labels but latest", () => {
    const after = state([1], { latest: 1, production: 1, b: 1, a: 1 });
    expect(emissionsOf({ ...change, after, added: [version(1)] }, [], actor)).toEqual([
      {
        type: "prompt.created",
        data: {
          prompt: "greet",
          version: 1,
          type: "text",
          labels: ["a", "b", "production"],
          tags: ["t"],
          commitMessage: "why",
          actor,
        },
      },
    ]);
  });

  it("is a new version, also the first of several after it", () => {
    const two = { ...change, after: state([1, 2]), added: [version(1), version(2)] };
    expect(typesOf(emissionsOf(two, [], actor))).toEqual([
      "prompt.created",
      "prompt.version.created",
    ]);
    const before = { state: state([1]) };
    const next = { ...change, before, after: state([1, 2]), added: [version(2)] };
    expect(typesOf(emissionsOf(next, [], actor))).toEqual(["prompt.version.created"]);
  });

  it("is a creation again when the name had lost all its versions", () => {
    const before = { state: state([]) };
    const again = { ...change, before, after: state([4]), added: [version(4)] };
    expect(typesOf(emissionsOf(again, [], actor))).toEqual(["prompt.created"]);
  });

  it("is each label that moved, but latest", () => {
    const moves = [
      { label: "latest", from: 1, to: 2 },
      { label: "production", from: 1, to: null },
    ];
    const after = state([1, 2]);
    expect(emissionsOf({ ...change, after }, moves, actor)).toEqual([
      {
        type: "prompt.deployed",
        data: {
          prompt: "greet",
          label: "production",
          from: 1,
          to: null,
          reason: "because",
          actor,
        },
      },
    ]);
  });

  it("is nothing that happened elsewhere and was imported", () => {
    const moves = [{ label: "production", from: null, to: 1 }];
    const after = state([1], { production: 1 });
    const added = [{ ...version(1), createdAt: new Date(0) }];
    expect(emissionsOf({ ...change, after, added, history: [] }, moves, actor)).toEqual([]);
  });

  it("has no text longer than an event may be", () => {
    const moves = [{ label: "a", from: null, to: 1 }];
    const reason = "r".repeat(5000);
    const [event] = emissionsOf({ ...change, reason, after: state([1]) }, moves, actor);
    expect(event).toMatchObject({ data: { reason: "r".repeat(2000) } });
  });
});
