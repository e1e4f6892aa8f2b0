import { describe, expect, it } from "vitest";

import type { E2eProject } from "./support/instance.ts";
import { runningInstance } from "./support/shared.ts";

const instance = runningInstance();

type Report = { done: boolean; cursor: string | null; versions: { added: number } };

async function importAll(from: E2eProject, into: E2eProject): Promise<Report[]> {
  const { url: baseUrl, publicKey, secretKey } = from;
  const steps: Report[] = [];
  for (let cursor: string | undefined; ;) {
    const body = { baseUrl, publicKey, secretKey, cursor };
    const { status, json } = await into.ask("POST", "/api/public/import/langfuse", body);
    expect(status, JSON.stringify(json)).toBe(200);
    const report = json as Report;
    steps.push(report);
    if (report.cursor === null) return steps;
    cursor = report.cursor;
  }
}

describe("an import from a running instance, over its real HTTP", () => {
  it("brings every version and label, in steps", async () => {
    const source = await instance().createProject("import source");
    const target = await instance().createProject("import target");
    for (let n = 1; n <= 35; n++) {
      const labels = n === 20 ? ["production"] : [];
      const body = { name: "team/über prompt", prompt: `text ${n}`, labels };
      expect((await source.ask("POST", "/api/public/v2/prompts", body)).status).toBe(201);
    }
    const steps = await importAll(source, target);
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.reduce((sum, { versions }) => sum + versions.added, 0)).toBe(35);
    const path = "/api/public/v2/prompts/team%2F%C3%BCber%20prompt";
    expect((await target.ask("GET", path)).json).toMatchObject({ version: 20, prompt: "text 20" });
    expect((await target.ask("GET", `${path}?version=35`)).json).toMatchObject({
      prompt: "text 35",
    });
  });

  it("refuses wrong keys and private addresses with the field's name", async () => {
    const target = await instance().createProject("import refused");
    const { url: baseUrl, publicKey } = target;
    const wrong = { baseUrl, publicKey, secretKey: "nothing" };
    const keys = await target.ask("POST", "/api/public/import/langfuse", wrong);
    expect(keys).toMatchObject({ status: 400, json: { issues: [{ path: "secretKey" }] } });
    const inside = { ...wrong, baseUrl: "http://169.254.169.254" };
    const address = await target.ask("POST", "/api/public/import/langfuse", inside);
    expect(address).toMatchObject({ status: 400, json: { issues: [{ path: "baseUrl" }] } });
  });
});
