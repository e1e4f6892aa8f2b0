import { describe, expect, it } from "vitest";

import type { Facts } from "./support/facts.ts";
import { type E2eProject, readable } from "./support/instance.ts";
import { metricsOf } from "./support/metrics.ts";
import { CHAT_PROMPT } from "./support/plan.ts";
import { runProgram } from "./support/program.ts";
import { runningInstance } from "./support/shared.ts";
import { expectFetched, expectMeasured, expectMediaToken, settled } from "./support/story.ts";

const instance = runningInstance();

describe("@langfuse/client, @langfuse/tracing and @langfuse/otel 5", () => {
  let project: E2eProject;
  let facts: Facts;

  it("fetch, compile, link, send and score", async () => {
    project = await instance().createProject("langfuse 5");
    facts = await runProgram("langfuse", project);
    expectFetched(facts);
    expect(facts.seen["byVersion"]).toEqual({ version: 3, commitMessage: "shorter" });
  });

  it("are measured within two ticks, every number of every version", async () => {
    await settled(instance());
    await expectMeasured(project, facts);
  });

  it("trap 9: a prompt on every span of a trace counts for its generation only", async () => {
    const { data } = await metricsOf(project, CHAT_PROMPT);
    const linked = facts.generations.filter(({ prompt }) => prompt === CHAT_PROMPT);
    expect(data.find(({ version }) => version === 1)?.count).toBe(linked.length);
  });

  it("make no link with a fallback, and count it where the fallback says its name", async () => {
    const { fallbackId, vercelFallbackId } = facts.seen as Record<string, string>;
    await readable(project, [fallbackId ?? "", vercelFallbackId ?? ""]);
    for (const id of [fallbackId, vercelFallbackId]) {
      const { json } = await project.ask("GET", `/api/public/observations/${id}`);
      expect(json).toMatchObject({ type: "GENERATION", promptVersion: null, promptId: null });
    }
    expect(await metricsOf(project, "not-there")).toMatchObject({
      data: [],
      fallback: { count: 1 },
    });
  });

  it("trap 12: a base URL with a trailing slash reaches the same routes", async () => {
    const response = await fetch(`${instance().url}//api/public/health`);
    expect(response.status).toBe(200);
  });

  it("trap 17: media tokens are kept as they were sent", async () => {
    await expectMediaToken(project, facts, "langfuseMedia");
  });
});
