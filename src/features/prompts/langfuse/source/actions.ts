import type { z } from "zod";

import { Refusal } from "../../../../platform/errors.ts";
import { SourceList, SourceVersion } from "../contract.ts";

const TIMEOUT_MS = 10_000;
/** Bytes of one answer; a version of ours has at most 1.5 MB. */
const MAX_BYTES = 5_000_000;
const RETRY_AFTER_SECONDS = 10;

/** Prompts that a page of the list asks for. */
export const PAGE_SIZE = 50;

/** An instance to read from. `fetcher` is what asks it. */
export type Source = {
  url: string;
  publicKey: string;
  secretKey: string;
  fetcher: (request: Request) => Promise<Response>;
};

const refused = (field: string, message: string): Refusal =>
  new Refusal("invalid_request", `body ${field}: ${message}`, {
    issues: [{ path: field, message }],
  });

const unavailable = (message: string): Refusal =>
  new Refusal("unavailable", message, { retryAfterSeconds: RETRY_AFTER_SECONDS });

async function ask(
  { url, publicKey, secretKey, fetcher }: Source,
  path: string,
): Promise<Response> {
  const request = new Request(`${url}/api/public/v2/prompts${path}`, {
    headers: {
      authorization: `Basic ${btoa(`${publicKey}:${secretKey}`)}`,
      accept: "application/json",
    },
    // A redirect could lead to where the address itself may not.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  try {
    return await fetcher(request);
  } catch {
    throw unavailable(`${url} did not answer within ${TIMEOUT_MS / 1_000} seconds`);
  }
}

function requireOk({ status }: Response, url: string): void {
  if (status === 200) return;
  if (status === 401 || status === 403) {
    throw refused("secretKey", `${url} refused the keys with ${status}`);
  }
  if (status >= 300 && status < 400) {
    throw refused("baseUrl", `${url} redirects; give the address it redirects to`);
  }
  if (status === 429 || status >= 500) throw unavailable(`${url} answered ${status}; go on later`);
  throw refused("baseUrl", `${url} answered ${status}: it has no prompts API of Langfuse`);
}

async function readBounded(response: Response, url: string): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.byteLength;
    if (size > MAX_BYTES) throw refused("baseUrl", `${url} answered more than ${MAX_BYTES} bytes`);
    text += decoder.decode(bytes, { stream: true });
  }
  text += decoder.decode();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refused("baseUrl", `${url} answered something that is not JSON`);
  }
}

async function read<T>(source: Source, path: string, schema: z.ZodType<T>): Promise<T> {
  const response = await ask(source, path);
  requireOk(response, source.url);
  const parsed = schema.safeParse(await readBounded(response, source.url));
  if (parsed.success) return parsed.data;
  throw refused("baseUrl", `${source.url} answered something that is not Langfuse's`);
}

/** A page of names with all their versions. @param page from 1 */
export const readSourceList = (source: Source, page: number): Promise<SourceList> =>
  read(source, `?limit=${PAGE_SIZE}&page=${page}`, SourceList);

/** One version as it was written. */
export const readSourceVersion = (
  source: Source,
  name: string,
  version: number,
): Promise<SourceVersion> =>
  read(source, `/${encodeURIComponent(name)}?version=${version}&resolve=false`, SourceVersion);
