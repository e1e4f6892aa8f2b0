import type { GenerationFact } from "./facts.ts";

/** A model call that every program makes, and what it has to count for. */
export type PlannedCall = {
  latencyMs: number;
  firstTokenMs: number | null;
  model?: string;
  usageDetails?: Record<string, number>;
  costDetails?: Record<string, number>;
  isError?: boolean;
  counts: Pick<
    GenerationFact,
    "inputTokens" | "outputTokens" | "totalTokens" | "costUsd" | "inputCostUsd" | "outputCostUsd"
  >;
};

const NOTHING_KNOWN: PlannedCall["counts"] = {
  inputTokens: null,
  outputTokens: null,
  totalTokens: null,
  costUsd: null,
  inputCostUsd: null,
  outputCostUsd: null,
};

/** Version 1 of the text prompt, by manual observations. */
export const MANUAL: readonly PlannedCall[] = [
  {
    latencyMs: 120,
    firstTokenMs: 40,
    model: "gpt-4o-mini",
    usageDetails: { input: 100, output: 20, total: 120 },
    costDetails: { input: 0.001, output: 0.002, total: 0.003 },
    // A given cost wins over the price list.
    counts: {
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 120,
      costUsd: 0.003,
      inputCostUsd: 0.001,
      outputCostUsd: 0.002,
    },
  },
  {
    latencyMs: 250,
    firstTokenMs: 80,
    model: "gpt-4o-mini",
    usageDetails: { input: 200, output: 50, total: 250 },
    costDetails: { input: 0.002, output: 0.005, total: 0.007 },
    counts: {
      inputTokens: 200,
      outputTokens: 50,
      totalTokens: 250,
      costUsd: 0.007,
      inputCostUsd: 0.002,
      outputCostUsd: 0.005,
    },
  },
  {
    latencyMs: 75,
    firstTokenMs: null,
    model: "gpt-4o-mini",
    // The total is the sum where it is not said.
    usageDetails: { input: 50, output: 10 },
    costDetails: { total: 0.01 },
    counts: {
      ...NOTHING_KNOWN,
      inputTokens: 50,
      outputTokens: 10,
      totalTokens: 60,
      costUsd: 0.01,
    },
  },
  {
    latencyMs: 900,
    firstTokenMs: 300,
    // In no price list, so its cost is unknown and not 0.
    model: "a-model-of-our-own",
    usageDetails: { input: 400, output: 1, total: 401 },
    isError: true,
    counts: { ...NOTHING_KNOWN, inputTokens: 400, outputTokens: 1, totalTokens: 401 },
  },
  { latencyMs: 30, firstTokenMs: null, counts: NOTHING_KNOWN },
];

/** Version 2 of the text prompt, two calls inside one trace. */
export const ACTIVE: readonly PlannedCall[] = [
  {
    latencyMs: 140,
    firstTokenMs: 35,
    model: "gpt-4o-mini",
    usageDetails: { input: 110, output: 22, total: 132 },
    costDetails: { input: 0.0011, output: 0.0022, total: 0.0033 },
    counts: {
      inputTokens: 110,
      outputTokens: 22,
      totalTokens: 132,
      costUsd: 0.0033,
      inputCostUsd: 0.0011,
      outputCostUsd: 0.0022,
    },
  },
  {
    latencyMs: 160,
    firstTokenMs: 45,
    model: "gpt-4o-mini",
    usageDetails: { input: 130, output: 26, total: 156 },
    costDetails: { input: 0.0013, output: 0.0026, total: 0.0039 },
    counts: {
      inputTokens: 130,
      outputTokens: 26,
      totalTokens: 156,
      costUsd: 0.0039,
      inputCostUsd: 0.0013,
      outputCostUsd: 0.0026,
    },
  },
];

/** Version 2 of the text prompt, by the wrapper or decorator: it takes as long as it takes. */
export const WRAPPED: Omit<PlannedCall, "latencyMs" | "firstTokenMs"> = {
  model: "gpt-4o-mini",
  usageDetails: { input: 90, output: 18, total: 108 },
  costDetails: { input: 0.0009, output: 0.0018, total: 0.0027 },
  counts: {
    inputTokens: 90,
    outputTokens: 18,
    totalTokens: 108,
    costUsd: 0.0027,
    inputCostUsd: 0.0009,
    outputCostUsd: 0.0018,
  },
};

/** Version 1 of the chat prompt: usage as OpenAI and its JS SDKs spell it, cost from the price list. */
export const PRICED: readonly PlannedCall[] = [
  {
    latencyMs: 500,
    firstTokenMs: 125,
    model: "gpt-4o-mini",
    usageDetails: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
    // OpenAI's list price of gpt-4o-mini: $0.15 and $0.60 per million input and output tokens.
    counts: {
      inputTokens: 1000,
      outputTokens: 200,
      totalTokens: 1200,
      costUsd: 0.00027,
      inputCostUsd: 0.00015,
      outputCostUsd: 0.00012,
    },
  },
  {
    latencyMs: 700,
    firstTokenMs: 175,
    model: "gpt-4o-mini",
    usageDetails: { promptTokens: 300, completionTokens: 60, totalTokens: 360 },
    counts: {
      inputTokens: 300,
      outputTokens: 60,
      totalTokens: 360,
      costUsd: 0.000081,
      inputCostUsd: 0.000045,
      outputCostUsd: 0.000036,
    },
  },
];

/** What a linked call of the plan is, once its ids and its start are known. */
export function factOf(
  call: PlannedCall,
  link: Pick<GenerationFact, "prompt" | "version" | "sessionId" | "traceId" | "observationId">,
  startMs: number,
): GenerationFact {
  return {
    ...link,
    startUs: startMs * 1000,
    endUs: (startMs + call.latencyMs) * 1000,
    firstTokenUs: call.firstTokenMs === null ? null : (startMs + call.firstTokenMs) * 1000,
    ...call.counts,
    isError: call.isError ?? false,
  };
}

/** The attributes of a planned call as the OpenTelemetry SDKs take them. */
export const attributesOf = (call: PlannedCall, startMs: number) => ({
  ...(call.model === undefined ? {} : { model: call.model }),
  ...(call.usageDetails ? { usageDetails: call.usageDetails } : {}),
  ...(call.costDetails ? { costDetails: call.costDetails } : {}),
  ...(call.firstTokenMs === null
    ? {}
    : { completionStartTime: new Date(startMs + call.firstTokenMs) }),
  ...(call.isError ? { level: "ERROR" as const, statusMessage: "the model is overloaded" } : {}),
});

/** Instants in the last minutes, on whole milliseconds, so that every duration is exact. */
export function clockFrom(nowMs: number): () => number {
  let at = nowMs - 10 * 60_000;
  return () => (at += 1000);
}

export const TEXT_PROMPT = "greeting";
export const CHAT_PROMPT = "team/support chat";

export const TEXT_VERSIONS = [
  {
    prompt: "Hello {{name}}!",
    labels: ["production"],
    tags: ["e2e"],
    config: { temperature: 0.2 },
  },
  { prompt: "Good day, {{name}}.", labels: ["staging"], tags: ["e2e"], config: { temperature: 0 } },
  { prompt: "Hi {{name}}", labels: [], tags: ["e2e"], config: {}, commitMessage: "shorter" },
];

export const CHAT_MESSAGES = [
  { role: "system", content: "You help {{who}}." },
  { type: "placeholder" as const, name: "history" },
  { role: "user", content: "{{question}}" },
];

/** One pixel, as a data URI. */
export const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
