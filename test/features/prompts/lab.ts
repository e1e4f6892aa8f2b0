import type { Registry } from "../../support/registry.ts";

export const PROMPTS = "/api/public/v2/prompts";
export const OWN = "/api/public/prompts";

export type Fault = { message: string; issues: { path: string; message: string }[] };

/** Creates a version, and says what was wrong if it was refused. */
export async function create<T = { version: number; warnings: { code: string }[] }>(
  { call }: Registry,
  body: Record<string, unknown>,
): Promise<T> {
  const res = await call("POST", PROMPTS, { body: { prompt: "hi", ...body } });
  if (res.status !== 201) throw new Error(await res.text());
  return res.json();
}

export type Said<T> = { status: number; json: T; headers: Headers };

/** Calls a route and gives its status beside its JSON. */
export async function say<T = Record<string, unknown>>(
  { call }: Registry,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Said<T>> {
  const res = await call(method, path, body === undefined ? { headers } : { body, headers });
  const text = await res.text();
  return { status: res.status, json: JSON.parse(text || "null") as T, headers: res.headers };
}

/** A name as one segment of a path. */
export const at = (name: string, rest = ""): string => `${OWN}/${encodeURIComponent(name)}${rest}`;
