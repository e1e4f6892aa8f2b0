import { describe, expect, it } from "vitest";

import type { E2eProject } from "./support/instance.ts";
import { runningInstance } from "./support/shared.ts";

const instance = runningInstance();

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const send = async (project: E2eProject, id: string, atMs: number): Promise<void> => {
  const instant = new Date(atMs).toISOString();
  const body = { id, traceId: id, startTime: instant, endTime: instant };
  const link = { promptName: "clock", promptVersion: 1 };
  const event = { id, type: "generation-create", timestamp: instant, body: { ...body, ...link } };
  const { status } = await project.ask("POST", "/api/public/ingestion", { batch: [event] });
  expect(status).toBe(207);
};

const count = async (project: E2eProject): Promise<unknown> => {
  const { json } = await project.ask("GET", "/api/public/prompts/clock/metrics");
  return (json as { data: { count: number }[] }).data[0]?.count;
};

describe("the test clock", () => {
  it("moved ahead and back shows what was sent before the tick, each time", async () => {
    const project = await instance().createProject("clock");
    await project.ask("POST", "/api/public/v2/prompts", { name: "clock", prompt: "tick" });
    const nowMs = Date.now();
    const ahead = nowMs + 3 * HOUR_MS;
    await instance().tick(new Date(ahead));
    await send(project, "later", ahead);
    // The sweep notes how far it has seen, and that lies ahead.
    await instance().tick(new Date(ahead + 10 * MINUTE_MS));
    expect(await count(project)).toBe(1);

    await instance().tick(new Date());
    await send(project, "now", nowMs);
    await instance().tick(new Date());
    expect(await count(project)).toBe(2);
  });
});
