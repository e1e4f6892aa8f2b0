import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { setMetadata, setSession, setTags, setUser } from "@arizeai/openinference-core";
import { OpenAIInstrumentation as OpenInference } from "@arizeai/openinference-instrumentation-openai";
import { context } from "@opentelemetry/api";
import { OpenAIInstrumentation as Traceloop } from "@traceloop/instrumentation-openai";
import OpenAI from "openai";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import type { Mapped } from "../../../../../src/features/ingest/otlp/map.ts";
import { counted, listen, mappedInEveryEncoding, only } from "./harness.ts";

/* The real OpenAI client, instrumented by the real packages, against answers made here. */

const answer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_767_323_045,
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "hello" } }],
  usage: {
    prompt_tokens: 12,
    completion_tokens: 5,
    total_tokens: 17,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 2 },
  },
};

const embedded = {
  object: "list",
  model: "text-embedding-3-small",
  data: [{ object: "embedding", index: 0, embedding: [0.1, 0.2] }],
  usage: { prompt_tokens: 3, total_tokens: 3 },
};

const clientThatGets = (body: object): OpenAI =>
  new OpenAI({
    apiKey: "sk-nobody",
    maxRetries: 0,
    fetch: async () =>
      new Response(JSON.stringify(body), {
        headers: { "content-type": "application/json" },
      }),
  });

/** A provider on loopback that refuses every call. */
async function withProviderThatAnswers<T>(
  status: number,
  use: (client: OpenAI) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    request.resume();
    const error = { message: `refused with ${status}`, type: "refused", code: null };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const baseURL = `http://127.0.0.1:${port}/v1`;
    return await use(new OpenAI({ apiKey: "sk-nobody", maxRetries: 0, baseURL }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/**
 * Neither package ends the span of a call that was refused, so nothing is sent of it. If this fails
 * after an update, they do: then their spans belong beside those of failed-calls.test.ts.
 */
async function tellsNothingOf(status: number): Promise<void> {
  const refused = withProviderThatAnswers(status, chatThat);
  await expect(refused).rejects.toThrow(`refused with ${status}`);
  expect((await mappedInEveryEncoding()).observations).toEqual([]);
}

async function chatThat(client: OpenAI): Promise<Mapped> {
  await client.chat.completions.create({
    model: "gpt-4o",
    temperature: 0.5,
    messages: [{ role: "user", content: "hi" }],
  });
  return mappedInEveryEncoding();
}

let provider: ReturnType<typeof listen>;
beforeAll(() => {
  provider = listen();
});

describe("OpenInference", () => {
  const instrumentation = new OpenInference();
  afterEach(() => instrumentation.disable());
  const start = () => {
    instrumentation.setTracerProvider(provider);
    instrumentation.enable();
    instrumentation.manuallyInstrument(OpenAI);
  };

  it("tells of a call, its session and its prompt", async () => {
    start();
    const said = [
      (at: typeof active) => setSession(at, { sessionId: "s-1" }),
      (at: typeof active) => setUser(at, { userId: "u-1" }),
      (at: typeof active) => setTags(at, ["beta"]),
      (at: typeof active) =>
        setMetadata(at, { prompt_name: "greeting", prompt_version: "v3", team: "search" }),
    ];
    const active = context.active();
    const around = said.reduce((at, say) => say(at), active);
    const mapped = await context.with(around, () => chatThat(clientThatGets(answer)));
    const call = only(mapped, "GENERATION");
    expect(call).toMatchObject({
      model: "gpt-4o-2024-08-06",
      provider: "openai",
      modelParameters: { temperature: 0.5 },
      promptName: "greeting",
      promptVersion: 3,
      metadata: { team: "search" },
    });
    expect(call.usage).toMatchObject({ total: 17 });
    const { total: _total, ...parts } = call.usage ?? {};
    expect(Object.values(parts).reduce((sum, n) => sum + n, 0)).toBe(17);
    expect(JSON.stringify([call.input, call.output])).toMatch(/hi.*hello/);
    expect(Object.assign({}, ...mapped.traces)).toMatchObject({
      sessionId: "s-1",
      userId: "u-1",
      tags: ["beta"],
    });
    expect(JSON.stringify(mapped)).not.toContain("sk-nobody");
  });

  it.for([429, 500])(
    "tells nothing of a call that the provider refused with %i",
    async (status) => {
      start();
      await tellsNothingOf(status);
    },
  );

  it("tells of embeddings", async () => {
    start();
    await clientThatGets(embedded).embeddings.create({
      model: "text-embedding-3-small",
      input: "text",
    });
    const vectors = await mappedInEveryEncoding();
    expect(only(vectors, "EMBEDDING").model).toBe("text-embedding-3-small");
  });
});

describe("Traceloop", () => {
  const instrumentation = new Traceloop({ exceptionLogger: () => undefined });

  it("tells of a call and counts it once", async () => {
    instrumentation.setTracerProvider(provider);
    instrumentation.manuallyInstrument(OpenAI);
    const mapped = await chatThat(clientThatGets(answer));
    const call = only(mapped, "GENERATION");
    expect(call).toMatchObject({ model: "gpt-4o-2024-08-06", usage: { output: 5, total: 17 } });
    expect(call.provider?.toLowerCase()).toContain("openai");
    expect(JSON.stringify([call.input, call.output])).toMatch(/hi.*hello/);
    expect(counted(mapped)).toEqual([call]);
    instrumentation.disable();
  });

  it.for([429, 500])(
    "tells nothing of a call that the provider refused with %i",
    async (status) => {
      instrumentation.setTracerProvider(provider);
      instrumentation.manuallyInstrument(OpenAI);
      await tellsNothingOf(status);
      instrumentation.disable();
    },
  );
});
