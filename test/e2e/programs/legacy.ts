/** The five steps with npm `langfuse` 3, the batch client, unmodified. */
import { Langfuse, LangfuseWeb } from "langfuse";

import { environment } from "../support/environment.ts";
import type { Facts } from "../support/facts.ts";
import {
  ACTIVE,
  CHAT_MESSAGES,
  CHAT_PROMPT,
  clockFrom,
  factOf,
  MANUAL,
  type PlannedCall,
  PRICED,
  TEXT_PROMPT,
  TEXT_VERSIONS,
  WRAPPED,
} from "../support/plan.ts";
import { bodyOf, correctedScore, earlyScores, lateScores, traceOf } from "../support/scores.ts";

const { url, publicKey, secretKey } = environment();
const langfuse = new Langfuse({ publicKey, secretKey, baseUrl: url });
const facts: Facts = { generations: [], scores: [], seen: {} };
const next = clockFrom(Date.now());
const SESSION = "session-legacy";

// Its types know no TEXT scores, though it sends them.
const body = (...of: Parameters<typeof bodyOf>) =>
  bodyOf(...of) as Parameters<typeof langfuse.score>[0];

// 1. Prompts.
for (const version of TEXT_VERSIONS) {
  await langfuse.createPrompt({ name: TEXT_PROMPT, type: "text", ...version });
}
for (const label of ["production", "staging"]) {
  await langfuse.createPrompt({
    name: CHAT_PROMPT,
    type: "chat",
    prompt: CHAT_MESSAGES,
    labels: [label],
  });
}

// 2. Fetch and compile.
const greeting = await langfuse.getPrompt(TEXT_PROMPT);
const staged = await langfuse.getPrompt(TEXT_PROMPT, undefined, { label: "staging" });
const third = await langfuse.getPrompt(TEXT_PROMPT, 3);
const chat = await langfuse.getPrompt(CHAT_PROMPT, undefined, { type: "chat" });
const missing = await langfuse.getPrompt("not-there", undefined, { fallback: "Hello {{name}}" });
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
  missingRefused: await langfuse.getPrompt("not-there").then(
    () => "answered",
    (error: unknown) => String(error),
  ),
};

const said = (call: PlannedCall, startMs: number) => ({
  startTime: new Date(startMs),
  ...(call.model === undefined ? {} : { model: call.model }),
  ...(call.usageDetails ? { usageDetails: call.usageDetails } : {}),
  ...(call.costDetails ? { costDetails: call.costDetails } : {}),
  ...(call.firstTokenMs === null
    ? {}
    : { completionStartTime: new Date(startMs + call.firstTokenMs) }),
  ...(call.isError ? { level: "ERROR" as const, statusMessage: "the model is overloaded" } : {}),
});

// 3. Links. 4. Usage, cost, first token, errors; scores before their generation is sent.
for (const [index, call] of MANUAL.entries()) {
  // Ids are free text in this client, not only hex.
  const traceId = `trace custom/${index}`;
  const observationId = `legacy-generation-${index}`;
  if (index === 0) {
    const early = earlyScores("legacy", observationId);
    for (const score of early) langfuse.score(body(score, () => traceId));
    await langfuse.flushAsync();
    facts.scores.push(...early);
  }
  const startMs = next();
  const trace = langfuse.trace({ id: traceId, name: "manual", userId: "ada" });
  const generation = trace.generation({
    id: observationId,
    name: `manual-${index}`,
    input: "Hello Ada!",
    prompt: greeting,
    ...said(call, startMs),
  });
  // The update goes out in the same flush as its create, or, every other time, in a later one.
  if (index % 2 === 1) await langfuse.flushAsync();
  generation.update({ output: "Good to see you.", endTime: new Date(startMs + call.latencyMs) });
  const link = { prompt: TEXT_PROMPT, version: 1, sessionId: null, traceId, observationId };
  facts.generations.push(factOf(call, link, startMs));
}

const conversation = langfuse.trace({ name: "conversation", sessionId: SESSION, tags: ["e2e"] });
const nested = conversation.span({ name: "nested" });
for (const [index, call] of ACTIVE.entries()) {
  const startMs = next();
  const generation = nested.generation({ name: `nested-${index}`, ...said(call, startMs) });
  // The link comes with the update only.
  generation.update({ prompt: staged, endTime: new Date(startMs + call.latencyMs) });
  facts.generations.push(
    factOf(
      call,
      {
        prompt: TEXT_PROMPT,
        version: 2,
        sessionId: SESSION,
        traceId: conversation.traceId,
        observationId: generation.id,
      },
      startMs,
    ),
  );
}
nested.end();

const alone = { ...WRAPPED, latencyMs: 60, firstTokenMs: null };
const aloneMs = next();
// A generation without a trace of its own: the client makes one.
const generation = langfuse.generation({
  name: "alone",
  prompt: staged,
  endTime: new Date(aloneMs + alone.latencyMs),
  ...said(alone, aloneMs),
});
facts.generations.push(
  factOf(
    alone,
    {
      prompt: TEXT_PROMPT,
      version: 2,
      sessionId: null,
      traceId: generation.traceId,
      observationId: generation.id,
    },
    aloneMs,
  ),
);

for (const [index, call] of PRICED.entries()) {
  const startMs = next();
  const { usageDetails: usage, ...rest } = said(call, startMs);
  const trace = langfuse.trace({ name: `priced-${index}`, sessionId: SESSION });
  // The older `usage` object, in OpenAI's two spellings.
  const usageBody = usage as Parameters<typeof trace.generation>[0]["usage"];
  const generation = trace.generation({
    name: "call",
    prompt: chat,
    endTime: new Date(startMs + call.latencyMs),
    ...rest,
    ...(usageBody ? { usage: usageBody } : {}),
  });
  facts.generations.push(
    factOf(
      call,
      {
        prompt: CHAT_PROMPT,
        version: 1,
        sessionId: SESSION,
        traceId: trace.id,
        observationId: generation.id,
      },
      startMs,
    ),
  );
}

// A fallback: the SDK sends no link, so it counts for no version.
const unlinked = langfuse.generation({ name: "fallback", prompt: missing });
unlinked.end();
facts.seen["fallbackId"] = unlinked.id;
await langfuse.flushAsync();

// 4. Scores of every type, after their generation; the same id again is an update.
const late = lateScores("legacy", facts, { sessionId: SESSION, hasAll: true });
const { was, is } = correctedScore("legacy", facts);
for (const score of [...late, was]) langfuse.score(body(score, traceOf(facts)));
await langfuse.flushAsync();
langfuse.score(body(is, traceOf(facts)));
facts.scores.push(...late, is);

// A browser has the public key alone, and may give scores with it (trap 1).
const browser = new LangfuseWeb({ publicKey, baseUrl: url });
const judged = facts.generations[0];
const thumbs = { id: "legacy-thumbs", name: "thumbs", value: 1 };
await browser.score({
  ...thumbs,
  traceId: judged?.traceId ?? "",
  observationId: judged?.observationId ?? "",
});
await browser.shutdownAsync();
facts.scores.push({
  ...thumbs,
  source: "API",
  dataType: "NUMERIC",
  observationId: judged?.observationId ?? "",
});

// A promotion: production moves to the second version.
await langfuse.updatePrompt({ name: CHAT_PROMPT, version: 2, newLabels: ["production"] });
const promoted = await langfuse.getPrompt(CHAT_PROMPT, undefined, { type: "chat" });
facts.seen["promoted"] = { version: promoted.version, labels: promoted.labels.toSorted() };

await langfuse.shutdownAsync();
process.stdout.write(`${JSON.stringify(facts)}\n`);
