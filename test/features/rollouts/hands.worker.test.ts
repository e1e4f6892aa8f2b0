import { describe, it } from "vitest";

import { putAb } from "../../../src/features/comparisons/ab/actions.ts";
import { PutAb } from "../../../src/features/comparisons/ab/contract.ts";
import { removeVersions } from "../../../src/features/prompts/actions.ts";
import { endSplit, moveLabel, putSplit } from "../../../src/features/prompts/index.ts";
import { handRollout, noticeChange } from "../../../src/features/rollouts/actions.ts";
import { readRollout, readRollouts } from "../../../src/features/rollouts/reads/actions.ts";
import {
  at,
  ledger,
  living,
  minute,
  project,
  PROMPT,
  serve,
  served,
  splitOf,
  start,
} from "./lab.ts";

const PRODUCTION = { name: PROMPT, label: "production" };

describe("nothing goes forward", () => {
  it("while the arms do not get their shares, until somebody resumes with evidence anew", async ({
    expect,
  }) => {
    const { scope } = await project();
    const { id } = await start(scope);
    await serve(
      at(scope, 40),
      { version: 1, n: 500, from: 3, to: 40 },
      { version: 2, n: 250, from: 3, to: 40 },
    );
    const held = await minute(at(scope, 40), id);
    expect(held).toMatchObject({ state: "held", share: 50, sampleRatio: { mismatch: true } });
    expect(held.because).toContain("did not get the shares");
    await serve(at(scope, 60), { version: 2, n: 250, from: 41, to: 60 });
    expect((await minute(at(scope, 60), id)).state).toBe("held");

    const resumed = await handRollout(at(scope, 61), id, "resume", {
      reason: "the sender is mended",
    });
    expect(resumed.state).toBe("running");
    await serve(
      at(scope, 100),
      { version: 1, n: 100, from: 62, to: 100 },
      { version: 2, n: 100, from: 62, to: 100 },
    );
    const done = await minute(at(scope, 100), id);
    expect(done.sampleRatio).toMatchObject({ control: 100, candidate: 100, mismatch: false });
    expect(done.state).toBe("promoted");
    expect(done.events.map(({ event }) => event)).toEqual([
      "started",
      "held",
      "resumed",
      "promoted",
    ]);
  });

  it("while nothing comes, and goes on by itself when something does", async ({ expect }) => {
    const { scope } = await project();
    const { id } = await start(scope, { stages: [{ share: 50, minMinutes: 600 }] });
    await serve(at(scope, 10), { version: 1, n: 10, from: 3, to: 10 });
    expect((await minute(at(scope, 10), id)).state).toBe("running");
    expect((await minute(at(scope, 81), id)).state).toBe("running");
    const held = await minute(at(scope, 83), id);
    expect(held).toMatchObject({ state: "held", share: 50 });
    expect(held.because).toBe("No generation of either version came for 72 minutes");
    await serve(at(scope, 90), { version: 1, n: 1, from: 88, to: 89 });
    const released = await minute(at(scope, 90), id);
    expect(released).toMatchObject({ state: "running", because: null });
    expect(released.events.at(-1)?.event).toBe("released");
  });

  it("while it is paused, but proven harm still takes the candidate back", async ({ expect }) => {
    const { scope } = await project();
    const { id } = await start(scope);
    await serve(
      at(scope, 40),
      { version: 1, n: 100, from: 3, to: 40 },
      { version: 2, n: 100, from: 3, to: 40 },
    );
    const paused = await handRollout(at(scope, 39), id, "pause", { reason: "release freeze" });
    expect(paused).toMatchObject({ state: "paused", because: "release freeze", share: 50 });
    await expect(handRollout(at(scope, 39), id, "pause", {})).rejects.toThrow("paused already");
    expect((await minute(at(scope, 40), id)).state).toBe("paused");
    expect((await handRollout(at(scope, 50), id, "resume", {})).state).toBe("running");
    await handRollout(at(scope, 50), id, "pause", {});
    await serve(at(scope, 60), { version: 2, n: 100, from: 50, to: 60, failing: 1 });
    await serve(at(scope, 60), { version: 1, n: 100, from: 50, to: 60 });
    expect((await minute(at(scope, 60), id)).state).toBe("rolled_back");
  });
});

