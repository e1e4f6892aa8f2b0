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
});
