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
});
