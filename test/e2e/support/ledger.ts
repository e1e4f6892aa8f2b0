/** Traffic whose every event is known beforehand: what must be found afterwards, and once. */

const PROMPT = "exactly-once";
const VERSIONS = 3;
const EVENTS_PER_TRACE = 5;
const TRACES_PER_REQUEST = 4;

/** One request to send until it is taken. */
export type Sending = { path: string; body: string };

export type KnownTrace = {
  id: string;
  root: string;
  generation: string;
  score: string;
  version: number;
  inputTokens: number;
  outputTokens: number;
  value: number;
};

export type Traffic = { prompt: string; traces: KnownTrace[]; sendings: Sending[] };

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** Every amount is another one, so that a lost event and a doubled one cannot make up for each other. */
const traceOf = (index: number): KnownTrace => ({
  id: `e0${hex(index + 1, 30)}`,
  root: `a0${hex(index + 1, 14)}`,
  generation: `b0${hex(index + 1, 14)}`,
  score: `score-${index}`,
  version: 1 + (index % VERSIONS),
  inputTokens: 1000 + index,
  outputTokens: 100_000 + index * 3,
  value: index,
});

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

function spans(trace: KnownTrace, startMs: number): object[] {
  const times = {
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + 250}000000`,
  };
  return [
    { traceId: trace.id, spanId: trace.root, name: "answer", ...times },
    {
      traceId: trace.id,
      spanId: trace.generation,
      parentSpanId: trace.root,
      name: "call",
      ...times,
      attributes: [
        text("langfuse.observation.type", "generation"),
        text("langfuse.observation.input", `question of ${trace.id}`),
        text("langfuse.observation.prompt.name", PROMPT),
        { key: "langfuse.observation.prompt.version", value: { intValue: trace.version } },
      ],
    },
  ];
}

const envelope = (id: string, type: string, startMs: number, body: object) => ({
  id,
  type,
  timestamp: new Date(startMs).toISOString(),
  body,
});

/** The later half of what is known of a generation, which the legacy SDK may send first. */
const update = (trace: KnownTrace, startMs: number) =>
  envelope(`update-${trace.id}`, "generation-update", startMs + 300, {
    id: trace.generation,
    traceId: trace.id,
    usageDetails: { input: trace.inputTokens, output: trace.outputTokens },
  });

const output = (trace: KnownTrace, startMs: number) =>
  envelope(`output-${trace.id}`, "generation-update", startMs + 310, {
    id: trace.generation,
    traceId: trace.id,
    output: `answer to ${trace.id}`,
  });

const score = (trace: KnownTrace, startMs: number) =>
  envelope(`score-event-${trace.id}`, "score-create", startMs + 400, {
    id: trace.score,
    traceId: trace.id,
    observationId: trace.generation,
    name: "quality",
    value: trace.value,
  });

const batch = (events: object[]): Sending => ({
  path: "/api/public/ingestion",
  body: JSON.stringify({ batch: events }),
});

/**
 * Traces of five events each: root and generation as spans, two updates and a score as legacy
 * events. Updates and scores of some traces come before their spans, and every seventh request is
 * sent twice although it was taken.
 *
 * @param events how many, at least; a multiple of 20 is met exactly
 * @param random numbers in [0, 1) that shuffle the requests
 */
export function drawTraffic(events: number, startMs: number, random: () => number): Traffic {
  const count = Math.ceil(events / EVENTS_PER_TRACE);
  const traces = Array.from({ length: count }, (_, i) => traceOf(i));
  const sendings: Sending[] = [];
  for (let from = 0; from < count; from += TRACES_PER_REQUEST) {
    const group = traces.slice(from, from + TRACES_PER_REQUEST);
    sendings.push({
      path: "/api/public/otel/v1/traces",
      body: JSON.stringify({
        resourceSpans: [
          { scopeSpans: [{ spans: group.flatMap((one) => spans(one, startMs + one.value)) }] },
        ],
      }),
    });
    sendings.push(batch(group.map((one) => update(one, startMs))));
    sendings.push(
      batch(group.flatMap((one) => [score(one, startMs), output(one, startMs + one.value)])),
    );
  }
  const doubled = sendings.filter((_, i) => i % 7 === 0);
  return { prompt: PROMPT, traces, sendings: shuffled([...sendings, ...doubled], random) };
}

/** Not too far from where it stood: halves of one thing arrive in any order, within a while. */
function shuffled(sendings: Sending[], random: () => number): Sending[] {
  const REACH = 40;
  const placed = sendings.map((sending, i) => ({ sending, at: i + random() * REACH }));
  return placed.toSorted((a, b) => a.at - b.at).map(({ sending }) => sending);
}

/** What the buckets of a version must hold. */
export function expectedOf(traces: readonly KnownTrace[], version: number) {
  const own = traces.filter((trace) => trace.version === version);
  const total = (of: (trace: KnownTrace) => number): number =>
    own.reduce((sum, trace) => sum + of(trace), 0);
  return {
    count: own.length,
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    scores: own.length,
    scoreMean: total(({ value }) => value) / own.length,
  };
}
