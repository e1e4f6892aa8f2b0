import { Langfuse } from "langfuse";

import { type Captured, capture } from "./capture.ts";

/** One conversation through the legacy client: trace, generation, span, event, updates, scores. */
export const legacySession = (): Promise<Captured[]> =>
  capture(async (baseUrl) => {
    const client = new Langfuse({ publicKey: "pk-1", secretKey: "sk-1", baseUrl, flushAt: 100 });
    const trace = client.trace({
      id: "trace-custom-1",
      name: "chat",
      // Nested: the client stamps an event after it has walked its payload, so this create comes late.
      input: { a: { deep: [1, 2, { x: 1 }] } },
      userId: "user-1",
      sessionId: "session-1",
      tags: ["b", "a"],
    });
    const generation = trace.generation({
      id: "gen-1",
      name: "answer",
      model: "gpt-4o",
      input: [{ role: "user", content: "hi" }],
      prompt: { name: "greet", version: 3, isFallback: false } as never,
    });
    generation.update({ completionStartTime: new Date() });
    generation.end({
      output: "done",
      usageDetails: { input: 12, input_cached_tokens: 2, total: 17 },
    });
    const span = trace.span({ id: "span-1", name: "lookup" });
    span.end({ output: 1 });
    trace.event({ id: "event-1", name: "note", metadata: { k: 1 } });
    trace.update({ name: "renamed", output: "bye" });
    generation.score({ name: "quality", value: 0.5 });
    trace.score({ name: "mood", value: "good", comment: "c" });
    await client.shutdownAsync();
  });
