import { describe, expect, it } from "vitest";

import type { Facts } from "./support/facts.ts";
import { type E2eProject, readable } from "./support/instance.ts";
import { expectMetrics, metricsOf } from "./support/metrics.ts";
import { TEXT_PROMPT } from "./support/plan.ts";
import { runProgram } from "./support/program.ts";
import { runningInstance } from "./support/shared.ts";
import { expectFetched, expectMeasured, settled } from "./support/story.ts";

const instance = runningInstance();

describe("npm langfuse 3, the batch client", () => {
  let project: E2eProject;
  let facts: Facts;

  it("trap 1: fetches, compiles, links, sends and scores, with the public key too", async () => {
    project = await instance().createProject("langfuse 3");
    facts = await runProgram("legacy", project);
    expectFetched(facts);
  });

  it("trap 5: is measured whatever the order of its batches, every number of every version", async () => {
    await settled(instance());
    await expectMeasured(project, facts);
  });

  it("makes no link with a fallback", async () => {
    const id = String(facts.seen["fallbackId"]);
    await readable(project, [id]);
    const { json } = await project.ask("GET", `/api/public/observations/${id}`);
    expect(json).toMatchObject({ type: "GENERATION", promptName: null, promptVersion: null });
  });

  it("trap 4: sends a whole batch four times for one bad event, which changes no number", async () => {
    const own = await instance().createProject("resend");
    const resent = await runProgram("resend", own);
    expect(resent.seen["sends"]).toBe(4);
    await settled(instance());
    expectMetrics(await metricsOf(own, TEXT_PROMPT), resent, TEXT_PROMPT, {
      1: ["latest", "production"],
    });
    const { status } = await own.ask("GET", "/api/public/v2/scores/resend-bad");
    expect(status).toBe(404);
  });
});
