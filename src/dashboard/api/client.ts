import type { z } from "zod";

/** What a contract's schema answers. Types only: zod stays out of the bundle. */
export type Answer<Schema extends z.ZodType> = z.infer<Schema>;

type Issue = { path: string; message: string };

/** A problem document (RFC 9457) as the API says it. */
type Problem = { title: string; detail: string; requestId: string | null; issues: Issue[] };

/** An answer that is not 2xx, in the API's own words; or no answer at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly title: string;
  readonly requestId: string | null;
  readonly issues: readonly Issue[];

  constructor(status: number, { title, detail, requestId, issues }: Problem) {
    super(detail);
    this.status = status;
    this.title = title;
    this.requestId = requestId;
    this.issues = issues;
  }
}

/** A list is said by repeating its parameter. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** The API of one project, with this browser's session for it. */
export type Api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => Promise<T>;
  /** @param headers such as If-Match */
  send: <T>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<T>;
};

function problemOf(status: number, body: unknown): Problem {
  const said = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  return {
    title: said.title ?? "error",
    detail: said.detail ?? `The server answered ${status}.`,
    requestId: said.requestId ?? null,
    issues: said.issues ?? [],
  };
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The address of a path with those parameters that are given. */
export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => [
      name,
      String(one),
    ]),
  );
  return given.length > 0 ? `${path}?${new URLSearchParams(given).toString()}` : path;
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const detail = "The server cannot be reached. Check the connection, then try again.";
    throw new ApiError(0, { title: "unreachable", detail, requestId: null, issues: [] });
  }
  const text = await response.text();
  const body = text === "" ? null : parse(text);
  if (!response.ok) throw new ApiError(response.status, problemOf(response.status, body));
  if (body === undefined) {
    const detail = `${path} answered something that is not JSON.`;
    throw new ApiError(response.status, {
      title: "unreadable",
      detail,
      requestId: null,
      issues: [],
    });
  }
  return body as T;
}

/** @param projectId whose session is meant, where this browser has several; null before sign-in */
export function apiOf(projectId: string | null): Api {
  const whose: Record<string, string> =
    projectId === null ? {} : { "promptside-project": projectId };
  return {
    get: (path, query, signal) =>
      ask(withQuery(path, query), { headers: whose, ...(signal ? { signal } : {}) }),
    send: (method, path, body, headers = {}) =>
      ask(path, {
        method,
        headers: {
          ...whose,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** `/api/public/prompts/{name}` and what is below it; a name may hold slashes. */
export const promptPath = (name: string, below = ""): string =>
  `/api/public/prompts/${encodeURIComponent(name)}${below}`;

/** What shows several lines about one error: the sentence, then each field. */
export const linesOf = (error: unknown): string[] => {
  if (error instanceof ApiError) {
    const fields = error.issues
      .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`))
      .filter((line) => !error.message.endsWith(line));
    return [error.message, ...fields];
  }
  return [error instanceof Error ? error.message : String(error)];
};
