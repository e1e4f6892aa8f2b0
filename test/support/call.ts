import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";

import { app } from "../../src/app.ts";
import type { Env } from "../../src/platform/env.ts";
import { testEnv } from "./env.ts";

export type Answer = { status: number; headers: Headers; text: string; json: unknown };

export type CallOptions = {
  /** The Authorization header as it is, or left out. */
  authorization?: string | undefined;
  /** Sent as JSON, unless it is text or bytes. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Bindings, where a test makes one of them fail. */
  env?: Env;
};

function bodyOf(body: unknown): BodyInit | null {
  if (body === undefined) return null;
  if (typeof body === "string" || body instanceof Uint8Array) return body as BodyInit;
  return JSON.stringify(body);
}

/** Calls the Worker as a client would, and waits until deferred work is done too. */
export async function call(
  method: string,
  path: string,
  { authorization, body, headers = {}, env = testEnv() }: CallOptions = {},
): Promise<Answer> {
  const request = new Request(`http://promptside.test${path}`, {
    method,
    headers: { ...(authorization ? { authorization } : {}), ...headers },
    body: bodyOf(body),
  });
  const context = createExecutionContext();
  const response = await app.fetch(request, env, context);
  const text = new TextDecoder().decode(await response.arrayBuffer());
  await waitOnExecutionContext(context);
  const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
  const json: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

export const basic = (publicKey: string, secretKey: string): string =>
  `Basic ${btoa(`${publicKey}:${secretKey}`)}`;

export const bearer = (key: string): string => `Bearer ${key}`;
