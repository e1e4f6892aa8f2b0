import { randomBytes } from "node:crypto";

/** What the spans of one request are about. */
export type SpansOptions = {
  /** Each trace is a root span and one generation below it. */
  traces: number;
  /** When the first trace began, in milliseconds since 1970. */
  atMs: number;
  prompt: { name: string; version: number };
};

type Attribute = { key: string; value: Record<string, unknown> };

const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } });
const json = (key: string, value: unknown): Attribute => text(key, JSON.stringify(value));

const QUESTION =
  "My parcel was to arrive on Tuesday. It is Friday. Where is it, and who pays? ".repeat(8);
const ANSWER =
  "I am sorry for the delay. Your parcel is in Lyon and will be with you tomorrow. ".repeat(4);

const NANOS_PER_MS = 1_000_000n;
const nanos = (ms: number): string => String(BigInt(Math.trunc(ms)) * NANOS_PER_MS);

function pseudoRandom(index: number, below: number): number {
  return (index * 7919 + 104_729) % below;
}

function traceSpans(traceId: string, index: number, { atMs, prompt }: SpansOptions): object[] {
  const rootId = randomBytes(8).toString("hex");
  const startMs = atMs + index;
  const tookMs = 400 + pseudoRandom(index, 1600);
  const input = 300 + pseudoRandom(index, 500);
  const output = 80 + pseudoRandom(index, 120);
  const question = [{ role: "user", content: `${index}: ${QUESTION}` }];
  const answer = { role: "assistant", content: `${index}: ${ANSWER}` };
  return [
    {
      traceId,
      spanId: rootId,
      name: "answer-a-customer",
      kind: 1,
      startTimeUnixNano: nanos(startMs),
      endTimeUnixNano: nanos(startMs + tookMs + 20),
      attributes: [
        text("langfuse.observation.type", "span"),
        text("langfuse.environment", "production"),
        text("langfuse.trace.name", "answer-a-customer"),
        text("user.id", `user-${index % 10}`),
        text("langfuse.observation.input", `${index}: ${QUESTION}`),
        text("langfuse.observation.output", `${index}: ${ANSWER}`),
      ],
      events: [],
      status: { code: 0 },
    },
    {
      traceId,
      spanId: randomBytes(8).toString("hex"),
      parentSpanId: rootId,
      name: "llm-call",
      kind: 1,
      startTimeUnixNano: nanos(startMs + 10),
      endTimeUnixNano: nanos(startMs + 10 + tookMs),
      attributes: [
        text("langfuse.observation.type", "generation"),
        text("langfuse.environment", "production"),
        text("langfuse.observation.model.name", "gpt-4o-mini"),
        json("langfuse.observation.model.parameters", { temperature: 0.2, max_tokens: 400 }),
        json("langfuse.observation.usage_details", { input, output, total: input + output }),
        json("langfuse.observation.completion_start_time", new Date(startMs + 210).toISOString()),
        text("langfuse.observation.prompt.name", prompt.name),
        { key: "langfuse.observation.prompt.version", value: { intValue: prompt.version } },
        json("langfuse.observation.input", question),
        json("langfuse.observation.output", answer),
      ],
      events: [],
      status: { code: 0 },
    },
  ];
}

const exportOf = (spans: readonly object[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: [
            text("service.name", "bench"),
            text("telemetry.sdk.language", "nodejs"),
            text("telemetry.sdk.name", "opentelemetry"),
          ],
        },
        scopeSpans: [{ scope: { name: "langfuse-sdk", version: "5.11.1" }, spans }],
      },
    ],
  });

const newTraceIds = (count: number): string[] =>
  Array.from({ length: count }, () => randomBytes(16).toString("hex"));

/** One OTLP export request in JSON, as the JS SDKs send it, and which traces it brings. */
export function exportRequest(options: SpansOptions): { body: string; traceIds: string[] } {
  const traceIds = newTraceIds(options.traces);
  const spans = traceIds.flatMap((traceId, i) => traceSpans(traceId, i, options));
  return { body: exportOf(spans), traceIds };
}

/** The same traffic as requests of so many spans each. */
export function exportRequests(options: SpansOptions, spansPerRequest: number): string[] {
  const spans = newTraceIds(options.traces).flatMap((traceId, i) =>
    // A child ends, and is sent, before its parent.
    traceSpans(traceId, i, options).reverse(),
  );
  const bodies: string[] = [];
  for (let from = 0; from < spans.length; from += spansPerRequest) {
    bodies.push(exportOf(spans.slice(from, from + spansPerRequest)));
  }
  return bodies;
}
