import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import type { Comparison } from "../../src/features/comparisons/contract.ts";
import { type StartedInstance, startedInstance, stateFolder } from "../support/instance.ts";
import { dashboard } from "./support/screen.ts";

const folder = stateFolder();
let started: StartedInstance;
const { screen, api } = dashboard(() => started.ready);

/** Four looks at a long page, each walked through by axe-core, on a busy machine. */
const LOOKING_MS = 180_000;

const SCRIPT = `<script>globalThis.wasRun = true</script>`;
/** One is served half and half, as its split says; of the other the candidate is lost on the way. */
const FAIR = "compare/fair";
const LOSSY = "compare/lossy";
/** Served half and half too, but hardly any generation of the candidate got a score. */
const UNSCORED = "compare/unscored";
const HOUR_MS = 3_600_000;
const endMs = Date.now();
const CALLS = 500;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Moves the instance's clock, and runs what is due then. */
async function tick(ms: number): Promise<void> {
  const { url, adminToken } = started.ready;
  const response = await fetch(`${url}/api/public/admin/tick`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ at: iso(ms) }),
  });
  expect(await response.json()).toMatchObject({ failed: [] });
}

async function makeSplit(name: string): Promise<void> {
  await api("POST", "/api/public/v2/prompts", {
    name,
    prompt: "Answer {{question}} in short.",
    config: { temperature: 0 },
    labels: ["production"],
    commitMessage: "first",
  });
  await api("POST", "/api/public/v2/prompts", {
    name,
    prompt: `Answer {{question}} at length. ${SCRIPT}`,
    config: { temperature: 1 },
    commitMessage: "longer",
  });
  const path = `/api/public/prompts/${encodeURIComponent(name)}/labels/production/split`;
  const arms = [1, 2].map((version) => ({ version, weight: 5000 }));
  await api("PUT", path, { arms, unit: "request" });
}

/** Calls spread over the last three hours; the candidate takes nearly twice as long. */
async function send(name: string, versionOf: (call: number) => 1 | 2): Promise<void> {
  const batch = Array.from({ length: CALLS }, (_, call) => {
    const version = versionOf(call);
    const startMs = endMs - 3 * HOUR_MS + call * 20_000;
    const tookMs = (800 + ((call * 37) % 400)) * (version === 2 ? 1.8 : 1);
    const id = `${name}-${call}`;
    return {
      id,
      type: "generation-create",
      timestamp: iso(startMs),
      body: {
        id,
        traceId: `trace-${id}`,
        startTime: iso(startMs),
        endTime: iso(startMs + tookMs),
        promptName: name,
        promptVersion: version,
      },
    };
  });
  await api("POST", "/api/public/ingestion", { batch });
}

/** A score for each call that is chosen. */
async function score(name: string, isScored: (call: number) => boolean): Promise<void> {
  const chosen = Array.from({ length: CALLS }, (_, call) => call).filter(isScored);
  const batch = chosen.map((call) => {
    const id = `${name}-${call}`;
    return {
      id: `score-${id}`,
      type: "score-create",
      timestamp: iso(endMs),
      body: {
        id: `score-${id}`,
        traceId: `trace-${id}`,
        observationId: id,
        name: "quality",
        value: 0.7 + (call % 3) / 10,
        dataType: "NUMERIC",
      },
    };
  });
  await api("POST", "/api/public/ingestion", { batch });
}

const comparison = (name: string): Promise<Comparison> =>
  api(
    "GET",
    `/api/public/prompts/${encodeURIComponent(name)}/comparison?control=1&candidate=2&from=${iso(endMs - 24 * HOUR_MS)}`,
  );

