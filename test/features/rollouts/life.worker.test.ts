import { describe, it } from "vitest";

import { handRollout } from "../../../src/features/rollouts/actions.ts";
import { Rollout } from "../../../src/features/rollouts/contract.ts";
import { readChecks } from "../../../src/features/rollouts/reads/actions.ts";
import { at, ledger, minute, project, serve, served, splitOf, start } from "./lab.ts";

describe("a rollout", () => {
  it("goes up its stages and promotes a candidate that is no worse", async ({ expect }) => {
    const { scope } = await project();
    const begun = await start(scope, {
      stages: [
        { share: 10, minMinutes: 30 },
        { share: 50, minMinutes: 30 },
      ],
    });
    expect(Rollout.parse(begun)).toMatchObject({
      state: "warming",
      isLive: true,
      stage: 0,
      share: 10,
      control: 1,
      candidate: 2,
    });
    expect(await splitOf(scope)).toMatchObject({
      id: begun.split,
      owner: begun.id,
      arms: [
        { version: 1, weight: 9000 },
        { version: 2, weight: 1000 },
      ],
    });

    await serve(
      at(scope, 40),
      { version: 1, n: 540, from: 3, to: 40 },
      { version: 2, n: 60, from: 3, to: 40 },
    );
    const second = await minute(at(scope, 40), begun.id);
    expect(second).toMatchObject({ state: "running", stage: 1, share: 50 });
    expect((await splitOf(scope))?.arms).toEqual([
      { version: 1, weight: 5000 },
      { version: 2, weight: 5000 },
    ]);

    await serve(
      at(scope, 75),
      { version: 1, n: 80, from: 43, to: 75 },
      { version: 2, n: 80, from: 43, to: 75 },
    );
    const done = await minute(at(scope, 75), begun.id);
    expect(done).toMatchObject({ state: "promoted", isLive: false, share: 100 });
    expect(done.events.map(({ event }) => event)).toEqual(["started", "stage_started", "promoted"]);
    expect(await served(scope)).toMatchObject({ version: 2, split: undefined });
    const rows = await ledger(scope);
    expect(rows.at(-1)).toMatchObject({ from: 1, to: 2, actor: "system" });
    expect(rows.at(-1)?.reason).toContain(begun.id);
    expect(rows.at(-2)?.cause).toMatchObject({
      event: "ended",
      owner: begun.id,
      evidence: { decision: "advance" },
    });
    const { data } = await readChecks(scope, begun.id, { limit: 10 });
    expect(data).toHaveLength(2);
  });

  it("takes back a candidate that is slower, with its evidence in the ledger", async ({
    expect,
  }) => {
    const { scope } = await project();
    const begun = await start(scope);
    await serve(
      at(scope, 20),
      { version: 1, n: 80, from: 3, to: 20 },
      { version: 2, n: 80, from: 3, to: 20, latencyMs: 1300 },
    );
    const done = await minute(at(scope, 20), begun.id);
    expect(done).toMatchObject({
      state: "rolled_back",
      because: "Proven worse by at least its margin: latencyMs",
      isLive: false,
      share: 0,
    });
    expect(await served(scope)).toMatchObject({ version: 1, split: undefined });
    const last = (await ledger(scope)).at(-1);
    expect(last).toMatchObject({ from: 1, to: 1, cause: { event: "ended" } });
    expect(last?.reason).toBe(
      `Rollout ${begun.id} rolled back: Proven worse by at least its margin: latencyMs`,
    );
    expect(done.guardrails[0]?.evidence).toMatchObject({ verdict: "harmful" });
    expect(done.guardrails[0]?.evidence?.estimate).toBeCloseTo(1.3, 2);
    await expect(handRollout(scope, begun.id, "promote", {})).rejects.toThrow("it is over");
  });
});