describe("a person", () => {
  it("aborts: the label serves the control, with the person's reason in the ledger", async ({
    expect,
  }) => {
    const { scope } = await project();
    const { id } = await start(scope);
    const by = { ...at(scope, 5), actor: { kind: "key" as const, id: "key_ann" } };
    const aborted = await handRollout(by, id, "abort", { reason: "wrong version" });
    expect(aborted).toMatchObject({ state: "aborted", because: "wrong version", isLive: false });
    expect(aborted.events.at(-1)).toMatchObject({
      event: "aborted",
      actor: { kind: "key", id: "key_ann" },
    });
    expect(await served(scope)).toMatchObject({ version: 1, split: undefined });
    expect((await ledger(scope)).at(-1)).toMatchObject({
      actor: "key",
      reason: `Rollout ${id} aborted: wrong version`,
    });
    await expect(handRollout(by, id, "resume", {})).rejects.toThrow("it is over");
  });

  it("promotes; a holdback keeps the old version for a while, then ends by itself", async ({
    expect,
  }) => {
    const { scope } = await project();
    const { id } = await start(scope, { holdback: true });
    const done = await handRollout(at(scope, 5), id, "promote", {});
    expect(done).toMatchObject({ state: "promoted", isLive: true, share: 95 });
    expect(done.holdback?.until).toBe(at(scope, 5 + 24 * 60).now.toISOString());
    expect(await served(scope)).toMatchObject({
      version: 2,
      split: {
        owner: id,
        arms: [
          { version: 2, weight: 9500 },
          { version: 1, weight: 500 },
        ],
      },
    });
    await minute(at(scope, 24 * 60), id);
    expect((await served(scope)).split).toBeDefined();
    const over = await minute(at(scope, 24 * 60 + 6), id);
    expect(over).toMatchObject({ state: "promoted", isLive: false, share: 100 });
    expect(over.events.at(-1)?.event).toBe("holdback_ended");
    expect(await served(scope)).toMatchObject({ version: 2, split: undefined });
  });

  it("may not touch the label, its split or its versions but by force, which aborts", async ({
    expect,
  }) => {
    const { scope } = await project();
    const terms = { reason: null, expected: [] };
    const arms = [
      { version: 1, weight: 1000 },
      { version: 3, weight: 9000 },
    ];
    const ways: [(force: boolean) => Promise<unknown>, string][] = [
      [
        (force) => moveLabel(scope, PRODUCTION, { version: 3, ...terms, force }),
        "Label production was moved to version 3 by hand",
      ],
      [(force) => endSplit(scope, PRODUCTION, null, { force }), "Its split was ended by hand"],
      [
        (force) => putSplit(scope, PRODUCTION, { arms }, { force }),
        "Its split was taken over by hand",
      ],
      [
        (force) => removeVersions(scope, PROMPT, { version: 2 }, { force }),
        "Its split was ended by hand",
      ],
    ];
    for (const [way, because] of ways) {
      const { id } = await start(scope);
      await expect(way(false)).rejects.toThrow(/rollout rol_\w+/);
      expect((await splitOf(scope))?.owner).toBe(id);
      await way(true);
      const left = await served(scope);
      await noticeChange(scope);
      expect(await readRollout(scope, id)).toMatchObject({
        state: "aborted",
        because,
        isLive: false,
      });
      expect(await served(scope)).toEqual(left);
      if (left.split) await endSplit(scope, PRODUCTION, null);
      if (left.version !== 1) await moveLabel(scope, PRODUCTION, { version: 1, ...terms });
    }
  });

  it("needs the scope admin where the label is protected, except to pause", async ({ expect }) => {
    const { scope } = await project();
    await scope.env.DB.prepare("UPDATE project SET settings = ? WHERE num = ?")
      .bind(JSON.stringify({ protectedLabels: ["production"] }), scope.tenant)
      .run();
    const writer = { ...scope, grants: ["read", "write"] as const };
    await expect(start(writer)).rejects.toMatchObject({ code: "forbidden" });
    expect((await readRollouts(scope, { limit: 10 })).data).toEqual([]);
    const { id } = await start(scope);
    for (const hand of ["abort", "promote", "resume"] as const) {
      await expect(handRollout(writer, id, hand, {})).rejects.toMatchObject({ code: "forbidden" });
    }
    expect((await handRollout(writer, id, "pause", {})).state).toBe("paused");
  });
});

describe("one label has one thing at a time", () => {
  it("no second rollout, no rollout beside a split or an A/B test, no A/B test beside a rollout", async ({
    expect,
  }) => {
    const { scope } = await project();
    const test = PutAb.parse({
      name: "t",
      label: "production",
      unit: "request",
      control: 1,
      versions: [1, 2],
      primaryMetric: "latencyMs",
    });
    await putAb(scope, PROMPT, test);
    await expect(start(scope)).rejects.toThrow("A/B test 't'");
    const other = await project();
    await start(other.scope);
    await expect(start(other.scope, { candidate: 3 })).rejects.toThrow(/rollout rol_\w+ steers/);
    await expect(putAb(other.scope, PROMPT, test)).rejects.toThrow(/rollout rol_\w+ steers/);
    const third = await project();
    await putSplit(third.scope, PRODUCTION, {
      arms: [
        { version: 1, weight: 5000 },
        { version: 2, weight: 5000 },
      ],
    });
    await expect(start(third.scope)).rejects.toThrow("is split already");
  });

  it("of rivals that start at once exactly one begins", async ({ expect }) => {
    const { scope } = await project();
    const tried = await Promise.allSettled(
      [2, 3, 2, 3].map((candidate) => start(scope, { candidate })),
    );
    expect(tried.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await readRollouts(scope, { limit: 10 })).data).toHaveLength(1);
  });

  it("is refused while the candidate has traffic of its own, but by force", async ({ expect }) => {
    const { scope } = await project();
    await serve(scope, { version: 2, n: 3, from: -30, to: -10 });
    await expect(start(scope)).rejects.toThrow("had 3 generations in environment default");
    expect((await start(scope, { environment: "staging" })).state).toBe("warming");
    await handRollout(scope, (await living(scope)).id, "abort", {});
    expect((await start(scope, { force: true })).state).toBe("warming");
  });
});
