import { describe, it } from "vitest";

import recorded from "../../../fixtures/webhook/litellm-1.106.2.json" with { type: "json" };
import { call } from "../../../support/call.ts";
import { lab } from "../reads/lab.ts";

/*
 * Bodies that LiteLLM itself sent (test/fixtures/webhook says how they were recorded), with their
 * instants moved to the present.
 */

type Generation = Record<string, unknown> & { id: string; name: string; level: string };

const RECORDED_AT = 1_795_370_509;
const INSTANT = /("(?:startTime|endTime|completionStartTime)": )(\d+\.\d+)/g;

const presentOf = (body: string, nowMs: number): string =>
  body.replace(INSTANT, (_, name: string, seconds: string) => {
    const moved = Number(seconds) - RECORDED_AT + nowMs / 1000 - 60;
    return `${name}${moved}`;
  });

const FORMATS = [
  ["json_array", 1],
  ["ndjson", 1],
  ["single", 5],
] as const;

describe.each(FORMATS)("LiteLLM's callback in the format %s", (format, requests) => {
  const bodies = recorded.requests[format].map(({ body }) => body);

  it("is what the package sends", ({ expect }) => {
    expect(recorded.recordedFrom.litellm).toBe("1.106.2");
    expect(bodies).toHaveLength(requests);
    expect(bodies.every((body) => presentOf(body, 0) !== body)).toBe(true);
  });

  it("becomes generations with their links, tokens, costs and errors", async ({ expect }) => {
    const own = await lab();
    const made = await own.request("POST", "/api/public/sources", { name: "l", kind: "litellm" });
    const { path, secret } = made.json as { path: string; secret: string };
    let accepted = 0;
    for (const body of bodies) {
      const answer = await call("POST", path, {
        env: own.env,
        authorization: `Bearer ${secret}`,
        headers: { "content-type": "application/json" },
        body: presentOf(body, Date.now()),
      });
      expect(answer).toMatchObject({ status: 200, json: { errors: [] } });
      accepted += (answer.json as { accepted: number }).accepted;
    }
    // Of each call the generation and its trace.
    expect(accepted).toBe(10);
    await own.settle();

    const query = "/api/public/generations?promptName=greet&promptVersion=3";
    const { data } = await own.get<{ data: Generation[] }>(query);
    expect(data).toHaveLength(4);
    for (const one of data) {
      expect(one).toMatchObject({
        name: "acompletion",
        model: "gpt-4o",
        environment: "production",
        userId: "user-1",
        sessionId: "session-1",
      });
    }
    const failed = data.filter(({ level }) => level === "ERROR");
    expect(failed.map(({ statusMessage }) => String(statusMessage)).sort()).toEqual([
      "litellm.InternalServerError: this is a mock internal server error",
      "litellm.RateLimitError: this is a mock rate limit error",
    ]);
    for (const one of failed) expect(one).toMatchObject({ costUsd: null });
    const streamed = data.filter(({ timeToFirstTokenMs }) => timeToFirstTokenMs !== null);
    expect(streamed).toHaveLength(1);
    expect(streamed[0]).toMatchObject({ level: "DEFAULT", usageDetails: { total: 25 } });
    const [whole] = data.filter(
      ({ level, timeToFirstTokenMs }) => level === "DEFAULT" && timeToFirstTokenMs === null,
    );
    expect(whole).toMatchObject({
      usageDetails: { input: 10, output: 20, total: 30 },
      costUsd: 0.000225,
    });
    const detail = await own.get<Record<string, unknown>>(`/api/public/observations/${whole?.id}`);
    expect(detail).toMatchObject({
      input: [
        { role: "system", content: "Be kind." },
        { role: "user", content: "Hello?" },
      ],
      output: { role: "assistant", content: "Hello to you." },
      metadata: { team: "search" },
      modelParameters: { temperature: 0.5 },
    });
    const { data: vectors } = await own.get<{ data: object[] }>(
      "/api/public/observations?type=EMBEDDING",
    );
    expect(vectors).toEqual([
      expect.objectContaining({ model: "text-embedding-3-small", level: "DEFAULT" }),
    ]);
  });
});
