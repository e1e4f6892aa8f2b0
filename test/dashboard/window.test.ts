import { describe, expect, it } from "vitest";

import { readWindow, windowOf } from "../../src/dashboard/window.ts";

const NOW = Date.parse("2026-11-22T12:00:30.500Z");

describe("the window of an address", () => {
  it("ends at the next full minute, so that a screen asks for one stretch only", () => {
    expect(windowOf({}, NOW)).toEqual({
      from: "2026-11-15T12:01:00.000Z",
      to: "2026-11-22T12:01:00.000Z",
      environment: undefined,
      label: "Last 7 days",
    });
    expect(windowOf({ range: "24h" }, NOW).from).toBe("2026-11-21T12:01:00.000Z");
  });

  it("is fixed where it names instants", () => {
    const search = readWindow({ from: "2026-11-01T00:00:00+01:00", to: "2026-11-02" });
    expect(windowOf(search, NOW)).toMatchObject({
      from: "2026-10-31T23:00:00.000Z",
      to: "2026-11-02T00:00:00.000Z",
    });
    expect(windowOf(readWindow({ from: "2026-11-20" }), NOW).to).toBe("2026-11-22T12:01:00.000Z");
  });

  it.each([
    [{ range: "1000y" }],
    [{ range: ["24h"] }],
    [{ from: "yesterday" }],
    [{ from: 7, to: 8 }],
    [{ from: "2026-11-02", to: "2026-11-01" }],
    [{ to: "2026-11-01" }],
    [{ environment: "" }],
    [{ environment: { $ne: 1 } }],
    [{ range: "__proto__" }],
  ])("leaves out what makes no sense: %j", (search) => {
    expect(windowOf(readWindow(search), NOW)).toEqual(windowOf({}, NOW));
  });
});
