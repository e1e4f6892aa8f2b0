import { describe, expect, it } from "vitest";

import type { Facts } from "./support/facts.ts";
import { type E2eProject, readable } from "./support/instance.ts";
import { runProgram } from "./support/program.ts";
import { runningInstance } from "./support/shared.ts";
import { expectFetched, expectMeasured, expectMediaToken, settled } from "./support/story.ts";

const instance = runningInstance();

describe("@abvdev/client, @abvdev/tracing and @abvdev/otel", () => {
  let project: E2eProject;
  let facts: Facts;

  it("trap 1: fetch, compile, link, send and score with a Bearer key alone", async () => {
    project = await instance().createProject("abv");
    facts = await runProgram("abv", project);
    expectFetched(facts);
  });

  it("are measured within two ticks, every number of every version", async () => {
    await settled(instance());
    await expectMeasured(project, facts);
  });

  it("make no link with a fallback", async () => {
    const id = String(facts.seen["fallbackId"]);
    await readable(project, [id]);
    const { json } = await project.ask("GET", `/api/public/observations/${id}`);
    expect(json).toMatchObject({ type: "GENERATION", promptName: null, promptVersion: null });
  });

  it("trap 15: the client's own cache forgets the version; asked for it, we answer it", () => {
    // Not ours to mend: the first is answered by the client without a request.
    expect(facts.seen["versionFromCache"]).toBe(1);
    expect(facts.seen["byVersion"]).toMatchObject({ version: 3 });
  });

  it("trap 17: media tokens are kept as they were sent", async () => {
    await expectMediaToken(project, facts, "abvdevMedia");
  });
});
