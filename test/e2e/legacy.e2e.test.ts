import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Facts } from "./support/facts.ts";
import { type E2eProject, type Instance, readable, startInstance } from "./support/instance.ts";
import { runProgram } from "./support/program.ts";
import { expectFetched, expectMeasured, settled } from "./support/story.ts";

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
});
afterAll(() => instance.stop());

describe("npm langfuse 3, the batch client", () => {
  let project: E2eProject;
  let facts: Facts;

  it("fetches, compiles, links, sends and scores", async () => {
    project = await instance.createProject("langfuse 3");
    facts = await runProgram("legacy", project);
    expectFetched(facts);
  });

  it("trap 5: is measured whatever the order of its batches, every number of every version", async () => {
    await settled(instance, project, facts);
    await expectMeasured(project, facts);
  });

  it("makes no link with a fallback", async () => {
    const id = String(facts.seen["fallbackId"]);
    await readable(project, [id]);
    const { json } = await project.ask("GET", `/api/public/observations/${id}`);
    expect(json).toMatchObject({ type: "GENERATION", promptName: null, promptVersion: null });
  });
});
