import { describe, it } from "vitest";
import type { z } from "zod";

import type { Incident, IncidentDetail, Preview } from "../../../src/features/monitors/contract.ts";
import { changeSettings } from "../../../src/features/projects/index.ts";
import { moveLabel } from "../../../src/features/prompts/index.ts";
import { DAY_MS, HOUR_MS, hourly, type Lab, lab, MINUTE_MS, PROMPT } from "./lab.ts";

type Shown = z.infer<typeof Incident>;
type Detail = z.infer<typeof IncidentDetail>;

const BEGIN = new Date("2026-11-02T00:00:00.000Z");
const T0 = BEGIN.getTime();
const after = (hours: number): number => T0 + hours * HOUR_MS + 3 * MINUTE_MS;

/** What happened to each incident, in hours after the beginning. */
async function histories(ours: Lab, at: number): Promise<[string, number][][]> {
  const incidents: Shown[] = await ours.incidents(at);
  const details: Detail[] = await Promise.all(incidents.map(({ id }) => ours.incident(id, at)));
  return details.map(({ history }) =>
    history.map(({ event, at: when }) => [event, (Date.parse(when) - T0) / HOUR_MS]),
  );
}

/** The same of a preview, as far as it says. */
const foreseen = ({ firings }: Preview): [number, number | null, number][] =>
  firings.map(({ openedAt, resolvedAt, reminders }) => [
    (Date.parse(openedAt) - T0) / HOUR_MS,
    resolvedAt === null ? null : (Date.parse(resolvedAt) - T0) / HOUR_MS,
    reminders,
  ]);

const asForeseen = (all: [string, number][][]): [number, number | null, number][] =>
  all.map((history) => [
    history.find(([event]) => event === "opened")?.[1] ?? Number.NaN,
    history.find(([event]) => event === "resolved")?.[1] ?? null,
    history.filter(([event]) => event === "reminded" || event === "worsened").length,
  ]);

const noisy =
  (mean: number) =>
  (i: number): number =>
    mean * (0.8 + (0.4 * ((i * 37) % 101)) / 101);

describe("a relative monitor", () => {
  it("holds a version against the last week of the one before it", async ({ expect }) => {
    const ours = await lab(BEGIN, { versions: 2 });
    const rule = {
      kind: "relative",
      metric: "latencyMs",
      statistic: "mean",
      increase: 0.2,
      windowMinutes: 60,
      renotifyHours: 2,
    };
    const moved = T0 + 24 * HOUR_MS;
    const of = (hour: number, mean: number) => ({
      version: 2,
      at: hourly(moved + hour * HOUR_MS, moved + (hour + 1) * HOUR_MS, 60),
      latencyMs: noisy(mean),
    });
    const means = [1000, 1500, 1500, 1500, 1500, 1000, 1000, 1000, 1000];
    await ours.bring(
      after(33),
      { at: hourly(T0, moved, 25), latencyMs: noisy(1000) },
      ...means.map((mean, hour) => of(hour, mean)),
    );
    await moveLabel(
      ours.scopeAt(new Date(moved)),
      { name: PROMPT, label: "production" },
      {
        version: 2,
        reason: null,
        expected: [],
      },
    );
    const { id } = await ours.watch(T0, rule);
    await ours.tick(after(20));
    // v1 has no version before it.
    expect((await ours.monitor(id, after(20))).phase).toBe("learning");
    await ours.ticks(after(24), after(33), HOUR_MS);
    const [incident] = await ours.incidents(after(33));
    expect(incident).toMatchObject({ label: "production", version: 2, state: "resolved" });
    const seen = await histories(ours, after(33));
    expect(seen).toEqual([
      [
        ["opened", 26],
        ["reminded", 28],
        ["reminded", 30],
        ["resolved", 32],
      ],
    ]);
    const { evidence, links } = await ours.incident(incident?.id ?? "", after(33));
    const [finding] = evidence.findings;
    expect(finding).toMatchObject({ n: 60, limit: 0.2, baseline: { version: 1, n: 600 } });
    expect(Math.abs((finding?.change ?? 0) - 0.5)).toBeLessThan(0.05);
    expect(finding?.interval?.low).toBeGreaterThan(0.2);
    expect(links.comparison).toContain("control=1&candidate=2");
    expect(foreseen(await ours.preview(after(33), rule, 2))).toEqual(asForeseen(seen));
  });
});

describe("a drift monitor", () => {
  it("finds that a version that did not change changed, and that it came back", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN);
    const rule = { kind: "drift", metric: "latencyMs", windowHours: 6, renotifyHours: 12 };
    const begin = T0 + 15 * DAY_MS;
    const wandering = (i: number): number =>
      1 + 0.04 * Math.sin(i * 1.7) + 0.03 * Math.cos(i * 0.31);
    await ours.bring(
      begin + 48 * HOUR_MS,
      { at: hourly(T0, begin, 1), latencyMs: (i) => 1000 * wandering(i) },
      { at: hourly(begin, begin + 18 * HOUR_MS, 1), latencyMs: (i) => 1800 * wandering(i) },
      {
        at: hourly(begin + 18 * HOUR_MS, begin + 48 * HOUR_MS, 1),
        latencyMs: (i) => 1000 * wandering(i),
      },
    );
    const { id } = await ours.watch(T0, rule);
    const at = (hours: number): number => begin + hours * HOUR_MS + 3 * MINUTE_MS;
    await ours.tick(T0 + 5 * DAY_MS + 3 * MINUTE_MS);
    expect((await ours.monitor(id, at(0))).phase).toBe("learning");
    await ours.ticks(at(-24), at(48), 6 * HOUR_MS);
    const seen = await histories(ours, at(48));
    const day = (hours: number): number => 15 * 24 + hours;
    expect(seen).toEqual([
      [
        ["opened", day(6)],
        ["reminded", day(18)],
        ["reminded", day(30)],
        ["resolved", day(36)],
      ],
    ]);
    expect(foreseen(await ours.preview(at(48), rule, 16))).toEqual(asForeseen(seen));
    const [incident] = await ours.incidents(at(48));
    const { evidence } = await ours.incident(incident?.id ?? "", at(48));
    expect(evidence.findings[0]).toMatchObject({ metric: "latencyMs", verdict: "beyond", n: 6 });
    expect(evidence.findings[0]?.p).toBeLessThan(0.01);
    // ln 1.8, up is worse.
    expect(Math.abs((evidence.findings[0]?.change ?? 0) - Math.log(1.8))).toBeLessThan(0.1);
  });
});

