import { describe, expect, it } from "vitest";

import { problem, Refusal } from "../../src/platform/errors.ts";

describe("problem", () => {
  it("says what was wrong in every form that a client reads", async () => {
    const refusal = new Refusal("invalid_request", "label: is read-only", {
      issues: [{ path: "label", message: "is read-only" }],
    });
    const response = problem(refusal, "req-1");
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      title: "invalid_request",
      status: 400,
      detail: "label: is read-only",
      requestId: "req-1",
      issues: [{ path: "label", message: "is read-only" }],
      message: "label: is read-only",
      error: "InvalidRequestError",
    });
  });

  it("tells the client nothing of a bug", async () => {
    const response = problem(new Error("secret detail"), "req-2");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret detail");
  });

  it("trap 16: says when to come back in whole seconds, and never in milliseconds", () => {
    const { headers } = problem(
      new Refusal("unavailable", "later", { retryAfterSeconds: 1.2 }),
      "req-3",
    );
    expect(headers.get("retry-after")).toBe("2");
    expect(headers.has("retry-after-ms")).toBe(false);
  });
});
