import { expect } from "vitest";

import type { Facts } from "./facts.ts";
import { type E2eProject, type Instance, readable } from "./instance.ts";
import { expectMetrics, metricsOf } from "./metrics.ts";
import { CHAT_PROMPT, TEXT_PROMPT } from "./plan.ts";

/** Two ticks after the requests are answered, the numbers are there: whoever ticks waits for no queue. */
export async function settled(instance: Instance): Promise<void> {
  for (let tick = 0; tick < 2; tick++) {
    const { failed } = await instance.tick();
    expect(failed).toEqual([]);
  }
}

/** What every program has fetched and compiled, whichever SDK it used. */
export function expectFetched({ seen }: Facts): void {
  expect(seen).toMatchObject({
    default: {
      version: 1,
      labels: ["production"],
      tags: ["e2e"],
      config: { temperature: 0.2 },
    },
    byLabel: 2,
    byVersion: { version: 3 },
    compiled: "Hello Ada!",
    fallback: { isFallback: true, text: "Hello Ada" },
  });
  expect(seen["compiledChat"]).toEqual([
    { role: "system", content: "You help Ada." },
    { role: "assistant", content: "Ask Ada anything." },
    { role: "user", content: "Why?" },
  ]);
  expect(seen["promoted"]).toEqual({ version: 2, labels: ["latest", "production", "staging"] });
  expect(seen["missingRefused"]).toContain("not-there");
}

/** Trap 17: every vendor has its own token for media; it is kept as it was sent. */
export async function expectMediaToken(
  project: E2eProject,
  { seen }: Facts,
  token: string,
): Promise<void> {
  const id = String(seen["mediaId"]);
  await readable(project, [id]);
  const { json } = await project.ask("GET", `/api/public/observations/${id}`);
  const { input } = json as { input: { picture: string } };
  expect(input.picture).toMatch(new RegExp(`^@@@${token}:type=image/png\\|id=[\\w-]{22}\\|`));
}

/** Every line of the metrics of both prompts. */
export async function expectMeasured(project: E2eProject, facts: Facts): Promise<void> {
  const greeting = await metricsOf(project, TEXT_PROMPT);
  expectMetrics(greeting, facts, TEXT_PROMPT, { 1: ["production"], 2: ["staging"] });
  const chat = await metricsOf(project, CHAT_PROMPT);
  expectMetrics(chat, facts, CHAT_PROMPT, { 1: [] });
}
