import { describe, expect, it } from "vitest";

import { looksAtBudget, periodOf } from "../../../src/features/monitors/budget/look.ts";
import { Rule, type RuleOf } from "../../../src/features/monitors/contract.ts";
import {
  deployedIn,
  standsUntil,
  versionAt,
} from "../../../src/features/monitors/regression/deployments.ts";
import { isEmergency } from "../../../src/features/monitors/regression/look.ts";
import { localHours } from "../../../src/features/monitors/rules/hours.ts";
import { changeOf, estimateOf } from "../../../src/features/monitors/rules/statistic.ts";
import {
  dueAfter,
  isActive,
  windowsBetween,
} from "../../../src/features/monitors/rules/windows.ts";
import { looksAtVolume } from "../../../src/features/monitors/volume/look.ts";
import { cellOf } from "../comparisons/cells.ts";

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(`${text}Z`);
const rule = (over: object) => Rule.parse({ name: "ours", prompt: "greet", ...over });
const SLOW = rule({ kind: "threshold", metric: "latencyMs", statistic: "p95", above: 1 });

describe("windows", () => {
  it("end at whole multiples, are over before they are looked at, and are given a few at a time", () => {
    const from = at("2026-11-20T10:20:00");
    const all = windowsBetween(SLOW, "UTC", { after: from, until: at("2026-11-20T13:59:00") });
    expect(all.windows.map(({ to }) => new Date(to).toISOString().slice(11, 16))).toEqual([
      "11:00",
      "12:00",
      "13:00",
    ]);
    const some = windowsBetween(SLOW, "UTC", {
      after: from,
      until: at("2026-11-20T13:59:00"),
      limit: 2,
    });
    expect(some).toMatchObject({ evaluatedTo: at("2026-11-20T12:00:00") });
    expect(dueAfter(SLOW, from)).toBe(at("2026-11-20T11:03:00"));
    expect(windowsBetween(SLOW, "UTC", { after: from, until: from }).windows).toEqual([]);
  });

  it.each([
    ["2026-11-20T09:00:00", "09:00", "17:00", false],
    ["2026-11-20T09:01:00", "09:00", "17:00", true],
    ["2026-11-20T17:00:00", "09:00", "17:00", true],
    ["2026-11-20T17:01:00", "09:00", "17:00", false],
    // 2026-11-21 is a Saturday: only its early hours belong to Friday.
    ["2026-11-21T05:00:00", "22:00", "06:00", true],
    ["2026-11-21T23:00:00", "22:00", "06:00", false],
    ["2026-11-22T05:00:00", "22:00", "06:00", false],
  ])("that end at %s are looked at from %s to %s: %s", (end, from, to, expected) => {
    const days = ["mon", "tue", "wed", "thu", "fri"] as const;
    expect(isActive({ days: [...days], from, to }, "UTC", at(end))).toBe(expected);
  });

  it("are looked at by the clock of the project", () => {
    const hours = { days: ["fri" as const], from: "09:00", to: "10:00" };
    expect(isActive(hours, "Asia/Tokyo", at("2026-11-20T00:30:00"))).toBe(true);
    expect(isActive(hours, "Asia/Tokyo", at("2026-11-20T09:30:00"))).toBe(false);
  });
});

