import { Complaint, EXIT } from "./complaint.ts";

/** A project's API. Paths begin with a slash. */
export type Api = {
  url: string;
  /** The answer, whatever its status; waits and asks again while the server is busy. */
  send: (
    method: string,
    path: string,
    init?: { body?: string; type?: string },
  ) => Promise<Response>;
  /** The answer's JSON. @throws Complaint with the server's words unless it is a 2xx */
  json: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  /** The same, but undefined for a 404. */
  find: <T>(path: string) => Promise<T | undefined>;
};

type Environment = Readonly<Record<string, string | undefined>>;

const HOW_TO = `set PROMPTSIDE_URL, and PROMPTSIDE_PUBLIC_KEY with PROMPTSIDE_SECRET_KEY or PROMPTSIDE_API_KEY
(the variables of the Langfuse and ABV SDKs will do: LANGFUSE_BASE_URL, ABV_BASE_URL, ...)`;

const MAX_TRIES = 4;
const MAX_WAIT_SECONDS = 30;

function authorizationOf(env: Environment): string {
  const bearer = env["PROMPTSIDE_API_KEY"];
  if (bearer) return `Bearer ${bearer}`;
  for (const prefix of ["PROMPTSIDE", "LANGFUSE"]) {
    const [pub, secret] = [env[`${prefix}_PUBLIC_KEY`], env[`${prefix}_SECRET_KEY`]];
    if (pub && secret) return `Basic ${Buffer.from(`${pub}:${secret}`).toString("base64")}`;
  }
  const abv = env["ABV_API_KEY"];
  if (abv) return `Bearer ${abv}`;
  throw new Complaint(`there is no key in the environment: ${HOW_TO}`, EXIT.usage);
}

function urlOf(env: Environment): string {
  const names = [
    "PROMPTSIDE_URL",
    "LANGFUSE_BASE_URL",
    "LANGFUSE_HOST",
    "ABV_BASE_URL",
    "ABV_HOST",
  ];
  const url = names.map((name) => env[name]).find(Boolean);
  if (!url) throw new Complaint(`there is no URL in the environment: ${HOW_TO}`, EXIT.usage);
  return url.replace(/\/+$/, "");
}

/** What the server says is wrong. */
async function sentenceOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return `${message} (${response.status})`;
  } catch {
    // No JSON: say what came.
  }
  return `the server answered ${response.status}: ${text.slice(0, 200)}`;
}

/** The API that the environment names. @throws Complaint when it names none */
export function openApi(
  env: Environment,
  wait = (seconds: number) => new Promise<void>((done) => void setTimeout(done, seconds * 1000)),
): Api {
  const [url, authorization] = [urlOf(env), authorizationOf(env)];

  async function once(method: string, path: string, init: { body?: string; type?: string }) {
    const { body, type = "application/json" } = init;
    const headers = { authorization, ...(body === undefined ? {} : { "content-type": type }) };
    try {
      return await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Complaint(`${url} cannot be reached: ${String(cause)}`);
    }
  }

  const api: Api = {
    url,
    async send(method, path, init = {}) {
      for (let tries = 1; ; tries++) {
        const response = await once(method, path, init);
        const busy = response.status === 503 || response.status === 429;
        if (!busy || tries === MAX_TRIES) return response;
        const seconds = Number(response.headers.get("retry-after") ?? tries);
        await wait(Math.min(MAX_WAIT_SECONDS, Number.isFinite(seconds) ? seconds : tries));
      }
    },
    async json<T>(method: string, path: string, body?: unknown) {
      const response = await api.send(
        method,
        path,
        body === undefined ? {} : { body: JSON.stringify(body) },
      );
      if (!response.ok) throw new Complaint(await sentenceOf(response));
      return (await response.json()) as T;
    },
    async find<T>(path: string) {
      const response = await api.send("GET", path);
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Complaint(await sentenceOf(response));
      return (await response.json()) as T;
    },
  };
  return api;
}

/** Does something with every item, a few at a time, in any order; results in the order of the items. */
export async function forEach<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const AT_ONCE = 6;
  const results: R[] = [];
  const queue = [...items.entries()];
  async function go(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      results[next[0]] = await work(next[1]);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, go));
  return results;
}
