import { z } from "zod";

import { type Endpoint, endpoint } from "../../../platform/http.ts";
import { PromptAnswer } from "../../prompts/contract.ts";
import { BulkQuery } from "../contract.ts";
import { drawOf } from "../split/actions.ts";
import { fetchBulk } from "./actions.ts";

export const bulkEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/prompts",
    access: "read",
    tag: "Prompts",
    summary: "Every prompt at a label in one conditional answer",
    query: BulkQuery,
    answers: {
      200: z.object({ data: z.array(PromptAnswer) }),
      304: "the ETag in If-None-Match is current",
    },
    handle: async (scope, { query }, c) => {
      const { etag, body, drawn } = await fetchBulk(scope, {
        label: query.label,
        draw: drawOf(c, query, "control"),
        ifNoneMatch: c.req.header("if-none-match"),
      });
      const headers = { etag, "cache-control": drawn ? "private, no-store" : "private, no-cache" };
      if (body === undefined) return new Response(null, { status: 304, headers });
      return new Response(body, {
        headers: { ...headers, "content-type": "application/json; charset=utf-8" },
      });
    },
  }),
];
