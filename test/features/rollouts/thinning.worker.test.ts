import { describe, it } from "vitest";

import { handRollout } from "../../../src/features/rollouts/actions.ts";
import { rolloutJobs } from "../../../src/features/rollouts/jobs.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { at, minute, project, serve, START, start } from "./lab.ts";

const HOUR = 60;
const DAY = 24 * HOUR;

/** Minutes after the start at which checks are kept, and whether they turned something. */
async function kept(scope: Scope, id: string): Promise<{ at: number; turned: number }[]> {
  const { results } = await scope.env.DB.prepare(
    "SELECT (at - ?1) / 60000 AS at, turned FROM rollout_check WHERE project = ?2 AND rollout = ?3 ORDER BY at",
  )
    .bind(START.getTime(), scope.projectId, id)
    .all<{ at: number; turned: number }>();
  return results;
}

const quiet = (checks: readonly { at: number; turned: number }[]): number[] =>
  checks.filter(({ turned }) => turned === 0).map((check) => check.at);

/** A rollout that goes on for a week. */
const long = (scope: Scope) =>
  start(scope, { stages: [{ share: 50, minMinutes: 7 * DAY }], maxHours: 168 });

/** Runs the job until it finds nothing more, whoever's rollouts those are. */
async function prune(scope: Scope, minutes: number): Promise<void> {
  const job = rolloutJobs.find(({ name }) => name === "prune-checks");
  while ((await job?.run(scope.env, at(scope, minutes).now))?.more);
}

describe("checks that turned nothing", () => {
  it("are kept one an hour after three days, those that turned something all", async ({
    expect,
  }) => {
    const { scope } = await project();
    const { id } = await long(scope);
    await serve(at(scope, 2), { version: 1, n: 1, from: 1, to: 2 });
    // Warm after ten minutes, held after 72 without a call.
    for (const minutes of [1, 2, 3, 11, 30, 65, 70, 74, 100, 125])
      await minute(at(scope, minutes), id);
    const before = await kept(scope, id);
    expect(before.map((check) => check.at)).toEqual([1, 2, 3, 11, 30, 65, 70, 74, 100, 125]);
    const turned = before.filter((check) => check.turned === 1);
    expect(turned.map((check) => check.at)).toEqual([11, 74]);
    await minute(at(scope, 3 * DAY + HOUR), id);
    expect(quiet(await kept(scope, id))).toEqual([1, 65, 70, 100, 125, 3 * DAY + HOUR]);
    await minute(at(scope, 3 * DAY + 3 * HOUR), id);
    const after = await kept(scope, id);
    expect(quiet(after)).toEqual([1, 65, 125, 3 * DAY + HOUR, 3 * DAY + 3 * HOUR]);
    expect(after.filter((check) => check.turned === 1)).toEqual(turned);
  });

  it("go thirty days after the end, of this rollout and of no other", async ({ expect }) => {
    const { scope } = await project();
    const other = await project();
    const [{ id }, living] = [await long(scope), await long(other.scope)];
    for (const minutes of [1, 2, 11, 12]) {
      await minute(at(scope, minutes), id);
      await minute(at(other.scope, minutes), living.id);
    }
    await handRollout(at(scope, 13), id, "abort", {});
    expect(quiet(await kept(scope, id))).toEqual([1, 2, 12]);
    await prune(scope, 30 * DAY);
    expect(quiet(await kept(scope, id))).toEqual([1, 2, 12]);
    await prune(scope, 30 * DAY + 14);
    const left = await kept(scope, id);
    expect(left.map((check) => check.at)).toEqual([11]);
    expect(quiet(await kept(other.scope, living.id))).toEqual([1, 2, 12]);
  });
});
