import { describe, expect, it } from "vitest";

import { seeded } from "../../local/demo/random.ts";
import { DAY_MS, historyOf, STORY, STORY_DAYS, versionAt } from "../../local/demo/story.ts";
import { type Call, drawTraffic, intensity } from "../../local/demo/traffic.ts";
import { toExport, toScoreEvents } from "../../local/demo/wire.ts";

const END = new Date("2026-11-20T12:00:00.000Z");
const BEGIN_MS = END.getTime() - STORY_DAYS * DAY_MS;
const traffic = (count: number, seed = 1): Call[] =>
  drawTraffic(seeded(seed), END, count, "0123abcd");

const median = (values: number[]): number =>
  values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

describe("the demo's traffic", () => {
  it("repeats with its seed, and differs with another", () => {
    expect(traffic(50)).toEqual(traffic(50));
    expect(traffic(50)).not.toEqual(traffic(50, 2));
  });

  it("fills two weeks in order, busier by day than by night", () => {
    const calls = traffic(3_000);
    const starts = calls.map(({ startMs }) => startMs);
    expect(starts).toEqual([...starts].sort((one, other) => one - other));
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(BEGIN_MS);
    expect(Math.max(...starts)).toBeLessThan(END.getTime());
    const inHours = (from: number, to: number) =>
      starts.filter((at) => new Date(at).getUTCHours() >= from && new Date(at).getUTCHours() < to);
    expect(inHours(12, 16).length).toBeGreaterThan(3 * inHours(0, 4).length);
    expect(intensity(new Date("2026-11-21T14:00:00Z"))).toBeLessThan(
      intensity(new Date("2026-11-20T14:00:00Z")),
    );
  });

  it("has one version that is slower, fails more and is liked less", () => {
    const [support] = STORY;
    const of = (version: number) =>
      traffic(6_000).filter((call) => call.prompt === support && call.version === version);
    const [good, bad] = [of(1), of(2)];
    const share = (calls: Call[]) => calls.filter(({ failed }) => failed).length / calls.length;
    const quality = (calls: Call[]) => {
      const all = calls.flatMap(({ scores }) => scores.filter(({ name }) => name === "quality"));
      return all.reduce((sum, { value }) => sum + Number(value), 0) / all.length;
    };
    expect(bad.length).toBeGreaterThan(300);
    expect(median(bad.map(({ latencyMs }) => latencyMs))).toBeGreaterThan(
      1.5 * median(good.map(({ latencyMs }) => latencyMs)),
    );
    expect(share(bad)).toBeGreaterThan(2 * share(good));
    expect(quality(bad)).toBeLessThan(quality(good) - 0.1);
  });

  it("uses in production what the label pointed at, and some fallbacks without a link", () => {
    const calls = traffic(4_000);
    for (const { prompt, version, environment, startMs } of calls) {
      if (version === null) continue;
      const hour = (startMs - BEGIN_MS) / (DAY_MS / 24);
      expect(version).toBe(versionAt(prompt, environment, hour));
    }
    expect(calls.filter(({ version }) => version === null).length).toBeGreaterThan(10);
  });

  it("never repeats an id", () => {
    const calls = traffic(2_000);
    const ids = calls.flatMap(({ traceId, rootId, generationId }) => [
      traceId,
      rootId,
      generationId,
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { traceId } of calls) expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("the demo's wire", () => {
  it("links a generation, and says a fallback without linking it", () => {
    const calls = traffic(2_000);
    const spansOf = (call: Call | undefined) =>
      toExport(call ? [call] : []).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    const linked = spansOf(calls.find(({ version }) => version === 2))[0]?.attributes;
    const fallback = spansOf(calls.find(({ version }) => version === null))[0]?.attributes;
    expect(linked).toContainEqual({
      key: "langfuse.observation.prompt.version",
      value: { intValue: 2 },
    });
    expect(fallback?.map(({ key }) => key)).toContain("promptside.prompt.fallback");
    expect(fallback?.map(({ key }) => key)).not.toContain("langfuse.observation.prompt.name");
  });

  it("writes nanoseconds without losing digits", () => {
    const [call] = traffic(1);
    const [, root] = toExport(call ? [call] : []).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    expect(root?.startTimeUnixNano).toBe(`${call?.startMs}000000`);
  });

  it("sends scores that name exactly one target", () => {
    const events = traffic(2_000).flatMap(toScoreEvents);
    expect(new Set(events.map(({ body }) => body.name))).toEqual(
      new Set(["quality", "helpful", "tone", "resolved"]),
    );
    for (const { body } of events) expect("traceId" in body !== "sessionId" in body).toBe(true);
  });
});

describe("the demo's history", () => {
  it("is one chain per label, in order of time", () => {
    const chains = new Map<string, { from: number | null; to: number; at: string }[]>();
    for (const move of historyOf(BEGIN_MS).deployments) {
      const key = `${move.prompt} ${move.label}`;
      chains.set(key, [...(chains.get(key) ?? []), move]);
    }
    expect(chains.size).toBe(6);
    for (const chain of chains.values()) {
      for (const [index, { from, at }] of chain.entries()) {
        expect(from).toBe(chain[index - 1]?.to ?? null);
        if (index > 0) expect(at > (chain[index - 1]?.at ?? "")).toBe(true);
      }
    }
  });
});
