import { describe, it } from "vitest";

import { keepDay, readDays } from "../../../../src/features/reports/days/actions.ts";
import { findDay } from "../../../../src/features/reports/days/store.ts";
import { readGroupedCells } from "../../../../src/features/rollups/index.ts";
import { type Cell, encodeCell, slotOf } from "../../../../src/features/rollups/model.ts";
import { type LocalDay, localDays } from "../../../../src/lib/time/zone.ts";
import { openRegistry } from "../../../../src/platform/db.ts";
import type { Scope } from "../../../../src/platform/scope.ts";
import { Crash, crashAt, faultyD1 } from "../../../support/faulty-d1.ts";
import { freshScope } from "../../../support/scope.ts";
import { lab, plant, type Planted } from "../lab.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const at = (scope: Scope, ms: number): Scope => ({ ...scope, now: new Date(ms) });

/** A generation every eleven minutes from an instant to another, of two versions and environments. */
function stream(fromMs: number, toMs: number, prompt = "greet"): Planted[] {
  const made: Planted[] = [];
  for (let ms = fromMs, i = 0; ms < toMs; ms += 11 * MINUTE_MS, i++) {
    made.push({
      prompt,
      version: 1 + (i % 2),
      atMs: ms,
      environment: i % 3 === 0 ? "staging" : "production",
      latencyMs: 100 + ((i * 7919) % 1000),
      costUsd: i % 5 === 0 ? 0 : 0.001 * (i % 7),
      outputTokens: i % 90,
      failed: i % 13 === 0,
      quality: (i % 10) / 10,
      helpful: i % 4 === 0,
    });
  }
  return made;
}

/** What was planted on a day, version by version, in the words that can be counted by hand. */
function countedByHand(all: readonly Planted[], { fromMs, toMs }: LocalDay, version: number) {
  const of = all.filter((one) => one.version === version && one.atMs >= fromMs && one.atMs < toMs);
  const sum = (amount: (one: Planted) => number): bigint =>
    of.reduce((total, one) => total + BigInt(Math.round(amount(one))), 0n);
  return {
    n: of.length,
    errors: of.filter(({ failed }) => failed).length,
    latency: sum(({ latencyMs = 0 }) => latencyMs * 1e3),
    cost: sum(({ costUsd = 0 }) => costUsd * 1e9),
    fastest: Math.min(...of.map(({ latencyMs = 0 }) => latencyMs)) * 1e3,
    helpful: of.filter(({ helpful }) => helpful).length,
  };
}

const shown = (cell: Cell | undefined) => {
  const scores = [...(cell?.metrics ?? [])].find(([metric]) => metric.includes("BOOLEAN"))?.[1];
  return {
    n: cell?.n,
    errors: cell?.errors,
    latency: cell?.metrics.get("latency")?.sum,
    cost: cell?.metrics.get("cost")?.sum,
    fastest: cell?.metrics.get("latency")?.min,
    helpful: scores?.categories.get("True") ?? 0,
  };
};

/** The sums of a day's 5-minute buckets alone, by version. */
const fromFiveMinutes = (scope: Scope, { fromMs, toMs }: LocalDay): Promise<Map<number, Cell>> =>
  readGroupedCells(
    scope,
    {
      prompt: "greet",
      versions: [1, 2],
      ranges: [{ level: 0, from: slotOf(0, fromMs * 1000), to: slotOf(0, toMs * 1000) }],
      filter: { environment: null, model: null },
    },
    ({ version }) => version,
  );

const GREET = { prompt: "greet", stored: [1, 2] };

const ZONES: [name: string, timeZone: string, date: string, hours: number][] = [
  ["a day of 25 hours", "Europe/Berlin", "2026-10-25", 25],
  ["a day of 23 hours", "Europe/Berlin", "2026-03-29", 23],
  ["a day that begins at half an hour", "Asia/Kolkata", "2026-11-18", 24],
];

