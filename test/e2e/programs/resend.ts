/** One bad event among good ones: npm `langfuse` 3 sends the whole batch again, and again. */
import { Langfuse } from "langfuse";

import { environment } from "../support/environment.ts";
import type { Facts } from "../support/facts.ts";
import { factOf, MANUAL, TEXT_PROMPT, TEXT_VERSIONS } from "../support/plan.ts";

const { url, publicKey, secretKey } = environment();
let sends = 0;
const send = globalThis.fetch;
globalThis.fetch = (target, init) => {
  if (typeof target === "string" && target.endsWith("/api/public/ingestion")) sends++;
  return send(target, init);
};
const langfuse = new Langfuse({ publicKey, secretKey, baseUrl: url, fetchRetryDelay: 200 });
const facts: Facts = { generations: [], scores: [], seen: {} };

await langfuse.createPrompt({ name: TEXT_PROMPT, type: "text", ...TEXT_VERSIONS[0]! });
const prompt = await langfuse.getPrompt(TEXT_PROMPT);
const startMs = Date.now() - 60_000;
const call = MANUAL[1]!;
const trace = langfuse.trace({ name: "resent" });
const generation = trace.generation({
  name: "resent",
  prompt,
  startTime: new Date(startMs),
  completionStartTime: new Date(startMs + (call.firstTokenMs ?? 0)),
  endTime: new Date(startMs + call.latencyMs),
  ...(call.usageDetails ? { usageDetails: call.usageDetails } : {}),
  ...(call.costDetails ? { costDetails: call.costDetails } : {}),
});
const target = { traceId: trace.id, observationId: generation.id };
langfuse.score({ id: "resend-good", name: "quality", value: 0.5, ...target });
langfuse.score({ id: "resend-bad", name: "correct", value: 7, dataType: "BOOLEAN", ...target });
facts.generations.push(
  factOf(call, { prompt: TEXT_PROMPT, version: 1, sessionId: null, ...target }, startMs),
);
facts.scores.push({
  id: "resend-good",
  name: "quality",
  source: "API",
  dataType: "NUMERIC",
  value: 0.5,
  observationId: generation.id,
});
await langfuse.shutdownAsync();
facts.seen["sends"] = sends;
process.stdout.write(`${JSON.stringify(facts)}\n`);
