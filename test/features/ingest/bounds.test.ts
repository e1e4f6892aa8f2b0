import { describe, expect, it } from "vitest";

import { boundObservation, boundTrace } from "../../../src/features/ingest/accept/bounds.ts";

const patch = { id: "o", traceId: "t", clock: "0" };

describe("bounds of a row", () => {
  it("leaves what fits as it is", () => {
    const small = {
      ...patch,
      name: "n",
      statusMessage: "s",
      modelParameters: { a: 1 },
      metadata: { m: 1 },
    };
    expect(boundObservation(small)).toEqual(small);
  });

  it("cuts long texts and keeps the whole in the metadata", () => {
    const statusMessage = "x".repeat(5_000);
    expect(boundObservation({ ...patch, statusMessage, metadata: { m: 1 } })).toEqual({
      ...patch,
      statusMessage: "x".repeat(4_000),
      metadata: { m: 1, statusMessage },
    });
  });

  it("moves large model parameters into the metadata", () => {
    const modelParameters = { tools: "t".repeat(9_000) };
    expect(boundObservation({ ...patch, modelParameters })).toEqual({
      ...patch,
      metadata: { modelParameters },
    });
  });

  it("keeps at most 50 tags of 200 characters on a trace", () => {
    const tags = Array.from({ length: 60 }, (_, i) => `tag-${i}`);
    const bounded = boundTrace({ id: "t", clock: "0", tags });
    expect(bounded.tags).toEqual(tags.slice(0, 50));
    expect(bounded.metadata).toEqual({ tags });
  });
});
