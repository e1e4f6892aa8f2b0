/** The five steps with @abvdev/client, @abvdev/tracing and @abvdev/otel, unmodified. */
import { ABVClient } from "@abvdev/client";
import { ABVSpanProcessor } from "@abvdev/otel";
import {
  getActiveSpanId,
  getActiveTraceId,
  observe,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from "@abvdev/tracing";
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

const { url, abvKey } = environment();
// A trailing slash, as users write it: the span processor then posts to `//api/...`.
const keys = { apiKey: abvKey, baseUrl: `${url}/` };
const recorder = spanRecorder();
const spans = new ABVSpanProcessor(keys);
const sdk = new NodeSDK({ spanProcessors: [spans, recorder.processor] });
sdk.start();

const abv = new ABVClient(keys);
const facts: Facts = { generations: [], scores: [], seen: {} };
const next = clockFrom(Date.now());
const SESSION = "session-abv";

// Its types know no TEXT scores; none is sent.
const body = (...of: Parameters<typeof bodyOf>) =>
  bodyOf(...of) as Parameters<typeof abv.score.create>[0];

// 1. Prompts.
for (const version of TEXT_VERSIONS) {
  await abv.prompt.create({ name: TEXT_PROMPT, type: "text", ...version });
}
for (const label of ["production", "staging"]) {
  await abv.prompt.create({
    name: CHAT_PROMPT,
    type: "chat",
    prompt: CHAT_MESSAGES,
    labels: [label],
  });
}

// 2. Fetch and compile.
const greeting = await abv.prompt.get(TEXT_PROMPT);
const staged = await abv.prompt.get(TEXT_PROMPT, { label: "staging" });
// Trap 15: its cache has no place for the version, so this asks nobody and answers production.
const fromCache = await abv.prompt.get(TEXT_PROMPT, { version: 3 });
const third = await abv.prompt.get(TEXT_PROMPT, { version: 3, cacheTtlSeconds: 0 });
const chat = await abv.prompt.get(CHAT_PROMPT, { type: "chat" });
const missing = await abv.prompt.get("not-there", { fallback: "Hello {{name}}" });
const history = [{ role: "assistant", content: "Ask {{who}} anything." }];
facts.seen = {
  default: {
    version: greeting.version,
    labels: greeting.labels,
    tags: greeting.tags,
    config: greeting.config,
  },
  byLabel: staged.version,
  versionFromCache: fromCache.version,
  byVersion: { version: third.version, commitMessage: third.commitMessage },
  compiled: greeting.compile({ name: "Ada" }),
  compiledChat: chat.compile({ who: "Ada", question: "Why?" }, { history }),
  fallback: { isFallback: missing.isFallback, text: missing.compile({ name: "Ada" }) },
  missingRefused: await abv.prompt.get("not-there").then(
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
    const early = earlyScores("abv", observationId);
    for (const score of early) abv.score.create(body(score, () => traceId));
    await abv.score.flush();
    facts.scores.push(...early);
  }
  generation.end(new Date(startMs + call.latencyMs));
  const link = { prompt: TEXT_PROMPT, version: 1, sessionId: null, traceId, observationId };
  facts.generations.push(factOf(call, link, startMs));
}

await startActiveObservation("conversation", async (conversation) => {
  conversation.updateTrace({ sessionId: SESSION, userId: "ada", tags: ["e2e"] });
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
});

const wrapped = observe(
  async (question: unknown) => {
    updateActiveObservation("generation", {
      prompt: staged,
      model: WRAPPED.model ?? "",
      usageDetails: WRAPPED.usageDetails ?? {},
      costDetails: WRAPPED.costDetails ?? {},
    });
    await Promise.resolve();
    return {
      answer: String(question).length,
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

// The prompt on an embedding too: only the generation is one (trap 9).
for (const [index, call] of PRICED.entries()) {
  await startActiveObservation(`priced-${index}`, async (span) => {
    span.updateTrace({ sessionId: SESSION });
    const startMs = next();
    startObservation("embed", { model: "e", prompt: chat }, { asType: "embedding" }).end();
    const generation = startObservation(
      "call",
      { prompt: chat, ...attributesOf(call, startMs) },
      { asType: "generation", startTime: new Date(startMs) },
    );
    generation.end(new Date(startMs + call.latencyMs));
    const { traceId, id: observationId } = generation;
    const link = { prompt: CHAT_PROMPT, version: 1, traceId, observationId };
    facts.generations.push(factOf(call, { ...link, sessionId: SESSION }, startMs));
  });
}

// A fallback: the SDK sends no link, so it counts for no version.
const unlinked = startObservation("fallback", { prompt: missing }, { asType: "generation" });
unlinked.end();
facts.seen["fallbackId"] = unlinked.id;
// A picture in the input: the SDK offers it to the media route and sends a token in its place.
const withMedia = startObservation("media", { input: { picture: PICTURE } });
withMedia.end();
facts.seen["mediaId"] = withMedia.id;

await spans.forceFlush();

// 4. Scores of every type, after their generation; the same id again is an update.
const late = lateScores("abv", facts, { sessionId: SESSION, hasAll: false });
const { was, is } = correctedScore("abv", facts);
for (const score of [...late, was]) abv.score.create(body(score, traceOf(facts)));
await abv.score.flush();
abv.score.create(body(is, traceOf(facts)));
await abv.flush();
facts.scores.push(...late, is);

// A promotion: production moves to the second version.
await abv.prompt.update({ name: CHAT_PROMPT, version: 2, newLabels: ["production"] });
const promoted = await abv.prompt.get(CHAT_PROMPT, { type: "chat", cacheTtlSeconds: 0 });
facts.seen["promoted"] = { version: promoted.version, labels: promoted.labels.toSorted() };

await sdk.shutdown();
process.stdout.write(`${JSON.stringify(facts)}\n`);
