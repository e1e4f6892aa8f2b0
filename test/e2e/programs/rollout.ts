/**
 * Traffic through a split label: half of it by the SDK as it is, with no cache of prompts, half by
 * the helper of examples/split-js, which gives each user an arm. Version 2 fails every call.
 */
import { join } from "node:path";

import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startObservation } from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";

import { environment } from "../support/environment.ts";
import type { Facts } from "../support/facts.ts";

const { url, publicKey, secretKey } = environment();
// As the helper reads them.
process.env["LANGFUSE_BASE_URL"] = url;
process.env["LANGFUSE_PUBLIC_KEY"] = publicKey;
process.env["LANGFUSE_SECRET_KEY"] = secretKey;

const PROMPT = process.env["ROLLOUT_PROMPT"] ?? "";
const FROM_MS = Number(process.env["ROLLOUT_FROM_MS"]);
const TO_MS = Number(process.env["ROLLOUT_TO_MS"]);
const CALLS = 60;
const LATENCY_MS = 800;

const keys = { publicKey, secretKey, baseUrl: url };
const langfuse = new LangfuseClient(keys);
const spans = new LangfuseSpanProcessor(keys);
const sdk = new NodeSDK({ spanProcessors: [spans] });
sdk.start();

const fetchOne = () => langfuse.prompt.get(PROMPT, { type: "text", cacheTtlSeconds: 0 });
type Drawn = { prompt: Awaited<ReturnType<typeof fetchOne>>; attributes: Record<string, string> };
const { promptFor } = (await import(
  join(import.meta.dirname, "../../../examples/split-js/split.js")
)) as {
  promptFor: (client: LangfuseClient, name: string, of: { user: string }) => Promise<Drawn>;
};

const bySdk = async (): Promise<Drawn> => ({
  prompt: await fetchOne(),
  attributes: {},
});

const versions: Record<string, number> = {};
for (let i = 0; i < CALLS; i++) {
  const isHelped = i % 2 === 1;
  const { prompt, attributes } = await (isHelped
    ? promptFor(langfuse, PROMPT, { user: `user-${i}` })
    : bySdk());
  const startMs = FROM_MS + ((TO_MS - FROM_MS) * i) / CALLS;
  const failed = prompt.version === 2;
  const generation = startObservation(
    "answer",
    { prompt, model: "gpt-4o-mini", ...(failed ? { level: "ERROR" as const } : {}) },
    { asType: "generation", startTime: new Date(startMs) },
  );
  generation.otelSpan.setAttributes(attributes);
  generation.end(new Date(startMs + LATENCY_MS));
  const by = `${isHelped ? "helper" : "sdk"} v${prompt.version}`;
  versions[by] = (versions[by] ?? 0) + 1;
}
await sdk.shutdown();

const facts: Facts = { generations: [], scores: [], seen: { calls: CALLS, versions } };
process.stdout.write(`${JSON.stringify(facts)}\n`);