beforeAll(async () => {
  started = await startedInstance(folder.state, ["--test-clock"]);
  await tick(endMs - 4 * HOUR_MS);
  for (const name of [FAIR, LOSSY, UNSCORED]) await makeSplit(name);
  await tick(endMs);
  await send(FAIR, (call) => (call % 2 === 0 ? 1 : 2));
  await send(LOSSY, (call) => (call % 5 === 0 ? 2 : 1));
  await send(UNSCORED, (call) => (call % 2 === 0 ? 1 : 2));
  await score(UNSCORED, (call) => call % 2 === 0 || call % 10 === 1);
  for (const name of [FAIR, LOSSY, UNSCORED]) {
    await vi.waitFor(
      async () => {
        await tick(endMs + 120_000);
        const { control, candidate } = await comparison(name);
        expect(control.count + candidate.count).toBe(CALLS);
      },
      { timeout: 60_000, interval: 500 },
    );
  }
});

afterAll(async () => {
  await started.end("SIGTERM");
  folder.dispose();
});

const compare = (name: string): string => `/compare?prompt=${encodeURIComponent(name)}&range=24h`;

describe("two versions", () => {
  it(
    "stand beside each other: text, effects in margins, verdicts with their reasons",
    async () => {
      const { page, open, everyLook } = await screen();
      await open(compare(FAIR));
      await page.getByText("randomised", { exact: true }).waitFor();
      await page.getByText(/^Sample ratio as promised: 50 % of 500/).waitFor();
      const latency = page.getByRole("region", { name: "Latency", exact: true });
      await latency.getByText("worse", { exact: true }).waitFor();
      const { metrics } = await comparison(FAIR);
      const told = metrics.find(({ metric }) => metric === "latencyMs");
      expect(told?.verdict).toBe("worse");
      await latency.getByText(told?.why ?? "").waitFor();

      const plot = page.getByRole("region", { name: "Effects in margins" });
      const said = await plot.getByRole("img").getAttribute("aria-label");
      expect(said).toMatch(/Latency: \+\d+(\.\d+)? % \(.* to .*\), margin 10 %: worse/);

      const text = page.getByRole("region", { name: "Text" });
      await text.getByText("in short").first().waitFor();
      await text.getByText(SCRIPT).waitFor();
      expect(await page.evaluate("globalThis.wasRun")).toBeUndefined();
      await everyLook("compare");
    },
    LOOKING_MS,
  );

  it("change sides, in the address too", async () => {
    const { page, open } = await screen();
    await open(compare(FAIR));
    await page.getByRole("button", { name: "Swap control and candidate" }).click();
    await page.waitForURL(/control=2&candidate=1|candidate=1&control=2/);
    const latency = page.getByRole("region", { name: "Latency", exact: true });
    await latency.getByText("better", { exact: true }).waitFor();
  });

  it("have no verdict when the promised share was not served", async () => {
    const { design, metrics } = await comparison(LOSSY);
    expect(design.sampleRatio?.mismatch).toBe(true);
    const { page, open, expectAccessible } = await screen();
    await open(compare(LOSSY));
    const warning = page.getByRole("alert").filter({ hasText: "Sample ratio mismatch" });
    await warning.getByText(/20 % of 500 were the candidate's, 50 % expected/).waitFor();
    const verdicts = metrics.map(({ verdict }) => verdict);
    expect(verdicts).not.toContain("worse");
    await expectAccessible();
  });

  it("are told apart with care when hardly any generation of one was scored", async () => {
    await vi.waitFor(
      async () => {
        await tick(endMs + 120_000);
        const { warnings } = await comparison(UNSCORED);
        const coverage = warnings.find(({ kind }) => kind === "score-coverage");
        expect(coverage?.message).toContain("100 % of the control's");
      },
      { timeout: 60_000, interval: 500 },
    );
    const { page, open, expectAccessible } = await screen();
    await open(compare(UNSCORED));
    const beware = page.getByRole("alert", { name: "Beware" });
    // 50 of the candidate's 250 were given a score, all of the control's.
    await beware
      .getByText(/^Coverage of score:quality differs: 20 % of the candidate's .* 100 % of/)
      .waitFor();
    await page.getByText("randomised", { exact: true }).waitFor();
    await expectAccessible();
  });

  it("are two: one alone says so", async () => {
    await api("POST", "/api/public/v2/prompts", { name: "compare/alone", prompt: "Hi" });
    const { page, open } = await screen();
    await open(compare("compare/alone"));
    await page.getByText("has one version; a comparison takes two").waitFor();
  });
});
