import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { seeded } from "../support/faulty-d1.ts";
import { stateFolder } from "../support/instance.ts";
import { pause, until } from "./support/instance.ts";
import { type LastingInstance, lastingInstance } from "./support/lasting.ts";
import { drawTraffic, expectedOf, type KnownTrace, type Sending } from "./support/ledger.ts";

/** The full run: PROMPTSIDE_KILLS=30 PROMPTSIDE_EVENTS=20000. */
const KILLS = Number(process.env["PROMPTSIDE_KILLS"] ?? 4);
const EVENTS = Number(process.env["PROMPTSIDE_EVENTS"] ?? 2000);
const SEED = Number(process.env["PROMPTSIDE_SEED"] ?? 1);

const SENDERS = 4;
const READERS = 8;
/** Past the two minutes after which the sweep takes an object for lost. */
const SWEEP_MS = 3 * 60_000;
/** What a run may take: a restart is a few seconds, an event some milliseconds. */
const LIMIT_MS = 60_000 + KILLS * 15_000 + EVENTS * 20;

const { state, dispose } = stateFolder();
let instance: LastingInstance;
beforeAll(async () => {
  instance = await lastingInstance(state);
});
afterAll(async () => {
  await instance?.stop();
  dispose();
});

/** The answer, or undefined when the server died before it came. */
async function ask(
  path: string,
  { body, admin = false }: { body?: string; admin?: boolean } = {},
): Promise<{ status: number; json: unknown } | undefined> {
  const authorization = admin ? `Bearer ${instance.adminToken()}` : instance.authorization();
  const headers = { authorization, "content-type": "application/json" };
  try {
    const response = await fetch(`${instance.url()}${path}`, {
      ...(body === undefined ? {} : { method: "POST", body }),
      headers,
    });
    return { status: response.status, json: await response.json() };
  } catch {
    return undefined;
  }
}

const isTaken = ({ status, json }: { status: number; json: unknown }): boolean =>
  status === 200 || (status === 207 && (json as { errors: unknown[] }).errors.length === 0);

/** Sends each request until it is answered 2xx, several at a time. @returns how often in all */
async function sendAll(sendings: readonly Sending[], taken: () => void): Promise<number> {
  const waiting = sendings.values();
  let tries = 0;
  const sender = async (): Promise<void> => {
    for (const { path, body } of waiting) {
      for (;;) {
        tries++;
        const answer = await ask(path, { body });
        if (answer && isTaken(answer)) break;
        if (answer && answer.status < 500) throw new Error(JSON.stringify(answer));
        await pause(50);
      }
      taken();
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return tries;
}

async function tick(at: Date): Promise<void> {
  const body = JSON.stringify({ at: at.toISOString() });
  const answer = await ask("/api/public/admin/tick", { body, admin: true });
  expect(answer).toMatchObject({ status: 200, json: { failed: [] } });
}

/** What the rows know of a trace: every id as often as it is there. */
async function rowsOf({ id }: KnownTrace) {
  const answer = await ask(`/api/public/traces/${id}?fields=core,observations,scores`);
  if (answer?.status !== 200) return undefined;
  const { observations, scores } = answer.json as {
    observations: { id: string; promptVersion: number | null; usageDetails: object }[];
    scores: { id: string; value: number }[];
  };
  return {
    observations: observations.map((one) => one.id).toSorted(),
    usage: observations.map(({ usageDetails }) => usageDetails),
    scores: scores.map(({ id: score, value }) => [score, value]),
  };
}

const wantedRows = (trace: KnownTrace) => ({
  observations: [trace.root, trace.generation],
  usage: expect.arrayContaining([
    expect.objectContaining({ input: trace.inputTokens, output: trace.outputTokens }),
  ]) as unknown,
  scores: [[trace.score, trace.value]],
});

type Buckets = {
  data: {
    version: number;
    count: number;
    inputTokens: { total: number };
    outputTokens: { total: number };
    scores: { name: string; source: string | null; n: number; mean: number }[];
  }[];
};

async function bucketsOf(prompt: string) {
  const answer = await ask(`/api/public/prompts/${prompt}/metrics`);
  if (answer?.status !== 200) throw new Error(`metrics: ${JSON.stringify(answer)}`);
  const { data } = answer.json as Buckets;
  return new Map(
    data.map(({ version, count, inputTokens, outputTokens, scores }) => {
      const quality = scores.find(({ name, source }) => name === "quality" && source === null);
      return [
        version,
        {
          count,
          inputTokens: inputTokens.total,
          outputTokens: outputTokens.total,
          scores: quality?.n,
          scoreMean: quality?.mean,
        },
      ];
    }),
  );
}

describe("a server that is killed again and again", () => {
  it(
    `keeps every event that it took exactly once: ${KILLS} kills in ${EVENTS} events`,
    async () => {
      const random = seeded(SEED);
      const traffic = drawTraffic(EVENTS, Date.now() - 60_000, random);
      const { traces, sendings, prompt } = traffic;
      const killAt = Array.from({ length: KILLS }, () => random() * sendings.length).toSorted(
        (a, b) => a - b,
      );
      const progress = { taken: 0, isOver: false };
      const hasCome = (place: number): boolean => progress.isOver || progress.taken >= place;
      const sent = sendAll(sendings, () => progress.taken++).finally(() => {
        progress.isOver = true;
      });
      let kills = 0;
      for (const place of killAt) {
        while (!hasCome(place)) await pause(1);
        await pause(random() * 30);
        await instance.crash();
        kills++;
      }
      const tries = await sent;
      expect(kills).toBe(KILLS);

      // What the queue lost with the last kills is found by the sweep; then all of it is folded.
      await tick(new Date(Date.now() + SWEEP_MS));
      const missing = new Set(traces);
      await until(
        "every event in the rows",
        async () => {
          const left = [...missing].values();
          const reader = async (): Promise<void> => {
            for (const trace of left) {
              const rows = await rowsOf(trace);
              if (rows?.observations.length !== 2 || rows.scores.length !== 1) continue;
              if (!rows.usage.some((usage) => "input" in usage)) continue;
              missing.delete(trace);
            }
          };
          await Promise.all(Array.from({ length: READERS }, reader));
          return missing.size === 0 ? true : undefined;
        },
        LIMIT_MS / 2,
      );
      for (const trace of traces) expect(await rowsOf(trace), trace.id).toEqual(wantedRows(trace));
      const parked = await ask("/api/public/admin/parked", { admin: true });
      expect(parked?.json).toMatchObject({ parked: 0 });

      await tick(new Date(Date.now() + SWEEP_MS + 60_000));
      const buckets = await bucketsOf(prompt);
      expect(new Set(buckets.keys())).toEqual(new Set([1, 2, 3]));
      for (const [version, held] of buckets) {
        const { scoreMean, ...wanted } = expectedOf(traces, version);
        expect(held, `version ${version}`).toMatchObject(wanted);
        expect(held.scoreMean, `version ${version}`).toBeCloseTo(scoreMean, 6);
      }
      process.stderr.write(
        `${kills} kills, ${traces.length * 5} events, ${sendings.length} requests in ${tries} tries: each once\n`,
      );
    },
    LIMIT_MS,
  );
});
