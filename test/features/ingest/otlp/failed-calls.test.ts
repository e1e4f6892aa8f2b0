import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { mapSpans } from "../../../../src/features/ingest/otlp/map.ts";
import { readProtobuf } from "../../../../src/features/ingest/otlp/protobuf.ts";

/*
 * Calls of the real OpenAI client for Python that a server on loopback refused with 429 and 500, as
 * the instrumentation packages named by the files sent them; only folders in stack traces were
 * shortened. Their siblings for JavaScript end no span of such a call (see real/openai.test.ts).
 */

const FIXTURES = join(import.meta.dirname, "../../../fixtures/otlp");

const mapped = (file: string) =>
  mapSpans(readProtobuf(new Uint8Array(readFileSync(join(FIXTURES, file)))));

describe.each([
  "openinference-openai-python-0.1.66-failed.pb",
  "traceloop-openai-python-0.62.4-failed.pb",
])("%s", (file) => {
  it("is two failed generations with their models and reasons, and nothing unknown as 0", () => {
    const { observations, rejected } = mapped(file);
    expect(rejected).toEqual([]);
    expect(observations).toHaveLength(2);
    for (const [i, status] of [429, 500].entries()) {
      const call = observations[i];
      expect(call).toMatchObject({ type: "GENERATION", level: "ERROR", model: "gpt-4o" });
      expect(call?.provider).toContain("openai");
      expect(call?.statusMessage).toContain(`refused with ${status}`);
      expect(call?.usage).toBeUndefined();
      expect(call?.cost).toBeUndefined();
      expect(JSON.stringify(call?.input)).toContain("hi");
      expect(call?.output).toBeUndefined();
      expect(call?.endUs).toBeGreaterThan(call?.startUs ?? Infinity);
    }
  });

  it("keeps no key", () => {
    expect(JSON.stringify(mapped(file))).not.toContain("sk-nobody");
  });
});