describe("a volume monitor", () => {
  it("finds silence at once and tells it again; little history is no alarm", async ({ expect }) => {
    const ours = await lab(BEGIN);
    const rule = { kind: "volume", renotifyHours: 2 };
    const counts = (i: number): number => 14 + ((i * 5) % 7);
    const hours = Array.from({ length: 4 * 24 + 10 }, (_, hour) => hour);
    const isSilent = (hour: number): boolean => hour >= 96 && hour < 100;
    await ours.bring(
      after(4 * 24 + 10),
      ...hours
        .filter((hour) => !isSilent(hour))
        .map((hour) => ({
          at: hourly(T0 + hour * HOUR_MS, T0 + (hour + 1) * HOUR_MS, counts(hour)),
        })),
    );
    const { id } = await ours.watch(T0, rule);
    await ours.tick(after(48));
    expect((await ours.monitor(id, after(48))).phase).toBe("learning");
    await ours.ticks(after(96), after(106), HOUR_MS);
    const seen = await histories(ours, after(106));
    expect(seen).toEqual([
      [
        ["opened", 97],
        ["reminded", 99],
        ["reminded", 101],
        ["resolved", 103],
      ],
    ]);
    const [incident] = await ours.incidents(after(106));
    expect(incident).toMatchObject({ severity: "critical", version: null });
    expect(incident?.summary).toContain("had 0 generations in an hour, none at all");
    expect(foreseen(await ours.preview(after(106), rule, 5))).toEqual(asForeseen(seen));
    const quiet = await ours.preview(after(106), { ...rule, watch: ["spike"] }, 5);
    expect(quiet.fired).toBe(0);
  });
});

describe("a budget", () => {
  it("tells each mark once, the forecast too, and begins anew with its period", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN);
    // 0.1 USD an hour for two days, then ten times that for eleven hours of the third.
    const rule = { kind: "budget", period: "day", limitUsd: 8 };
    await ours.bring(
      after(75),
      { at: hourly(T0, T0 + 48 * HOUR_MS, 2), costUsd: () => 0.05 },
      { at: hourly(T0 + 48 * HOUR_MS, T0 + 59 * HOUR_MS, 2), costUsd: () => 0.5 },
      { at: hourly(T0 + 59 * HOUR_MS, T0 + 75 * HOUR_MS, 2), costUsd: () => 0.05 },
    );
    const { id } = await ours.watch(T0, rule);
    await ours.tick(after(48));
    await ours.ticks(after(52), after(75), 3 * HOUR_MS);
    await ours.tick(after(75));
    const seen = await histories(ours, after(75));
    expect(seen).toEqual([
      [
        ["opened", 52],
        ["worsened", 55],
        ["worsened", 56],
        ["resolved", 73],
      ],
    ]);
    const [incident] = await ours.incidents(after(75));
    expect(incident).toMatchObject({ severity: "critical", state: "resolved" });
    expect(incident?.summary).toContain("has spent 8 USD of 8 USD for the day (100 %)");
    expect((await ours.monitor(id, after(75))).phase).toBe("ok");
    expect(foreseen(await ours.preview(after(75), rule, 4))).toEqual(asForeseen(seen));
  });

  it("of a project counts all of its prompts, in days of its time zone", async ({ expect }) => {
    const ours = await lab(BEGIN);
    // In Tokyo the day begins at 15:00 UTC.
    await changeSettings(ours.scopeAt(BEGIN), { timeZone: "Asia/Tokyo" });
    await ours.bring(after(20), { at: hourly(T0, T0 + 20 * HOUR_MS, 2), costUsd: () => 1 });
    await ours.watch(T0 + 13 * HOUR_MS, {
      kind: "budget",
      prompt: undefined,
      period: "day",
      limitUsd: 10,
      marks: [1],
    });
    await ours.ticks(after(14), after(20), HOUR_MS);
    const [first, second, ...others] = await ours.incidents(after(20));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ prompt: null, severity: "critical", state: "resolved" });
    const { evidence } = await ours.incident(first?.id ?? "", after(20));
    expect(evidence.inputs).toMatchObject({ spent: 28, periodTo: "2026-11-02T15:00:00.000Z" });
    const next = await ours.incident(second?.id ?? "", after(20));
    expect(next.openedAt).toBe(new Date(T0 + 20 * HOUR_MS).toISOString());
    expect(next.evidence.inputs).toMatchObject({ spent: 10, limitUsd: 10 });
  });
});
