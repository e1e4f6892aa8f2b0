import { readBytes } from "../../../platform/body.ts";
import { Refusal } from "../../../platform/errors.ts";
import { type Endpoint, endpoint, type HttpContext, json } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import {
  changeSource,
  createSource,
  deleteSource,
  listSources,
  readSource,
  rotateSecret,
} from "./actions.ts";
import {
  CreateSource,
  DryRun,
  DryRunAnswer,
  HookAnswer,
  HookPath,
  Page,
  PatchSource,
  RotateSource,
  Source,
  SourceList,
  SourcePath,
  SourceWithSecret,
} from "./contract.ts";
import { type Delivery, dryRun, receive } from "./receive/actions.ts";

const path = "/api/public/sources";
const tag = "Webhooks";
const CREATED = 201;
const SOME_REFUSED = 207;

const tokenOf = ({ req }: HttpContext): string | undefined =>
  /^Bearer\s+(\S+)\s*$/i.exec(req.header("authorization") ?? "")?.[1] ??
  req.header("x-webhook-token");

async function deliveryOf(c: HttpContext): Promise<Delivery> {
  const { req } = c;
  const bytes = await readBytes(req.raw);
  const signed = {
    id: req.header("webhook-id"),
    timestamp: req.header("webhook-timestamp"),
    signature: req.header("webhook-signature"),
  };
  const said = Object.entries(signed).filter(([, value]) => value !== undefined);
  return {
    body: new TextDecoder().decode(bytes),
    token: tokenOf(c),
    signed: Object.fromEntries(said),
    isTest: req.header("x-test-connection") === "true",
    isPut: req.method === "PUT",
  };
}

/** All refused is the sender's mistake; some refused is said, and the others are kept. */
function answerOf({ accepted, errors }: HookAnswer): Response {
  const [first] = errors;
  if (!first) return json({ accepted, errors });
  if (accepted > 0) return json({ accepted, errors }, SOME_REFUSED);
  throw new Refusal("invalid_request", `no event can be used: ${first.id}: ${first.message}`, {
    issues: errors.slice(0, 20).map(({ id, message }) => ({ path: id, message })),
  });
}

async function deliver(scope: Scope, source: string, c: HttpContext): Promise<Response> {
  return answerOf(await receive(scope, source, await deliveryOf(c)));
}

const hookAnswers = {
  200: HookAnswer,
  207: HookAnswer,
  400: "The body is not what the source's kind sends, or no event of it can be used",
  401: "The signature or the token is missing or wrong",
  404: "There is no such source",
  409: "A signed delivery with this webhook-id was accepted before",
  413: "The body is larger than 4.5 MB, or 1 MB for a mapped source",
  503: "Storage refuses, or the source made more deliveries this minute than it may; Retry-After says when to try again",
};

const hookBody = {
  "application/json": "What the source's kind sends; of LiteLLM also a JSON a line",
};

const hooks: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/api/public/hooks/:source",
    access: "open",
    tag,
    summary: "Deliver events to a source, which says how they are signed and what they look like",
    params: HookPath,
    takes: hookBody,
    answers: hookAnswers,
    handle: (scope, { params }, c) => deliver(scope, params.source, c),
  }),
  endpoint({
    method: "PUT",
    path: "/api/public/hooks/:source",
    access: "open",
    tag,
    summary: "As POST, for OpenRouter, which may be set to use either",
    params: HookPath,
    takes: hookBody,
    answers: { ...hookAnswers, 405: "The source's kind takes only POST" },
    handle: (scope, { params }, c) => deliver(scope, params.source, c),
  }),
];

const sources: Endpoint[] = [
  endpoint({
    method: "POST",
    path: `${path}/dry-run`,
    access: "admin",
    tag,
    summary: "Try a mapping on a body; nothing is stored",
    body: DryRun,
    answers: { 200: DryRunAnswer, 400: "The expression is none, or fails on this body" },
    handle: async (scope, { body }) => json(await dryRun(scope, body)),
  }),
  endpoint({
    method: "POST",
    path,
    access: "admin",
    tag,
    summary: "Create a source of webhooks; its secret is said this once",
    body: CreateSource,
    answers: { 201: SourceWithSecret, 409: "The project has too many sources" },
    handle: async (scope, { body }) => json(await createSource(scope, body), CREATED),
  }),
  endpoint({
    method: "GET",
    path,
    access: "admin",
    tag,
    summary: "The project's sources, without their secrets",
    query: Page,
    answers: { 200: SourceList },
    handle: async (scope, { query }) => json(await listSources(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: `${path}/:id`,
    access: "admin",
    tag,
    summary: "One source, without its secrets",
    params: SourcePath,
    answers: { 200: Source, 404: "There is no such source" },
    handle: async (scope, { params }) => json(await readSource(scope, params.id)),
  }),
  endpoint({
    method: "PATCH",
    path: `${path}/:id`,
    access: "admin",
    tag,
    summary: "Rename a source, or change its mapping",
    params: SourcePath,
    body: PatchSource,
    answers: { 200: Source, 404: "There is no such source", 409: "It was changed meanwhile" },
    handle: async (scope, { params, body }) => json(await changeSource(scope, params.id, body)),
  }),
  endpoint({
    method: "POST",
    path: `${path}/:id/rotate`,
    access: "admin",
    tag,
    summary: "Give a source a new secret; the old ones hold for the overlap",
    params: SourcePath,
    body: RotateSource,
    emptyBody: {},
    answers: {
      200: SourceWithSecret,
      404: "There is no such source",
      409: "It was changed meanwhile",
    },
    handle: async (scope, { params, body }) => json(await rotateSecret(scope, params.id, body)),
  }),
  endpoint({
    method: "DELETE",
    path: `${path}/:id`,
    access: "admin",
    tag,
    summary: "Delete a source; what it delivered stays",
    params: SourcePath,
    answers: { 204: "Deleted", 404: "There is no such source" },
    handle: async (scope, { params }) => {
      await deleteSource(scope, params.id);
      return new Response(null, { status: 204 });
    },
  }),
];

export const webhookEndpoints: Endpoint[] = [...hooks, ...sources];
