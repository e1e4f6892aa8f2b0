import { describe, expect, it } from "vitest";

import { limitKindOf, rulesText, withRules } from "../../src/dashboard/screens/keys/rules.ts";
import {
  draftOf,
  EMPTY,
  judgementText,
  requestOf,
  type ScoreConfig,
  valuesText,
} from "../../src/dashboard/screens/settings/score-config.ts";

const CONFIG: ScoreConfig = {
  id: "scc_1",
  name: "quality",
  createdAt: "2026-11-22T00:00:00.000Z",
  updatedAt: "2026-11-22T00:00:00.000Z",
  projectId: "prj_1",
  dataType: "NUMERIC",
  isArchived: false,
  minValue: null,
  maxValue: null,
  categories: null,
  description: null,
};
const TONE: ScoreConfig = {
  ...CONFIG,
  dataType: "CATEGORICAL",
  categories: [
    { label: "kind", value: 1 },
    { label: "rude", value: 0 },
  ],
  badCategories: ["rude"],
};

describe("the rules of a key", () => {
  it("are told in words, and only where they differ", () => {
    expect(rulesText({})).toEqual([]);
    expect(rulesText({ capturePayloads: true })).toEqual([]);
    expect(
      rulesText({ capturePayloads: false, ingestPerMinute: null, readsPerMinute: 1_200 }),
    ).toEqual(["payloads are dropped", "ingestion without limit", "reads 1,200 a minute"]);
  });

  it("go when they say nothing, and leave those of others alone", () => {
    const all = { a: { readsPerMinute: 7 }, b: { ingestPerMinute: null } };
    expect(withRules(all, "a", { capturePayloads: true, readsPerMinute: undefined })).toEqual({
      b: { ingestPerMinute: null },
    });
    expect(withRules(all, "c", { ingestPerMinute: null })).toEqual({
      ...all,
      c: { ingestPerMinute: null },
    });
  });

  it("tell a limit of none from the project's", () => {
    expect([undefined, null, 5].map(limitKindOf)).toEqual(["project", "none", "own"]);
  });
});

describe("a score config", () => {
  it("says in words what a score may be", () => {
    expect(valuesText(CONFIG)).toBe("any number");
    expect(valuesText({ ...CONFIG, minValue: 0 })).toBe("from 0");
    expect(valuesText({ ...CONFIG, maxValue: 0.5 })).toBe("up to 0.5");
    expect(valuesText({ ...CONFIG, minValue: -1, maxValue: 1 })).toBe("-1 to 1");
    expect(valuesText({ ...CONFIG, dataType: "BOOLEAN" })).toBe("true or false");
    expect(valuesText(TONE)).toBe("kind (1), rude (0)");
  });

  it("says which way is better, or nothing", () => {
    expect(judgementText(CONFIG)).toBeNull();
    expect(judgementText({ ...CONFIG, direction: "lower" })).toBe("lower is better");
    expect(judgementText({ ...CONFIG, dataType: "BOOLEAN", direction: "lower" })).toBe(
      "false is better",
    );
    expect(judgementText(TONE)).toBe("bad: rude");
  });

  it("asks for what its data type has, and takes away what was emptied", () => {
    expect(requestOf({ ...EMPTY, name: " stars ", minValue: 1 })).toEqual({
      name: "stars",
      description: null,
      minValue: 1,
      maxValue: null,
      direction: null,
    });
    expect(requestOf({ ...EMPTY, dataType: "BOOLEAN", direction: "higher" })).toEqual({
      name: "",
      description: null,
      direction: "higher",
    });
    expect(requestOf(draftOf(TONE))).toEqual({
      name: "quality",
      description: null,
      categories: TONE.categories,
      badCategories: ["rude"],
    });
  });
});