describe("a statistic", () => {
  const latencies = cellOf(Array.from({ length: 100 }, (_, i) => ({ latencyMs: i + 1 })));

  it("of a mean has Student's interval", () => {
    // R 4.3: t.test(1:100)$conf.int = 44.74349 56.25651
    const found = estimateOf({ metric: "latencyMs", statistic: "mean" }, latencies, 60);
    expect(found).toMatchObject({ n: 100, minN: 20 });
    expect(found.value).toBeCloseTo(50.5, 6);
    expect(found.interval?.low).toBeCloseTo(44.74349, 4);
    expect(found.interval?.high).toBeCloseTo(56.25651, 4);
  });

  it("of a quantile needs as many values as its interval takes", () => {
    expect(estimateOf({ metric: "latencyMs", statistic: "p50" }, latencies, 60).minN).toBe(20);
    expect(estimateOf({ metric: "latencyMs", statistic: "p95" }, latencies, 60).minN).toBe(100);
    expect(estimateOf({ metric: "latencyMs", statistic: "p99" }, latencies, 60)).toMatchObject({
      minN: 400,
      interval: null,
    });
  });

  it("of nothing is unknown, but a count of nothing is 0", () => {
    const none = cellOf([]);
    for (const statistic of ["mean", "p50", "sum"] as const) {
      expect(estimateOf({ metric: "costUsd", statistic }, none, 60).value).toBeNull();
    }
    expect(estimateOf({ metric: "errors", statistic: "rate" }, none, 60).value).toBeNull();
    expect(estimateOf({ metric: "count", statistic: "rate" }, none, 60)).toMatchObject({
      value: 0,
      minN: 0,
    });
  });

  it("of a category is a share of the scores of that name", () => {
    const cell = cellOf([{ helpful: true }, { helpful: false }, { helpful: false }, {}]);
    const question = { metric: "score:helpful", statistic: "share", category: "False" } as const;
    expect(estimateOf(question, cell, 60)).toMatchObject({ n: 3, value: 2 / 3 });
  });

  it("changes against a baseline, unless that is zero", () => {
    const errors = (failed: number, n: number) =>
      cellOf(Array.from({ length: n }, (_, i) => ({ failed: i < failed })));
    const question = { metric: "errors", statistic: "rate" } as const;
    const change = changeOf(question, errors(30, 100), errors(20, 200));
    expect(change.known && change.change).toBeCloseTo(2, 12);
    expect(changeOf(question, errors(30, 100), errors(0, 200))).toMatchObject({ known: false });
  });
});

describe("a volume", () => {
  const volume = rule({ kind: "volume" }) as RuleOf<"volume">;
  const watch = {
    key: "all",
    prompt: "greet",
    label: null,
    version: null,
    deployment: null,
    isOptional: false,
  };
  const fromMs = at("2026-09-28T00:00:00");

  it("looks at what a slot of the zone was, six hours long where traffic is thin", () => {
    const counts = Array.from({ length: 21 * 24 }, () => 3);
    const last = fromMs + counts.length * HOUR_MS;
    const windows = Array.from({ length: 12 }, (_, i) => ({
      from: last - (12 - i) * HOUR_MS,
      to: last - (11 - i) * HOUR_MS,
    }));
    const seen = looksAtVolume(volume, watch, {
      hourly: { fromMs, counts },
      timeZone: "Asia/Tokyo",
      windows,
    });
    const judged = seen.filter(({ looks }) => looks.length > 0);
    // 00, 06, 12 and 18 o'clock in Tokyo are 15, 21, 03 and 09 UTC.
    expect(judged.map(({ at: end }) => new Date(end).getUTCHours())).toEqual([15, 21]);
    expect(judged[0]?.looks[0]?.look.point).toMatchObject({ n: 18 });
  });

  it("gives the same answer when more is looked at at once", () => {
    const counts = Array.from({ length: 30 * 24 }, (_, hour) =>
      hour === 700 ? 90 : 20 + ((hour * 7) % 9) + (hour % 24 > 8 ? 10 : 0),
    );
    const end = fromMs + counts.length * HOUR_MS;
    const window = (to: number) => ({ from: to - HOUR_MS, to });
    const ends = Array.from({ length: 48 }, (_, i) => end - (47 - i) * HOUR_MS);
    const points = (windows: { from: number; to: number }[], until: number) =>
      looksAtVolume(volume, watch, {
        hourly: { fromMs, counts: counts.slice(0, (until - fromMs) / HOUR_MS) },
        timeZone: "UTC",
        windows,
      }).map(({ looks }) => [looks[0]?.look.point, looks[0]?.look.evidence]);
    const together = points(ends.map(window), end);
    const apart = ends.flatMap((to) => points([window(to)], to));
    expect(together).toEqual(apart);
    expect(
      together.filter(([, evidence]) => (evidence as { proven: boolean }).proven),
    ).toHaveLength(1);
  });
});

