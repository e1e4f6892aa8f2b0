import { now } from "../../platform/clock.ts";
import { Refusal } from "../../platform/errors.ts";
import { type Endpoint, endpoint } from "../../platform/http.ts";
import { PromptAnswer } from "../prompts/contract.ts";
import { notFound } from "../prompts/index.ts";
import { DEFAULT_LABEL, labelDocument, versionDocument } from "../prompts/model.ts";
import { fetchDocument, fetchFresh, fetchUnresolved } from "./actions.ts";
import { bulkEndpoints } from "./bulk/routes.ts";
import { FetchPath, FetchQuery } from "./contract.ts";
import { deliveryStateEndpoints } from "./counts/routes.ts";
import { isCurrent } from "./document.ts";
import { drainAfter } from "./publish/actions.ts";
import { drawOf, type Served, serveArm } from "./split/actions.ts";
import { splitTableEndpoints } from "./split/routes.ts";

// Answers depend on the key that asks, and clients that revalidate get a 304.
const CACHE_CONTROL = "private, no-cache";
// The next fetch may draw another arm.
const SPLIT_CACHE_CONTROL = "private, no-store";

function answer({ document, arm }: Served, ifNoneMatch: string | undefined): Response {
  const { body, etag } = document;
  const headers: Record<string, string> =
    arm === undefined
      ? { etag, "cache-control": CACHE_CONTROL }
      : { etag, "cache-control": SPLIT_CACHE_CONTROL, "x-promptside-arm": String(arm) };
  if (isCurrent(ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
  headers["content-type"] = "application/json; charset=utf-8";
  return new Response(body, { headers });
}

export const deliveryEndpoints: Endpoint[] = [
  ...bulkEndpoints,
  ...splitTableEndpoints,
  ...deliveryStateEndpoints,
  endpoint({
    method: "GET",
    path: "/api/public/v2/prompts/:name{.+}",
    access: "read",
    tag: "Prompts",
    summary: "Fetch a prompt by label or version",
    params: FetchPath,
    query: FetchQuery,
    answers: { 200: PromptAnswer, 304: "the ETag in If-None-Match is current" },
    handle: async (scope, { params: { name }, query }, c) => {
      const { version, label, fresh, resolve } = query;
      if (fresh && !scope.grants.includes("write")) {
        throw new Refusal("forbidden", "fresh=true needs a key with the scope write");
      }
      const selector = version === undefined ? { label: label ?? DEFAULT_LABEL } : { version };
      const ref =
        selector.version === undefined
          ? labelDocument(name, selector.label)
          : versionDocument(name, selector.version);
      const read = resolve === false ? fetchUnresolved : fresh ? fetchFresh : fetchDocument;
      const document = await read(scope, ref);
      if (!document) throw notFound(name, selector);
      const served = document.split
        ? await serveArm(scope, name, { document, draw: drawOf(c, query, "random") }, read)
        : { document, arm: undefined };
      return answer(served, c.req.header("if-none-match"));
    },
  }),
];

/** Endpoints that change the registry, each followed by the drain of what it changed. */
export const publishing = (endpoints: readonly Endpoint[]): Endpoint[] =>
  endpoints.map((route) =>
    route.method === "GET"
      ? route
      : {
          ...route,
          handle: async (scope, input, c) => {
            const response = await route.handle(scope, input, c);
            await drainAfter(scope, now);
            return response;
          },
        },
  );
