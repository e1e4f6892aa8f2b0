import { z } from "zod";

import { Refusal } from "./platform/errors.ts";
import { type Endpoint, endpoint, json } from "./platform/http.ts";
import { openApi } from "./platform/openapi.ts";
import { referencePage } from "./platform/reference.ts";
import { VERSION } from "./platform/version.ts";
import { tick } from "./tick.ts";

const Tick = z.object({
  at: z.iso.datetime({ offset: true }).describe("The instant it shall be. Jobs due up to it run."),
});

/** Endpoints about the deployment itself. @param others what the reference shows beside these */
export function systemEndpoints(others: readonly Endpoint[]): Endpoint[] {
  const own: Endpoint[] = [
    endpoint({
      method: "POST",
      path: "/api/public/admin/tick",
      access: "deployment",
      tag: "System",
      summary:
        "Move the clock and run every job due up to that instant, on all that was accepted before. Only under TEST_CLOCK.",
      body: Tick,
      answers: {
        200: z.object({ at: z.string(), ran: z.array(z.string()), failed: z.array(z.string()) }),
      },
      handle: async ({ env }, { body }) => {
        if (env.TEST_CLOCK !== "1") {
          throw new Refusal("not_found", "the clock of this deployment cannot be moved");
        }
        const at = new Date(body.at);
        const { ran, failed } = await tick(env, at);
        return json({ at: at.toISOString(), ran, failed });
      },
    }),
    endpoint({
      method: "GET",
      path: "/api/public/openapi.json",
      access: "open",
      tag: "System",
      summary: "This API as an OpenAPI 3.1 document.",
      answers: { 200: "The document" },
      handle: () => json(openApi([...others, ...own], VERSION)),
    }),
    endpoint({
      method: "GET",
      path: "/docs",
      access: "open",
      tag: "System",
      summary: "This API as a page to read.",
      answers: { 200: "The page" },
      handle: (_scope, _input, c) => {
        c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
        return c.html(referencePage([...others, ...own]));
      },
    }),
  ];
  return own;
}
