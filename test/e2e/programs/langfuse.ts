/** The five steps with @langfuse/client, @langfuse/tracing and @langfuse/otel, unmodified. */
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import {
  getActiveSpanId,
  getActiveTraceId,
  observe,
  propagateAttributes,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from "@langfuse/tracing";
import { trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";

import { environment } from "../support/environment.ts";
import type { Facts } from "../support/facts.ts";
import {
  ACTIVE,
  attributesOf,
  CHAT_MESSAGES,
  CHAT_PROMPT,
  clockFrom,
  factOf,
  MANUAL,
  PICTURE,
  PRICED,
  TEXT_PROMPT,
  TEXT_VERSIONS,
  WRAPPED,
} from "../support/plan.ts";
import { spanRecorder } from "../support/recorder.ts";
import { bodyOf, correctedScore, earlyScores, lateScores, traceOf } from "../support/scores.ts";

const { url, publicKey, secretKey } = environment();
// A trailing slash, as users write it: the span processor then posts to `//api/...`.
const keys = { publicKey, secretKey, baseUrl: `${url}/` };
const recorder = spanRecorder();
const spans = new LangfuseSpanProcessor(keys);
const sdk = new NodeSDK({ spanProcessors: [spans, recorder.processor] });
sdk.start();

const langfuse = new LangfuseClient(keys);
const facts: Facts = { generations: [], scores: [], seen: {} };
const next = clockFrom(Date.now());
const SESSION = "session-langfuse";

// 1. Prompts.
for (const version of TEXT_VERSIONS) {
  await langfuse.prompt.create({ name: TEXT_PROMPT, type: "text", ...version });
}
for (const label of ["production", "staging"]) {
  await langfuse.prompt.create({
    name: CHAT_PROMPT,
    type: "chat",
    prompt: CHAT_MESSAGES,
    labels: [label],
  });
}

// 2. Fetch and compile.
const greeting = await langfuse.prompt.get(TEXT_PROMPT);
const staged = await langfuse.prompt.get(TEXT_PROMPT, { label: "staging" });
const third = await langfuse.prompt.get(TEXT_PROMPT, { version: 3 });
const chat = await langfuse.prompt.get(CHAT_PROMPT, { type: "chat" });
const missing = await langfuse.prompt.get("not-there", { fallback: "Hello {{name}}" });
const history = [{ role: "assistant", content: "Ask {{who}} anything." }];
facts.seen = {
  default: {
    version: greeting.version,
    labels: greeting.labels,
    tags: greeting.tags,
    config: greeting.config,
  },
  byLabel: staged.version,
  byVersion: { version: third.version, commitMessage: third.commitMessage },
  compiled: greeting.compile({ name: "Ada" }),
  compiledChat: chat.compile({ who: "Ada", question: "Why?" }, { history }),
  fallback: { isFallback: missing.isFallback, text: missing.compile({ name: "Ada" }) },
  missingRefused: await langfuse.prompt.get("not-there").then(
    () => "answered",
    (error: unknown) => String(error),
  ),
};

// 3. Links. 4. Usage, cost, first token, errors; scores before their generation is sent.
for (const [index, call] of MANUAL.entries()) {
  const startMs = next();
  const generation = startObservation(
    `manual-${index}`,
    {
      input: "Hello Ada!",
      output: "Good to see you.",
      prompt: greeting,
      ...attributesOf(call, startMs),
    },
    { asType: "generation", startTime: new Date(startMs) },
  );
  const { traceId, id: observationId } = generation;
  if (index === 0) {
    const early = earlyScores("lf", observationId);
    for (const score of early) langfuse.score.create(bodyOf(score, () => traceId));
    await langfuse.score.flush();
    facts.scores.push(...early);
  }
  generation.end(new Date(startMs + call.latencyMs));
  const link = { prompt: TEXT_PROMPT, version: 1, sessionId: null, traceId, observationId };
  facts.generations.push(factOf(call, link, startMs));
}

await propagateAttributes({ sessionId: SESSION, userId: "ada", tags: ["e2e"] }, () =>
  startActiveObservation("conversation", async () => {
    for (const [index, call] of ACTIVE.entries()) {
      const startMs = next();
      await startActiveObservation(
        `active-${index}`,
        async (generation) => {
          generation.update({ prompt: staged, ...attributesOf(call, startMs) });
          generation.end(new Date(startMs + call.latencyMs));
          const { traceId, id: observationId } = generation;
          const link = { prompt: TEXT_PROMPT, version: 2, traceId, observationId };
          facts.generations.push(factOf(call, { ...link, sessionId: SESSION }, startMs));
        },
        { asType: "generation", startTime: new Date(startMs), endOnExit: false },
      );
    }
  }),
);

const wrapped = observe(
  async (question: string) => {
    updateActiveObservation(
      {
        prompt: staged,
        model: WRAPPED.model ?? "",
        usageDetails: WRAPPED.usageDetails ?? {},
        costDetails: WRAPPED.costDetails ?? {},
      },
      { asType: "generation" },
    );
    await Promise.resolve();
    return {
      answer: question.length,
      traceId: getActiveTraceId() ?? "",
      observationId: getActiveSpanId() ?? "",
    };
  },
  { name: "wrapped", asType: "generation" },
);
const { traceId: wrappedTrace, observationId: wrappedId } = await wrapped("Why?");
facts.generations.push({
  prompt: TEXT_PROMPT,
  version: 2,
  sessionId: null,
  traceId: wrappedTrace,
  observationId: wrappedId,
  ...recorder.timesOf(wrappedId),
  firstTokenUs: null,
  ...WRAPPED.counts,
  isError: false,
});

// The prompt on every span of a trace: only the generation is one (trap 9).
for (const [index, call] of PRICED.entries()) {
  await propagateAttributes({ sessionId: SESSION, prompt: chat }, () =>
    startActiveObservation(`priced-${index}`, async () => {
      const startMs = next();
      const embedding = startObservation("embed", { model: "e" }, { asType: "embedding" });
      embedding.end();
      const generation = startObservation("call", attributesOf(call, startMs), {
        asType: "generation",
        startTime: new Date(startMs),
      });
      generation.end(new Date(startMs + call.latencyMs));
      const { traceId, id: observationId } = generation;
      const link = { prompt: CHAT_PROMPT, version: 1, traceId, observationId };
      facts.generations.push(factOf(call, { ...link, sessionId: SESSION }, startMs));
    }),
  );
}

// A fallback: the SDK sends no link, so it counts for no version.
const unlinked = startObservation("fallback", { prompt: missing }, { asType: "generation" });
unlinked.end();
facts.seen["fallbackId"] = unlinked.id;
// The Vercel AI SDK sends the prompt as it is, and says itself that it is a fallback.
const vercel = trace.getTracer("ai").startSpan("ai.generateText.doGenerate", {
  attributes: {
    "ai.operationId": "ai.generateText.doGenerate",
    "gen_ai.request.model": "gpt-4o-mini",
    "ai.telemetry.metadata.langfusePrompt": missing.toJSON(),
  },
});
vercel.end();
facts.seen["vercelFallbackId"] = vercel.spanContext().spanId;

// A picture in the input: the SDK offers it to the media route and sends a token in its place.
const withMedia = startObservation("media", { input: { picture: PICTURE } });
withMedia.end();
facts.seen["mediaId"] = withMedia.id;

await spans.forceFlush();

// 4. Scores of every type, after their generation; the same id again is an update.
const late = lateScores("lf", facts, { sessionId: SESSION, hasAll: true });
const { was, is } = correctedScore("lf", facts);
for (const score of [...late, was]) langfuse.score.create(bodyOf(score, traceOf(facts)));
await langfuse.score.flush();
langfuse.score.create(bodyOf(is, traceOf(facts)));
await langfuse.flush();
facts.scores.push(...late, is);

// A promotion: production moves to the second version.
await langfuse.prompt.update({ name: CHAT_PROMPT, version: 2, newLabels: ["production"] });
const promoted = await langfuse.prompt.get(CHAT_PROMPT, { type: "chat", cacheTtlSeconds: 0 });
facts.seen["promoted"] = { version: promoted.version, labels: promoted.labels.toSorted() };

await sdk.shutdown();
process.stdout.write(`${JSON.stringify(facts)}\n`);
