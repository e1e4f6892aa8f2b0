import { beforeEach, describe, it } from "vitest";

import { fetchDocument } from "../../../src/features/delivery/actions.ts";
import { render } from "../../../src/features/delivery/document.ts";
import { documentKey } from "../../../src/features/delivery/keys.ts";
import { drain, type Drainer } from "../../../src/features/delivery/publish/actions.ts";
import { serveArm } from "../../../src/features/delivery/split/actions.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { createVersion } from "../../../src/features/prompts/actions.ts";
import { CreatePrompt } from "../../../src/features/prompts/contract.ts";
import {
  endSplit,
  findPrompt,
  moveLabel,
  putSplit,
  readVersion,
} from "../../../src/features/prompts/index.ts";
import { labelDocument } from "../../../src/features/prompts/model.ts";
import { Refusal } from "../../../src/platform/errors.ts";
import type { Scope } from "../../../src/platform/scope.ts";
import { seeded } from "../../support/faulty-d1.ts";
import { faultyKv } from "../../support/faulty-kv.ts";
import { freshScope } from "../../support/scope.ts";

const AT = { name: "p", label: "production" };
const SPEED = 20;

beforeEach(forgetAll);

/** What KV must have beside each label's document. */
async function expected(scope: Scope): Promise<[string, unknown][]> {
  const prompt = await findPrompt(scope, AT.name);
  const labels = (prompt?.versions ?? []).flatMap((version) => version.labels);
  return Promise.all(
    labels.map(async (label): Promise<[string, unknown]> => {
      const ref = labelDocument(AT.name, label);
      const stored = await readVersion(scope, ref);
      if (!stored) throw new Error(`${label} is gone`);
      const { body: _body, ...metadata } = await render(scope.projectId, stored);
      return [await documentKey(scope.projectId, ref), metadata];
    }),
  );
}

/** Refusals are what rivals may get; anything else is a fault. */
async function orRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

describe("splits under a KV that lags, caches misses, refuses and fails", () => {
  it("are in KV as in D1 once 40 rivals have started, changed, ended and overrun them, and the drains fall silent", async ({
    expect,
  }) => {
    const random = seeded(7);
    const began = Date.now();
    const nowMs = () => began + (Date.now() - began) * SPEED;
    const clock = () => new Date(nowMs());
    const wait = (ms: number) => scheduler.wait(ms / SPEED);
    const faulty = faultyKv({
      lagMs: 60_000,
      missMs: 30_000,
      spacingMs: 1_000,
      failing: 0.1,
      random,
      clock: nowMs,
      pause: () => scheduler.wait(random() * 10),
    });
    const scope = freshScope();
    const drainer: Drainer = { db: scope.db, kv: faulty.kv, clock, wait };
    const own = { project: scope.projectId, budgetMs: 20_000 };
    for (const version of [1, 2, 3]) {
      const labels = version === 1 ? [AT.label] : [];
      await createVersion(
        scope,
        CreatePrompt.parse({ name: AT.name, prompt: `text ${version}`, labels }),
      );
    }
    await drain(drainer, own);

    const acts = [
      (weight: number) =>
        putSplit(scope, AT, {
          arms: [1, 2, 3].map((version) => ({
            version,
            weight: version === 1 ? weight : version === 2 ? 10_000 - weight : 0,
          })),
        }),
      () => endSplit(scope, AT, null),
      (weight: number) =>
        moveLabel(scope, AT, {
          version: 1 + (weight % 3),
          reason: null,
          expected: [],
          force: true,
        }),
    ];
    const served: { version: number; prompt: string }[] = [];
    async function rival(turn: number): Promise<void> {
      await wait(random() * 10_000);
      const weight = Math.floor(random() * 10_001);
      const act = acts[Math.floor(random() * acts.length)] ?? acts[0];
      if (act) await orRefused(act(weight));
      const draining = drain(drainer, own);
      const reader = { ...scope, env: { ...scope.env, PROMPTS: faulty.kv }, now: clock() };
      const document = await fetchDocument(reader, labelDocument(AT.name, AT.label));
      if (document) {
        const draw = { targetingKey: `user-${turn}` };
        const arm = await serveArm(reader, AT.name, { document, draw }, fetchDocument);
        const text = new TextDecoder().decode(arm.document.body);
        served.push(JSON.parse(text) as { version: number; prompt: string });
      }
      await draining;
    }
    await Promise.all(Array.from({ length: 40 }, (_, turn) => rival(turn)));
    for (let minute = 0; (await drain(drainer, own)).more && minute < 20; minute++) {
      await wait(60_000);
    }

    const kept = faulty.settledMetadata();
    for (const [key, metadata] of await expected(scope)) expect(kept.get(key)).toEqual(metadata);
    expect(faulty.counts.failed).toBeGreaterThan(0);
    expect(served.length).toBeGreaterThan(20);
    // Whatever was drawn while all of that went on: a body that was published.
    for (const { version, prompt } of served) expect(prompt).toBe(`text ${version}`);
  });
});
