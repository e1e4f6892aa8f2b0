import { describe, expect, it } from "vitest";
import { z } from "zod";

import { endpoint, json } from "../../src/platform/http.ts";
import { openApi } from "../../src/platform/openapi.ts";

const route = endpoint({
  method: "PUT",
  path: "/api/public/things/:name{.+}/labels/:label",
  access: "write",
  tag: "things",
  summary: "Point a label.",
  params: z.object({ name: z.string().min(1), label: z.string() }),
  query: z.object({
    dry: z.enum(["true", "false"]).optional().describe("Only say what would happen."),
  }),
  body: z.object({ version: z.int() }),
  answers: { 200: z.object({ version: z.int() }), 304: "unchanged" },
  handle: () => json({}),
});

describe("openApi", () => {
  it("documents a route from the schemas that check it", () => {
    const document = openApi([route], "1.2.3") as unknown as {
      openapi: string;
      paths: Record<string, { put: Record<string, unknown> }>;
    };
    expect(document.openapi).toBe("3.1.0");
    const put = document.paths["/api/public/things/{name}/labels/{label}"]?.put;
    expect(put?.["parameters"]).toMatchObject([
      { name: "name", in: "path", required: true, schema: { type: "string", minLength: 1 } },
      { name: "label", in: "path", required: true },
      { name: "dry", in: "query", required: false, description: "Only say what would happen." },
    ]);
    expect(put).toMatchObject({
      security: [{ basic: [] }, { bearer: [] }],
      requestBody: { content: { "application/json": { schema: { required: ["version"] } } } },
      responses: { 304: { description: "unchanged" }, 401: {}, 403: {}, default: {} },
    });
  });

  it("documents bodies that a handler reads itself, and refusals by their shape", () => {
    const read = endpoint({
      method: "POST",
      path: "/api/public/spans",
      access: "ingest",
      tag: "things",
      summary: "Take spans.",
      takes: {
        "application/json": z.object({ spans: z.array(z.unknown()), count: z.int() }),
        "application/x-protobuf": "An export",
      },
      answers: { 200: "taken", 413: "too large" },
      handle: () => json({}),
    });
    const { paths } = openApi([read], "1.2.3") as unknown as {
      paths: Record<string, { post: { requestBody: object; responses: Record<number, object> } }>;
    };
    const post = paths["/api/public/spans"]?.post;
    expect(post?.requestBody).toEqual({
      required: true,
      content: {
        "application/json": {
          schema: {
            type: "object",
            properties: { spans: { type: "array", items: {} }, count: { type: "integer" } },
            required: ["spans", "count"],
          },
        },
        "application/x-protobuf": { schema: { description: "An export" } },
      },
    });
    expect(post?.responses[200]).toEqual({ description: "taken" });
    expect(post?.responses[413]).toMatchObject({
      description: "too large",
      content: { "application/problem+json": { schema: { required: expect.any(Array) } } },
    });
  });
});
