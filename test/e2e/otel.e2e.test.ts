import { describe, expect, it } from "vitest";

import { expectMetrics, metricsOf } from "./support/metrics.ts";
import { TEXT_PROMPT } from "./support/plan.ts";
import { runProgram } from "./support/program.ts";
import { runningInstance } from "./support/shared.ts";
import { settled } from "./support/story.ts";

const instance = runningInstance();

describe("an OpenTelemetry exporter", () => {
  it.each([
    ["http/json", "none"],
    ["http/json", "gzip"],
    ["http/protobuf", "none"],
    ["http/protobuf", "gzip"],
  ])("trap 6: is measured by %s, compression %s", async (protocol, compression) => {
    const project = await instance().createProject(`${protocol} ${compression}`);
    const made = await project.ask("POST", "/api/public/v2/prompts", {
      name: TEXT_PROMPT,
      prompt: "Hello",
      labels: ["production"],
    });
    expect(made.status).toBe(201);
    // As docs/deploy.md says.
    const facts = await runProgram("otel", project, {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${project.url}/api/public/otel/v1/traces`,
      OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${project.abvKey}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    });
    await settled(instance());
    expectMetrics(await metricsOf(project, TEXT_PROMPT), facts, TEXT_PROMPT, {
      1: ["latest", "production"],
    });
  });

  it("is told that its export is too large, and not cut off while it writes", async () => {
    const project = await instance().createProject("large");
    const post = (body: BodyInit, authorization: string): Promise<Response> =>
      fetch(`${project.url}/api/public/otel/v1/traces`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body,
        // Node asks for it; the Workers' types do not know it.
        ...({ duplex: "half" } as object),
      });
    for (let i = 0; i < 10; i++) {
      const large = new Uint8Array(12_000_000);
      const known = await post(large, `Bearer ${project.abvKey}`);
      const chunked = await post(new Blob([large]).stream(), `Bearer ${project.abvKey}`);
      expect([known.status, chunked.status]).toEqual([413, 413]);
      expect(await known.json()).toMatchObject({ message: "the body is larger than 4.5 MB" });
      expect((await post(large.slice(0, 4_400_000), "Bearer nobody")).status).toBe(401);
    }
  });
});