describe("a local day", () => {
  it.for(ZONES)(
    "is kept as its 5-minute buckets have it: %s",
    async ([, zone, date, hours], { expect }) => {
      const [day] = localDays(zone, date, date);
      if (!day) throw new Error("no such day");
      expect((day.toMs - day.fromMs) / HOUR_MS).toBe(hours);
      const scope = freshScope(new Date(day.toMs + 2 * HOUR_MS));
      // Before, on and after the day, so that its edges have neighbours.
      const planted = stream(day.fromMs - 5 * HOUR_MS, day.toMs + HOUR_MS);
      await plant(scope, planted);
      const living = await readDays(scope, GREET, [day]);
      const fine = await fromFiveMinutes(scope, day);

      expect(await keepDay(scope, day)).toEqual({ more: false });
      // Months later, when neither 5 minutes nor hours are left.
      const later = at(scope, day.toMs + 200 * DAY_MS);
      await Promise.all(
        scope.shards.map((shard) =>
          shard
            .prepare("DELETE FROM bucket WHERE project = ? AND level < 2")
            .bind(scope.tenant)
            .run(),
        ),
      );
      const kept = await readDays(later, GREET, [day]);
      expect(kept.isExact).toBe(true);
      for (const version of [1, 2]) {
        const cell = kept.days[0]?.get(version);
        expect(shown(cell), `version ${version}`).toEqual(countedByHand(planted, day, version));
        expect(shown(fine.get(version))).toEqual(shown(cell));
        expect(cell && encodeCell(cell)).toBe(
          encodeCell(
            living.days[0]?.get(version) ?? { n: 0, errors: 0, minutes: [], metrics: new Map() },
          ),
        );
      }
    },
  );

  it("that was not kept is rounded to hours when its 5 minutes are gone, and says so", async ({
    expect,
  }) => {
    const [day] = localDays("Asia/Kolkata", "2026-11-18", "2026-11-18");
    if (!day) throw new Error("no such day");
    const scope = freshScope(new Date(day.toMs + 2 * HOUR_MS));
    await plant(scope, stream(day.fromMs - HOUR_MS, day.toMs + HOUR_MS));
    const exact = await readDays(scope, GREET, [day]);
    const rounded = await readDays(at(scope, day.toMs + 5 * DAY_MS), GREET, [day]);
    expect([exact.isExact, rounded.isExact]).toEqual([true, false]);
    const count = ({ days }: typeof exact): number =>
      [...(days[0]?.values() ?? [])].reduce((sum, { n }) => sum + n, 0);
    expect(Math.abs(count(exact) - count(rounded))).toBeLessThanOrEqual(6);
    expect(count(rounded)).toBeGreaterThan(0);
  });

  it("is kept again for what came late, and loses versions that lost all of theirs", async ({
    expect,
  }) => {
    const [day] = localDays("Asia/Kolkata", "2026-11-18", "2026-11-18");
    if (!day) throw new Error("no such day");
    const early = freshScope(new Date(day.toMs + 2 * HOUR_MS));
    const late = at(early, day.fromMs + 65 * HOUR_MS);
    await plant(early, stream(day.fromMs, day.toMs));
    await keepDay(early, day);
    // Version 2 goes, version 3 comes late.
    await Promise.all(
      early.shards.map((shard) =>
        shard
          .prepare("DELETE FROM bucket WHERE project = ? AND version = 2")
          .bind(early.tenant)
          .run(),
      ),
    );
    await plant(late, [{ version: 3, atMs: day.fromMs + HOUR_MS, latencyMs: 5 }]);
    // Between the passes nothing is due.
    await keepDay(at(early, day.toMs + 20 * HOUR_MS), day);
    expect(await findDay(early, day)).toMatchObject({ passes: 1, after: null });
    await keepDay(late, day);
    expect(await findDay(early, day)).toMatchObject({ passes: 2, after: null });
    const all = { prompt: "greet", stored: [1, 2, 3] };
    const { days } = await readDays(at(early, day.toMs + 30 * DAY_MS), all, [day]);
    expect([...(days[0]?.keys() ?? [])].toSorted((a, b) => a - b)).toEqual([1, 3]);
  });

  it("of many versions is kept part by part, also after crashes and by two at once", async ({
    expect,
  }) => {
    const [day] = localDays("Asia/Kolkata", "2026-11-18", "2026-11-18");
    if (!day) throw new Error("no such day");
    const scope = freshScope(new Date(day.toMs + 2 * HOUR_MS));
    const names = Array.from({ length: 95 }, (_, i) => `p${String(i).padStart(2, "0")}`);
    await plant(
      scope,
      names.map((prompt, i) => ({
        prompt,
        version: 1,
        atMs: day.fromMs + i * MINUTE_MS,
        latencyMs: i + 1,
      })),
    );
    for (let crash = 0; crash < 4; crash++) {
      for (const when of ["before", "after"] as const) {
        const DB = faultyD1(scope.env.DB, crashAt(crash, when));
        const env = { ...scope.env, DB };
        await keepDay({ ...scope, env, db: openRegistry(DB) }, day).catch((error: unknown) => {
          if (
            !(error instanceof Crash) &&
            !(error instanceof Error && error.cause instanceof Crash)
          )
            throw error;
        });
      }
    }
    for (let more = true, runs = 0; more && runs < 10; runs++) {
      [{ more }] = (await Promise.all([keepDay(scope, day), keepDay(scope, day)])) as [
        { more: boolean },
        unknown,
      ];
    }
    expect(await findDay(scope, day)).toMatchObject({ passes: 1, after: null });
    const later = at(scope, day.toMs + 30 * DAY_MS);
    for (const [i, prompt] of names.entries()) {
      const { days, isExact } = await readDays(later, { prompt, stored: [1] }, [day]);
      expect(isExact).toBe(true);
      expect(days[0]?.get(1)?.metrics.get("latency")?.sum, prompt).toBe(BigInt((i + 1) * 1000));
    }
  });

  it("is asked for by cron in the project's time zone, and not where it is a bucket", async ({
    expect,
  }) => {
    const now = new Date("2026-11-20T12:00:00Z");
    const indian = await lab(now);
    await indian.ok("PATCH", "/settings", { timeZone: "Asia/Kolkata" });
    const plain = await lab(now);
    await plant(indian.scopeAt(now), stream(now.getTime() - 3 * DAY_MS, now.getTime() - HOUR_MS));
    await indian.cron(now);
    const days = indian.queued.filter(({ kind }) => kind === "local-day");
    expect(days).toMatchObject([{ date: "2026-11-18" }, { date: "2026-11-19" }]);
    await indian.drain();
    await indian.cron(now);
    // The older one is near the end of its 5-minute buckets: once more. The younger one waits for what comes late.
    expect(indian.queued).toMatchObject([{ kind: "local-day", date: "2026-11-18" }]);
    await indian.drain();
    await indian.cron(now);
    expect(indian.queued).toEqual([]);
    await plain.cron(now);
    expect(plain.queued.filter(({ kind }) => kind === "local-day")).toEqual([]);
  });
});
