import { type Context, Hono } from "hono";
import type { z } from "zod";

import { readJson, readOut } from "./body.ts";
import type { Env } from "./env.ts";
import { type Issue, problem, Refusal } from "./errors.ts";
import { logBug } from "./log.ts";
import { rememberingRouter } from "./router.ts";
import type { Access, Scope } from "./scope.ts";

export type HttpContext = Context<{ Bindings: Env }>;

type Input<P, Q, B> = { params: P; query: Q; body: B };

type Definition<P, Q, B> = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Hono path; `{.+}` after a parameter lets it hold raw slashes. */
  path: string;
  access: Access;
  tag: string;
  summary: string;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  /** Left out where the handler reads the body itself (OTLP, ingestion). */
  body?: z.ZodType<B>;
  /** Of a body that the handler reads itself: content type -> schema, or a sentence. For the reference. */
  takes?: Record<string, z.ZodType | string>;
  /** What a request without a body says, where it may come without one. */
  emptyBody?: unknown;
  /** Status -> schema of the answer, or a sentence where there is no JSON. For the reference. */
  answers: Record<number, z.ZodType | string>;
};

/** One route, as data: what `app.ts` mounts, what the reference shows, what the route walk tests. */
export type Endpoint = Definition<unknown, unknown, unknown> & {
  handle: (
    scope: Scope,
    input: Input<never, never, never>,
    c: HttpContext,
  ) => Promise<Response> | Response;
};

/** Declares a route whose handler's input is typed by its schemas. */
export function endpoint<P = unknown, Q = unknown, B = unknown>(
  definition: Definition<P, Q, B> & {
    handle: (scope: Scope, input: Input<P, Q, B>, c: HttpContext) => Promise<Response> | Response;
  },
): Endpoint {
  return definition;
}

/** Finds out who calls, and refuses those who may not. Given by `app.ts` from `projects`. */
export type Authenticate = (c: HttpContext, access: Access) => Promise<Scope>;

/** Refuses a caller who asks for too much at once. Given by `app.ts` likewise. */
export type Admit = (scope: Scope, route: Endpoint) => Promise<void>;

export const issuesOf = (error: z.ZodError): Issue[] =>
  error.issues.map(({ path, message }) => ({ path: path.join("."), message }));

function parse<T>(schema: z.ZodType<T> | undefined, value: unknown, part: string): T {
  if (!schema) return value as T;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const first = issues[0];
  const where = first?.path ? `${part} ${first.path}` : part;
  throw new Refusal("invalid_request", `${where}: ${first?.message ?? "invalid"}`, { issues });
}

/** Names a request that went wrong, in the answer and in the log. Made when asked for: most requests go well. */
export const requestIdOf = (c: HttpContext): string =>
  c.req.header("cf-ray") ?? crypto.randomUUID();

/** Mounts endpoints: authenticate, parse, handle. The order of the list is the order of matching. */
export function mount(
  endpoints: readonly Endpoint[],
  authenticate: Authenticate,
  admit: Admit = () => Promise.resolve(),
) {
  const app = new Hono<{ Bindings: Env }>({ router: rememberingRouter() });

  app.onError(async (error, c) => {
    await readOut(c.req.raw);
    const requestId = requestIdOf(c);
    if (!(error instanceof Refusal)) logBug(error, { requestId, path: c.req.path });
    return problem(error, requestId);
  });

  for (const route of endpoints) {
    app.on(route.method, route.path, async (c) => {
      const scope = await authenticate(c, route.access);
      await admit(scope, route);
      const input = {
        params: parse(route.params, c.req.param(), "path"),
        query: parse(route.query, c.req.query(), "query"),
        body: route.body
          ? parse(route.body, await readJson(c.req.raw, route.emptyBody), "body")
          : undefined,
      };
      return route.handle(scope, input as Input<never, never, never>, c);
    });
  }

  app.notFound((c) => {
    const allowed = methodsOf(endpoints, app, c.req.path);
    const refusal =
      allowed.length > 0
        ? new Refusal(
            "method_not_allowed",
            `${c.req.method} is not allowed here; use ${allowed.join(", ")}`,
          )
        : new Refusal("not_found", `there is no ${c.req.path}`);
    const response = problem(refusal, requestIdOf(c));
    if (allowed.length > 0) response.headers.set("allow", allowed.join(", "));
    return response;
  });
  return app;
}

type App = Hono<{ Bindings: Env }>;

/** Methods that some endpoint serves at this path; empty when the path is unknown. */
function methodsOf(endpoints: readonly Endpoint[], app: App, path: string): string[] {
  const methods = new Set(endpoints.map((route) => route.method));
  return [...methods].filter((method) => {
    const [handlers] = app.router.match(method, path);
    return handlers.some(([entry]) => entry[1].method === method);
  });
}

/** JSON answer; every 2xx of ours is JSON, because SDKs swallow parse errors of a 200. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
