import { describe, it } from "vitest";

import { call } from "../../../support/call.ts";
import { freshProject } from "../../../support/project.ts";

const score = (value: unknown, more: object = {}) => ({
  name: "quality",
  value,
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  ...more,
});

describe("POST /api/public/scores", () => {
  it("answers the id of one score, its own or a new one", async ({ expect }) => {
    const { basic } = await freshProject();
    const named = await call("POST", "/api/public/scores", {
      authorization: basic,
      body: score(0.5, { id: "mine" }),
    });
    expect(named).toMatchObject({ status: 200, json: { id: "mine" } });
    const fresh = await call("POST", "/api/public/scores", {
      authorization: basic,
      body: score(0.5),
    });
    expect(fresh.status).toBe(200);
    expect(fresh.json).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown });
  });

  it("accepts a list, as langfuse for Python sends since 5.0", async ({ expect }) => {
    const { basic } = await freshProject();
    const body = [
      score(1, { dataType: "BOOLEAN", timestamp: "2026-11-20T11:59:59.123456Z" }),
      score("warm", { name: "tone" }),
    ];
    const answer = await call("POST", "/api/public/scores", { authorization: basic, body });
    expect(answer).toMatchObject({ status: 202, json: { message: "Accepted" } });
  });

  it("keeps the good scores of a list and names what is wrong with the others", async ({
    expect,
  }) => {
    const { basic } = await freshProject();
    const body = [
      score(0.5),
      score("yes", { dataType: "NUMERIC" }),
      7,
      score(0.5, { timestamp: "yesterday" }),
      score(0.5, { source: "EVAL" }),
    ];
    const answer = await call("POST", "/api/public/scores", { authorization: basic, body });
    expect(answer.status).toBe(207);
    expect(answer.json).toEqual({
      accepted: 1,
      rejected: 4,
      errors: [
        { message: "[1].value: must be a number for dataType NUMERIC" },
        { message: "[2]: must be an object" },
        { message: "[3].timestamp: must be an ISO 8601 instant" },
        { message: "[4].source: EVAL is not accepted here; use API or ANNOTATION" },
      ],
    });
  });

  it("refuses one bad score by the name of its field", async ({ expect }) => {
    const { basic, publicBearer } = await freshProject();
    const answer = await call("POST", "/api/public/scores", {
      authorization: basic,
      body: score(2, { dataType: "BOOLEAN" }),
    });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        message: "value: must be 0 or 1 for dataType BOOLEAN",
        error: "InvalidRequestError",
        issues: [{ path: "value" }],
      },
    });
    const asReviewer = await call("POST", "/api/public/scores", {
      authorization: publicBearer,
      body: score(1, { source: "ANNOTATION", configId: "c" }),
    });
    expect(asReviewer).toMatchObject({ status: 400, json: { issues: [{ path: "source" }] } });
    const neither = await call("POST", "/api/public/scores", { authorization: basic, body: 7 });
    expect(neither).toMatchObject({
      status: 400,
      json: { message: "body: must be a score or a list of scores" },
    });
  });

  it("refuses a score from before the retention", async ({ expect }) => {
    const { basic } = await freshProject();
    const body = score(0.5, { timestamp: "2020-01-01T00:00:00Z" });
    const one = await call("POST", "/api/public/scores", { authorization: basic, body });
    expect(one.status).toBe(400);
    expect(one.json).toMatchObject({
      message: "timestamp is older than the project's retention of 30 days",
    });
  });
});
