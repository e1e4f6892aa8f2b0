import { describe, it } from "vitest";

import { readRollout, readRollouts } from "../../../src/features/rollouts/reads/actions.ts";
import { step } from "../../../src/features/rollouts/step/actions.ts";
import { openRegistry } from "../../../src/platform/db.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { type Around, crashAt, faultyD1, isCrash } from "../../support/faulty-d1.ts";
import { at, ledger, living, minute, project, serve, served, start } from "./lab.ts";

/** The same project over databases that fail as they are told; `calls` counts what reached them. */
function faulty(scope: Scope, around: Around) {
  let calls = 0;
  const counted: Around = (call) => {
    calls += 1;
    return around(call);
  };
  const DB = faultyD1(scope.env.DB, counted);
  const env = { ...scope.env, DB };
  const shards = scope.shards.map((shard) => faultyD1(shard, counted));
  return { scope: { ...scope, env, db: openRegistry(DB), shards }, calls: () => calls };
}

const LATENCY = { guardrails: [{ metric: "latencyMs" }] };

/** A rollout that the next check promotes, or takes back. */
async function ripe(candidateMs: number) {
  const { scope } = await project({ days: 0 });
  const { id } = await start(scope, { ...LATENCY, holdback: true });
  await serve(
    at(scope, 40),
    { version: 1, n: 60, from: 3, to: 40 },
    { version: 2, n: 60, from: 3, to: 40, latencyMs: candidateMs },
  );
  return { scope: at(scope, 40), id };
}

const swallow = (error: unknown): void => {
  if (!isCrash(error)) throw error;
};

/** Everything that must be there once, whatever came between. */
async function outcome(scope: Scope, id: string) {
  const { state, because, share, events } = await readRollout(scope, id);
  const { version, split } = await served(scope);
  return {
    state,
    because,
    share,
    version,
    arms: split?.arms ?? null,
    events: events.map(({ event, reason }) => ({ event, reason })),
    ledger: (await ledger(scope)).map(({ from, to, cause }) => [from, to, cause?.["event"]]),
  };
}

describe("a run that is cut short", () => {
  it.for([
    { candidateMs: 1000, state: "promoted", every: 2 },
    { candidateMs: 1500, state: "rolled_back", every: 5 },
  ])(
    "after any call ends in the same as one that is not: $state",
    async ({ candidateMs, state, every }, { expect }) => {
      const whole = await ripe(candidateMs);
      const counting = faulty(whole.scope, (call) => call());
      await step(counting.scope, await living(whole.scope));
      const expected = await outcome(whole.scope, whole.id);
      expect(expected.state).toBe(state);
      expect(counting.calls()).toBeGreaterThan(6);

      for (let number = 1; number < counting.calls(); number += every) {
        const { scope, id } = await ripe(candidateMs);
        const row = await living(scope);
        await step(faulty(scope, crashAt(number, "after")).scope, row).catch(swallow);
        await minute(at(scope, 41), id);
        await minute(at(scope, 42), id);
        expect(await outcome(scope, id), `after call ${number}`).toEqual(expected);
      }
    },
  );

  it("while it starts leaves a rollout that goes on, or none", async ({ expect }) => {
    const whole = await project({ days: 0 });
    const counting = faulty(whole.scope, (call) => call());
    await start(counting.scope, LATENCY);
    let goneOn = 0;
    for (let number = 0; number < counting.calls(); number += 4) {
      const { scope } = await project({ days: 0 });
      await start(faulty(scope, crashAt(number, "after")).scope, LATENCY).catch(swallow);
      const [begun] = (await readRollouts(scope, { limit: 10 })).data;
      if (begun) await minute(at(scope, 1), begun.id);
      const { split } = await served(scope);
      const after = (await readRollouts(scope, { limit: 10 })).data;
      expect(after.map(({ id }) => id)).toEqual(split ? [split.owner] : []);
      if (!split) continue;
      goneOn += 1;
      const { guardrails, events } = await minute(at(scope, 2), split.owner ?? "");
      expect(guardrails[0]?.evidence).not.toBeNull();
      expect(events.filter(({ event }) => event === "started")).toHaveLength(1);
    }
    expect(goneOn).toBeGreaterThan(0);
  });
});

describe("runs at once", () => {
  it("do together what one does", async ({ expect }) => {
    const one = await ripe(1000);
    await step(one.scope, await living(one.scope));
    const { scope, id } = await ripe(1000);
    const row = await living(scope);
    await Promise.all([1, 2, 3, 4].map(() => step(scope, row)));
    expect(await outcome(scope, id)).toEqual(await outcome(one.scope, one.id));
  });

  it("with what was read long ago change nothing", async ({ expect }) => {
    const { scope, id } = await ripe(1000);
    const row = await living(scope);
    await minute(scope, id);
    const after = await outcome(scope, id);
    await step(at(scope, 41), row);
    expect(await outcome(scope, id)).toEqual(after);
  });
});
