// Fetch a prompt, compile it, link a model call to it, score the answer, read the numbers.
import { ABVClient } from "@abvdev/client";
import { ABVSpanProcessor } from "@abvdev/otel";
import { startActiveObservation } from "@abvdev/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";

// Both read ABV_BASE_URL and ABV_API_KEY.
const abv = new ABVClient();
const spans = new ABVSpanProcessor();
new NodeSDK({ spanProcessors: [spans] }).start();

const NAME = "example/capital";
const known = await abv.api.prompts.list({ name: NAME });
if (known.data.length === 0) {
  await abv.prompt.create({
    name: NAME,
    type: "chat",
    prompt: [
      { role: "system", content: "Answer in one word." },
      { role: "user", content: "What is the capital of {{country}}?" },
    ],
    labels: ["production"],
    config: { model: "gpt-4o-mini" },
  });
}

// Your model's client goes here.
async function askModel(messages) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { text: "Paris", usage: { input: 8 * messages.length, output: 1 } };
}

// The numbers of every version, as they are before.
const { ABV_BASE_URL: url, ABV_API_KEY: key } = process.env;
async function metrics() {
  const response = await fetch(`${url}/api/public/prompts/${encodeURIComponent(NAME)}/metrics`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return response.json();
}
const countOf = (numbers) => numbers.data[0]?.count ?? 0;
const before = countOf(await metrics());

// 1. Fetch: the version that has the label production.
const prompt = await abv.prompt.get(NAME, { type: "chat" });
// 2. Compile.
const messages = prompt.compile({ country: "France" });

// 3. Link: `prompt` on the generation is all it takes.
await startActiveObservation(
  "answer",
  async (generation) => {
    generation.update({ prompt, model: prompt.config.model, input: messages });
    const { text, usage } = await askModel(messages);
    generation.update({ output: text, usageDetails: usage });
    // 4. Score.
    abv.score.observation(generation, { name: "correct", value: text === "Paris" ? 1 : 0 });
    console.log(`${prompt.name} v${prompt.version}: ${text}`);
  },
  { asType: "generation" },
);
await Promise.all([spans.forceFlush(), abv.flush()]);

// 5. The numbers again. They are folded once a minute.
console.log("Waiting for the numbers, up to two minutes ...");
let numbers = await metrics();
for (let tries = 0; tries < 30 && countOf(numbers) === before; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 5000));
  numbers = await metrics();
}
console.log(JSON.stringify(numbers, null, 2));
process.exit(0);
