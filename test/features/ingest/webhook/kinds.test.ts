import { describe, expect, it } from "vitest";

import { feedbackEvents } from "../../../../src/features/ingest/webhook/kinds/feedback.ts";
import {
  litellmEvents,
  payloadsOf,
} from "../../../../src/features/ingest/webhook/kinds/litellm.ts";
import { listOf, standardEvents } from "../../../../src/features/ingest/webhook/kinds/standard.ts";
import { livingSecrets } from "../../../../src/features/ingest/webhook/model.ts";
import { verify } from "../../../../src/features/ingest/webhook/verify.ts";

describe("our own events", () => {
  it("come one by one, as a list, or under a key", () => {
    expect(listOf({ type: "span" })).toHaveLength(1);
    expect(listOf([1, 2])).toEqual([1, 2]);
    expect(listOf({ events: [1] })).toEqual([1]);
    expect(listOf({ batch: [1] })).toEqual([1]);
  });

  it("may use short names and `data`, and get ids that stay the same", () => {
    const said = [
      { type: "score", data: { name: "x" } },
      { id: "mine", type: "span-update", body: {} },
    ];
    expect(standardEvents(said, "d")).toEqual([
      { id: "d:0", type: "score-create", timestamp: undefined, body: { name: "x" } },
      { id: "mine", type: "span-update", timestamp: undefined, body: {} },
    ]);
    expect(standardEvents(said, "d")).toEqual(standardEvents(said, "d"));
  });
});

describe("feedback", () => {
  it("keeps what a score may say and nothing else", () => {
    const said = { traceId: "t", name: "thumb", value: false, source: "EVAL", apiKey: "secret" };
    expect(feedbackEvents(said, () => "new")).toEqual([
      {
        id: "new",
        type: "score-create",
        timestamp: undefined,
        body: {
          traceId: "t",
          name: "thumb",
          value: 0,
          dataType: "BOOLEAN",
          id: "new",
          source: "API",
        },
      },
    ]);
  });
});

describe("LiteLLM's payloads", () => {
  it("are read whole, as a list, and line by line", () => {
    expect(payloadsOf('[{"id":"a"},{"id":"b"}]')).toHaveLength(2);
    expect(payloadsOf('{"id":"a"}')).toEqual([{ id: "a" }]);
    expect(payloadsOf('{"id":"a"}\n\n{"id":"b"}\nnope')).toEqual([
      { id: "a" },
      { id: "b" },
      undefined,
    ]);
    expect(payloadsOf("")).toEqual([]);
  });

  const bodyOf = (payload: object): Record<string, unknown> => {
    const [event] = litellmEvents([payload], "d") as { body: Record<string, unknown> }[];
    return event?.body ?? {};
  };

  it("link by the caller's metadata, else by the prompt that LiteLLM managed", () => {
    const managed = { prompt_id: "theirs", prompt_version: 2 };
    const both = {
      requester_metadata: { prompt_name: "ours", prompt_version: "live" },
      prompt_management_metadata: managed,
    };
    expect(bodyOf({ metadata: both })).toMatchObject({ promptName: "ours", promptVersion: "live" });
    expect(bodyOf({ metadata: { prompt_management_metadata: managed } })).toMatchObject({
      promptName: "theirs",
      promptVersion: 2,
    });
    const nameless = bodyOf({ metadata: { requester_metadata: { prompt_name: "ours" } } });
    expect(nameless["promptName"]).toBeUndefined();
    const fallback = { requester_metadata: { prompt_name: "ours", prompt_fallback: true } };
    expect(bodyOf({ metadata: fallback })).toMatchObject({ promptName: "ours", promptVersion: 0 });
  });

  it("say no cost where LiteLLM says 0 for want of one", () => {
    expect(bodyOf({ response_cost: 0, status: "failure" })["costDetails"]).toBeUndefined();
    expect(
      bodyOf({ response_cost: 0, response_cost_failure_debug_info: { model: "x" } })["costDetails"],
    ).toBeUndefined();
    expect(bodyOf({ response_cost: 0, status: "success" })["costDetails"]).toEqual({ total: 0 });
  });
});

describe("secrets", () => {
  it("hold until they expire", () => {
    const secret = { id: "a", value: "x", createdMs: 0 };
    const secrets = [
      { ...secret, expiresMs: null },
      { ...secret, expiresMs: 11 },
      { ...secret, expiresMs: 10 },
    ];
    expect(livingSecrets(secrets, 10)).toEqual(secrets.slice(0, 2));
  });

  // Source: the example of the Standard Webhooks specification.
  it("sign as the specification's example", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const headers = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: "1614265330",
      signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const body = '{"test": 2432232314}';
    const at = (nowMs: number) => verify([secret], body, { headers, nowMs });
    expect(at(1_614_265_330_000)).toEqual({ ok: true });
    expect(at(1_614_265_330_000 + 300_001).ok).toBe(false);
    const rotated = { ...headers, signature: `v1,AAAA v2,x ${headers.signature}` };
    expect(
      verify(["other secret of mine", secret], body, { headers: rotated, nowMs: 1_614_265_330_000 })
        .ok,
    ).toBe(true);
    expect(verify([], body, { headers, nowMs: 1_614_265_330_000 }).ok).toBe(false);
  });
});
