// Ten users, each with an arm of the split; their model calls are linked to the version they got.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startActiveObservation } from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";

import { promptFor } from "./split.js";

const langfuse = new LangfuseClient();
const spans = new LangfuseSpanProcessor();
new NodeSDK({ spanProcessors: [spans] }).start();

const [name = "hello"] = process.argv.slice(2);
for (let i = 1; i <= 10; i++) {
  const user = `user-${i}`;
  const { prompt, attributes } = await promptFor(langfuse, name, { user });
  await startActiveObservation(
    "answer",
    async (generation) => {
      generation.otelSpan.setAttributes({ ...attributes, "user.id": user });
      generation.update({ prompt, model: "gpt-4o-mini", input: prompt.prompt, output: "..." });
    },
    { asType: "generation" },
  );
  console.log(`${user}: version ${prompt.version}`);
}
await spans.forceFlush();
process.exit(0);
