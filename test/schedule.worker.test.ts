import { describe, it } from "vitest";

import type { Job } from "../src/platform/job.ts";
import { dueJobs, runJobs } from "../src/schedule.ts";
import { testEnv } from "./support/env.ts";

const job = (
  name: string,
  everyMinutes: number,
  run: Job["run"] = async () => ({ more: false }),
): Job => ({
  name,
  everyMinutes,
  run,
});
const at = (text: string) => new Date(`2026-11-20T${text}Z`);
const names = (jobs: Job[]) => jobs.map(({ name }) => name);

describe("schedule", () => {
  const all = [job("minutely", 1), job("hourly", 60), job("daily", 1440)];

  it("runs what fell due since the last time, once", ({ expect }) => {
    expect(names(dueJobs(all, at("10:00:10"), at("10:00:50")))).toEqual([]);
    expect(names(dueJobs(all, at("10:00:10"), at("10:01:00")))).toEqual(["minutely"]);
    expect(names(dueJobs(all, at("10:59:59"), at("11:00:00")))).toEqual(["minutely", "hourly"]);
    expect(names(dueJobs(all, at("10:00:00"), new Date("2026-11-22T01:00:00Z")))).toEqual([
      "minutely",
      "hourly",
      "daily",
    ]);
  });

  it("goes on with the other jobs when one fails, and again while there is more, within bounds", async ({
    expect,
  }) => {
    let runs = 0;
    const jobs = [
      job("bad", 1, () => Promise.reject(new Error("planned"))),
      job("long", 1, async () => ({ more: ++runs < 10 })),
    ];
    expect(await runJobs(jobs, testEnv(), at("10:00:00"))).toEqual({ failed: ["bad"] });
    expect(runs).toBe(1);
    await runJobs(jobs, testEnv(), at("10:01:00"), 100);
    expect(runs).toBe(10);
  });
});
