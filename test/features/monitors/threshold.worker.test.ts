import { describe, it } from "vitest";

import { acknowledge, resolve } from "../../../src/features/monitors/incidents/actions.ts";
import { DAY_MS, evenly, HOUR_MS, hourly, lab, MINUTE_MS, PROMPT } from "./lab.ts";

const BEGIN = new Date("2026-11-02T00:00:00.000Z");
const T0 = BEGIN.getTime();
/** When a window that ends at an hour can be looked at. */
const after = (hours: number): number => T0 + hours * HOUR_MS + 3 * MINUTE_MS;

const SLOW = { kind: "threshold", metric: "latencyMs", statistic: "p50", above: 2000 };

/** Latencies hour by hour, 60 an hour. */
const hoursOf = (latencies: readonly (number | null)[], version = 1) =>
  latencies.flatMap((latencyMs, hour) =>
    latencyMs === null
      ? []
      : [
          {
            version,
            at: hourly(T0 + hour * HOUR_MS, T0 + (hour + 1) * HOUR_MS, 60),
            // A spread of 10 %: the interval is no point.
            latencyMs: (i: number) => latencyMs * (0.9 + (0.2 * ((i * 7) % 60)) / 60),
          },
        ],
  );

describe("a threshold", () => {
  it("opens on evidence, reminds, and ends after three windows well below", async ({ expect }) => {
    const ours = await lab(BEGIN);
    const { id } = await ours.watch(T0, { ...SLOW, renotifyHours: 2 });
    const hours = [1000, 3000, 3000, 3000, 1000, 1000, 1000, 1000];
    await ours.bring(after(8), ...hoursOf(hours));
    const phases: string[] = [];
    for (let hour = 1; hour <= 8; hour++) {
      await ours.tick(after(hour));
      phases.push((await ours.monitor(id, after(hour))).phase ?? "none");
    }
    expect(phases).toEqual([
      "ok",
      "firing",
      "firing",
      "firing",
      "firing",
      "firing",
      "resolved",
      "ok",
    ]);
    const [incident, ...others] = await ours.incidents(after(8));
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      state: "resolved",
      severity: "warning",
      prompt: PROMPT,
      version: 1,
      openedAt: new Date(T0 + 2 * HOUR_MS).toISOString(),
      resolvedAt: new Date(T0 + 7 * HOUR_MS).toISOString(),
    });
    expect(incident?.summary).toContain("latencyMs p50 of support/greet v1 is");
    const detail = await ours.incident(incident?.id ?? "", after(8));
    expect(detail.history.map(({ event }) => event)).toEqual([
      "opened",
      "reminded",
      "reminded",
      "resolved",
    ]);
    const [finding] = detail.evidence.findings;
    expect(finding).toMatchObject({ n: 60, limit: 2000, verdict: "beyond", unit: "ms" });
    expect(Math.abs((finding?.value ?? 0) / 3000 - 1)).toBeLessThan(0.03);
    expect(finding?.interval?.low).toBeGreaterThan(2000);
    expect(detail.evidence.rule).toMatchObject(SLOW);
    expect(detail.links.generations).toContain("promptVersion=1");
    expect(detail.rollback).toMatchObject({ possible: false });
  });

  it("does not open for a point over the line whose interval reaches below it", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN);
    const { id } = await ours.watch(T0, SLOW);
    await ours.bring(after(3), ...hoursOf([2030, 2030, 2030]));
    await ours.ticks(after(1), after(3), HOUR_MS);
    expect(await ours.incidents(after(3))).toEqual([]);
    expect((await ours.monitor(id, after(3))).phase).toBe("pending");
  });

  it("says no data after three windows without enough of it, and goes on firing meanwhile", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN);
    const { id } = await ours.watch(T0, { ...SLOW, version: 1 });
    await ours.bring(after(6), ...hoursOf([3000, null, null, null, 3000, 1000]));
    await ours.ticks(after(1), after(4), HOUR_MS);
    expect((await ours.monitor(id, after(4))).phase).toBe("no data");
    await ours.ticks(after(5), after(6), HOUR_MS);
    expect((await ours.monitor(id, after(6))).phase).toBe("firing");
    expect(await ours.incidents(after(6))).toHaveLength(1);
  });

  it("judges a window once, however often and late it is looked at", async ({ expect }) => {
    const ours = await lab(BEGIN);
    const { id } = await ours.watch(T0, { ...SLOW, renotifyHours: 1 });
    await ours.bring(after(4), ...hoursOf([1000, 3000, 3000, 3000]));
    // Two consumers at once, again, and nothing was looked at for hours before.
    await Promise.all([ours.tick(after(3)), ours.tick(after(3)), ours.tick(after(3))]);
    await ours.tick(after(3));
    const [incident, ...others] = await ours.incidents(after(3));
    expect(others).toEqual([]);
    const { history } = await ours.incident(incident?.id ?? "", after(3));
    expect(history.map(({ event }) => event)).toEqual(["opened", "reminded"]);
    expect((await ours.monitor(id, after(3))).evaluatedTo).toBe(
      new Date(T0 + 3 * HOUR_MS).toISOString(),
    );
  });

  it("watches each version that is used, apart, and forgets one that is not any more", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN, { versions: 2 });
    const { id } = await ours.watch(T0, SLOW);
    const gone = Array.from({ length: 27 }, () => 1000);
    await ours.bring(after(27), ...hoursOf([3000]), ...hoursOf(gone, 2));
    await ours.tick(after(1));
    const { states } = await ours.monitor(id, after(1));
    expect(states.map(({ version, phase }) => [version, phase])).toEqual([
      [1, "firing"],
      [2, "ok"],
    ]);
    await ours.tick(after(24));
    expect(await ours.incidents(after(24))).toMatchObject([{ version: 1, state: "open" }]);
    await ours.tick(after(26));
    expect(await ours.incidents(after(26))).toMatchObject([
      { version: 1, state: "resolved", resolution: "it had no traffic for a day" },
    ]);
    expect((await ours.monitor(id, after(26))).states.map(({ version }) => version)).toEqual([2]);
  });

  it("of a label ends when the label moves on", async ({ expect }) => {
    const ours = await lab(BEGIN, { versions: 2 });
    await ours.watch(T0, { ...SLOW, label: "production" });
    await ours.bring(after(3), ...hoursOf([3000, 3000, 3000]), ...hoursOf([3000, 1000, 1000], 2));
    await ours.tick(after(1));
    expect(await ours.incidents(after(1))).toMatchObject([
      { version: 1, label: "production", state: "open" },
    ]);
    await ours.deploy(T0 + 1.5 * HOUR_MS, 2);
    await ours.tick(after(2));
    expect(await ours.incidents(after(2))).toMatchObject([{ version: 1, state: "resolved" }]);
  });

  it("is not told again once acknowledged; resolved by hand it opens anew while it is beyond", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN);
    await ours.watch(T0, { ...SLOW, renotifyHours: 1 });
    await ours.bring(after(6), ...hoursOf([3000, 3000, 3000, 3000, 3000, 3000]));
    await ours.tick(after(1));
    const [first] = await ours.incidents(after(1));
    await acknowledge(ours.scopeAt(new Date(after(1))), first?.id ?? "", "looking");
    await ours.ticks(after(2), after(3), HOUR_MS);
    const told = await ours.incident(first?.id ?? "", after(3));
    expect(told.history.map(({ event }) => event)).toEqual(["opened", "acknowledged"]);
    await resolve(ours.scopeAt(new Date(after(3))), first?.id ?? "", null);
    await ours.tick(after(4));
    const all = await ours.incidents(after(4));
    expect(all.map(({ state }) => state)).toEqual(["resolved", "open"]);
  });

  it("looks only in its active hours", async ({ expect }) => {
    const ours = await lab(BEGIN);
    await ours.watch(T0, { ...SLOW, activeHours: { from: "03:00", to: "05:00" } });
    await ours.bring(after(5), ...hoursOf([3000, 3000, 1000, 3000, 3000]));
    await ours.tick(after(3));
    expect(await ours.incidents(after(3))).toEqual([]);
    await ours.tick(after(4));
    expect(await ours.incidents(after(4))).toMatchObject([
      { openedAt: new Date(T0 + 4 * HOUR_MS).toISOString() },
    ]);
  });

  it("previews what it would do: the same instants as live, from the same windows", async ({
    expect,
  }) => {
    const hours = [
      1000,
      3000,
      3000,
      1000,
      1000,
      1000,
      1000,
      3000,
      null,
      null,
      null,
      1000,
      1000,
      1000,
      2500,
      900,
    ];
    const ours = await lab(BEGIN);
    const rule = { ...SLOW, renotifyHours: 1, version: 1 };
    await ours.bring(after(16), ...hoursOf(hours));
    const preview = await ours.preview(after(16), rule, 1);
    await ours.watch(T0, rule);
    await ours.ticks(after(1), after(16), HOUR_MS);
    const incidents = await ours.incidents(after(16));
    const histories = await Promise.all(incidents.map(({ id }) => ours.incident(id, after(16))));
    expect(preview.firings).toEqual(
      incidents.map((incident, i) => ({
        version: 1,
        deployment: null,
        severity: "warning",
        openedAt: incident.openedAt,
        resolvedAt: incident.resolvedAt,
        reminders: histories[i]?.history.filter(({ event }) => event === "reminded").length,
        summary: incident.summary,
      })),
    );
    expect(preview.fired).toBe(3);
    expect(preview.says).toBe("It would have fired 3 times in the last day.");
    expect(preview.series).toHaveLength(1);
    const points = preview.series[0]?.points ?? [];
    expect(points.at(-15)).toMatchObject({ n: 60, limit: 2000, phase: "firing" });
    expect(points.at(-7)).toMatchObject({ n: 0, value: null, low: null });
  });

  it("counts failures in short windows, from buckets of five minutes", async ({ expect }) => {
    const ours = await lab(BEGIN);
    await ours.watch(T0, {
      kind: "threshold",
      metric: "errors",
      statistic: "rate",
      above: 0.2,
      windowMinutes: 5,
      severity: "critical",
    });
    await ours.bring(T0 + HOUR_MS, {
      at: evenly(T0 + 10 * MINUTE_MS, T0 + 15 * MINUTE_MS, 40),
      failed: (i) => i % 2 === 0,
    });
    await ours.tick(T0 + 18 * MINUTE_MS);
    const [incident] = await ours.incidents(T0 + HOUR_MS);
    expect(incident).toMatchObject({
      severity: "critical",
      openedAt: new Date(T0 + 15 * MINUTE_MS).toISOString(),
    });
    const { evidence } = await ours.incident(incident?.id ?? "", T0 + HOUR_MS);
    // Wilson, 20 of 40: 0.3520 to 0.6480 (statsmodels 0.14 proportion_confint).
    expect(evidence.findings[0]?.interval?.low).toBeCloseTo(0.352, 3);
    expect(evidence.findings[0]?.interval?.high).toBeCloseTo(0.648, 3);
    expect(evidence.inputs).toMatchObject({ successes: 20, trials: 40 });
  });

  it("of a fine window is previewed for the days that its buckets live, and says so", async ({
    expect,
  }) => {
    const ours = await lab(BEGIN);
    const preview = await ours.preview(T0 + 40 * DAY_MS, { ...SLOW, windowMinutes: 5 }, 30);
    expect(preview.note).toContain("3 days");
    expect(preview).toMatchObject({ fired: 0, windows: 0 });
  });
});
