import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { everyMinute } from "../../local/host/cron.ts";

beforeEach(() => vi.useFakeTimers({ now: new Date("2026-11-20T12:00:20.000Z") }));
afterEach(() => vi.useRealTimers());

const MINUTE_MS = 60_000;

describe("everyMinute", () => {
  it("ticks at full minutes", async () => {
    const seen: string[] = [];
    const stop = everyMinute(
      async (at) => void seen.push(at.toISOString()),
      () => undefined,
    );
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    await stop();
    await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
    expect(seen).toEqual(["2026-11-20T12:01:00.000Z", "2026-11-20T12:02:00.000Z"]);
  });

  it("never runs two ticks at a time, and goes on after one that failed", async () => {
    let running = 0;
    let most = 0;
    let ticks = 0;
    const failures: unknown[] = [];
    const stop = everyMinute(
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 90_000));
        running--;
        if (++ticks === 1) throw new Error("first");
      },
      (error) => failures.push(error),
    );
    await vi.advanceTimersByTimeAsync(6 * MINUTE_MS);
    const stopped = stop();
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    await stopped;
    expect(most).toBe(1);
    expect(ticks).toBe(3);
    expect(failures).toEqual([new Error("first")]);
  });
});
