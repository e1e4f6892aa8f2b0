import { describe, expect, it } from "vitest";

import { wants } from "../../../src/features/notifications/filter.ts";

const ALL = { events: [], prompts: [], labels: [] };
const deployed = { type: "prompt.deployed", prompt: "support/greet", labels: ["production"] };
const report = { type: "report.ready", prompt: null, labels: null };

describe("a filter", () => {
  it.each([
    ["nothing", {}, true],
    ["the type", { events: ["prompt.deployed"] }, true],
    ["its family", { events: ["rollout.*", "prompt.*"] }, true],
    ["all types", { events: ["*"] }, true],
    ["another type", { events: ["prompt.created", "rollout.*"] }, false],
    ["the prompt", { prompts: ["support/greet"] }, true],
    ["its folder", { prompts: ["support/*"] }, true],
    ["another prompt", { prompts: ["support"] }, false],
    ["the label", { labels: ["staging", "production"] }, true],
    ["another label", { labels: ["staging"] }, false],
    ["one of two", { prompts: ["support/*"], labels: ["staging"] }, false],
  ])("on %s", (_name, filter, expected) => {
    expect(wants({ ...ALL, ...filter }, deployed)).toBe(expected);
  });

  it("on prompts and labels lets pass what is about none", () => {
    const filter = { ...ALL, prompts: ["x"], labels: ["production"] };
    expect(wants(filter, report)).toBe(true);
    expect(wants({ ...filter, events: ["prompt.*"] }, report)).toBe(false);
  });

  it("on labels holds back a version that has none", () => {
    const version = { type: "prompt.version.created", prompt: "x", labels: [] };
    expect(wants({ ...ALL, labels: ["production"] }, version)).toBe(false);
    expect(wants(ALL, version)).toBe(true);
  });
});