describe("a budget", () => {
  it("has periods of the project's calendar, 23 and 25 hours included", () => {
    const hours = (day: string): number => {
      const { fromMs, toMs } = periodOf("Europe/Berlin", at(`${day}T12:00:00`), "day");
      return (toMs - fromMs) / HOUR_MS;
    };
    expect([hours("2026-03-29"), hours("2026-10-25"), hours("2026-11-20")]).toEqual([23, 25, 24]);
    const month = periodOf("America/New_York", at("2026-12-15T00:00:00"), "month");
    expect(new Date(month.fromMs).toISOString()).toBe("2026-12-01T05:00:00.000Z");
    expect(new Date(month.toMs).toISOString()).toBe("2027-01-01T05:00:00.000Z");
    const week = periodOf("UTC", at("2026-11-20T00:00:00"), "week");
    expect(new Date(week.fromMs).toISOString()).toBe("2026-11-16T00:00:00.000Z");
  });

  it("forecasts the rest by what each hour of the week cost", () => {
    const budget = rule({ kind: "budget", period: "day", limitUsd: 100 }) as RuleOf<"budget">;
    // A week of 1 USD an hour, 5 from 18 o'clock on.
    const begin = at("2026-11-09T00:00:00");
    const cost = new Map(
      Array.from({ length: 8 * 24 }, (_, hour) => [
        begin + hour * HOUR_MS,
        hour % 24 >= 18 ? 5 : 1,
      ]),
    );
    const to = begin + 7 * 24 * HOUR_MS + 12 * HOUR_MS;
    const watch = {
      key: "all",
      prompt: null,
      label: null,
      version: null,
      deployment: null,
      isOptional: false,
    };
    const [seen] = looksAtBudget(budget, watch, {
      cost,
      timeZone: "UTC",
      windows: [{ from: to - HOUR_MS, to }],
    });
    const standing = seen?.looks[0]?.look.budget;
    expect(standing?.spent).toBe(12);
    expect(standing?.remaining).toEqual([1, 1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 5]);
  });
});

describe("local hours", () => {
  it("are told as clocks show them, twice or not at all on the days of a change", () => {
    const day = (from: string, to: string) =>
      localHours("Europe/Berlin", at(from), at(to)).map(({ hour }) => hour);
    const spring = day("2026-03-28T23:00:00", "2026-03-29T22:00:00");
    expect(spring.slice(0, 4)).toEqual([0, 1, 3, 4]);
    expect(spring).toHaveLength(23);
    const autumn = day("2026-10-24T22:00:00", "2026-10-25T23:00:00");
    expect(autumn.slice(0, 5)).toEqual([0, 1, 2, 2, 3]);
    expect(autumn).toHaveLength(25);
  });
});

describe("deployments", () => {
  const move = (
    id: string,
    from: number | null,
    to: number | null,
    ms: number,
    cause: object | null = null,
  ) => ({
    id,
    label: "production",
    from,
    to,
    at: new Date(ms),
    cause,
  });
  const split = (id: string, event: string, ms: number, owner?: string) =>
    move(id, 2, 2, ms, { split: "spl", event, arms: [], ...(owner ? { owner } : {}) });

  it("are moves from one version to another, by anybody but a rollout", () => {
    const rows = [
      move("first", null, 1, 0),
      move("second", 1, 2, 10),
      split("begun", "started", 20, "rol_1"),
      split("ended", "ended", 30, "rol_1"),
      move("promoted", 2, 3, 30),
      move("same", 3, 3, 40, { prompt: "child" }),
      split("tested", "ended", 50),
      move("chosen", 3, 4, 50),
      move("gone", 4, null, 60),
    ];
    expect(deployedIn("greet", rows).map(({ id }) => id)).toEqual(["second", "chosen"]);
    expect([0, 9, 10, 35, 60].map((ms) => versionAt(rows, ms))).toEqual([1, 1, 2, 3, null]);
    expect(["second", "promoted", "chosen"].map((id) => standsUntil(rows, { id }))).toEqual([
      20, 50, 60,
    ]);
    expect(standsUntil(rows, { id: "gone" })).toBe(Infinity);
  });

  it.each([
    [{ n: 20, errors: 10, minutes: 5, control: { n: 20, errors: 1 } }, true],
    [{ n: 19, errors: 19, minutes: 5, control: { n: 20, errors: 0 } }, false],
    [{ n: 20, errors: 9, minutes: 5, control: { n: 20, errors: 0 } }, false],
    [{ n: 20, errors: 20, minutes: 4, control: { n: 20, errors: 0 } }, false],
    [{ n: 20, errors: 20, minutes: 5, control: { n: 20, errors: 2 } }, false],
    [{ n: 20, errors: 20, minutes: 5, control: { n: 0, errors: 0 } }, false],
  ])("of which %j was seen are an emergency: %s", (seen, expected) => {
    expect(isEmergency(seen)).toBe(expected);
  });
});
