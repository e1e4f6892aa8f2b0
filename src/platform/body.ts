import { gunzipSync } from "node:zlib";

import { parseJsonPieces } from "../lib/json-pieces.ts";
import { now } from "./clock.ts";
import { Refusal } from "./errors.ts";

/** Compressed or plain bytes a request may bring. Source: the SDKs' own limit is about 4.5 MB. */
export const MAX_BODY_BYTES = 4_500_000;
/** Bytes a gzip body may expand to. */
export const MAX_INFLATED_BYTES = 20_000_000;

/** JSON beyond this is never text as a whole: body, text and values at once would fill an isolate. */
const LARGE_JSON_BYTES = 1_000_000;
const PIECE_BYTES = 64_000;

/**
 * How long a body may take to arrive. An accepted object is named by the instant its request began,
 * and the sweep looks for names that are two minutes old: none may turn up below those it has seen.
 */
export const MAX_BODY_MS = 60_000;

const megabytes = (bytes: number): string => `${bytes / 1_000_000} MB`;

/** Room that a body gets first. It grows with what has come, not with what was declared. */
const FIRST_BYTES = 64_000;

/** What is read of a body that is too large: as much as Cloudflare lets through. */
const MAX_DRAINED_BYTES = 100_000_000;

/** Throws away what is left of a body, within bounds. */
async function drain(reader: ReadableStreamBYOBReader, maxBytes: number): Promise<void> {
  const untilMs = now().getTime() + MAX_BODY_MS;
  let buffer = new ArrayBuffer(FIRST_BYTES);
  for (let size = 0; size < maxBytes && now().getTime() <= untilMs;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) return;
    size += value.byteLength;
    buffer = value.buffer;
  }
}

/**
 * Reads what nobody has read of a body that is refused: a sender that is cut off while it writes
 * sees a broken connection instead of the answer.
 */
export async function readOut({ body, bodyUsed }: Request, maxBytes = MAX_BODY_BYTES) {
  if (!body || bodyUsed) return;
  try {
    const reader = body.getReader({ mode: "byob" });
    await drain(reader, maxBytes);
    await reader.cancel();
  } catch {
    // The sender went away.
  }
}

/**
 * A byte stream as a whole. It is read straight into one growing buffer, which takes as much at a
 * time as has come: iterating over it gives 4 KB a turn, which costs four times as much.
 */
async function collect(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  what: string,
): Promise<Uint8Array> {
  const untilMs = now().getTime() + MAX_BODY_MS;
  const reader = stream.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(FIRST_BYTES);
  let size = 0;
  try {
    for (;;) {
      if (size === buffer.byteLength) buffer = buffer.transfer(Math.min(2 * size, limit + 1));
      const { done, value } = await reader.read(new Uint8Array(buffer, size));
      if (value) buffer = value.buffer;
      if (done) return new Uint8Array(buffer.transfer(size));
      size += value.byteLength;
      if (now().getTime() > untilMs) {
        throw new Refusal("timeout", `${what} took longer than ${MAX_BODY_MS / 1000} s to arrive`);
      }
      if (size > limit) {
        await drain(reader, MAX_DRAINED_BYTES);
        throw new Refusal("too_large", `${what} is larger than ${megabytes(limit)}`);
      }
    }
  } catch (error) {
    await reader.cancel(error);
    throw error;
  }
}

/**
 * Not DecompressionStream: it inflates a chunk as a whole before anybody can stop it, and a few
 * kilobytes can hold more than the isolate's memory.
 */
function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (error) {
    if (error instanceof RangeError) {
      const limit = megabytes(MAX_INFLATED_BYTES);
      throw new Refusal("too_large", `the inflated body is larger than ${limit}`);
    }
    throw new Refusal("invalid_request", "the body is not valid gzip");
  }
}

/**
 * The body's bytes, inflated when `Content-Encoding: gzip`, bounded while reading.
 *
 * @throws Refusal too_large beyond MAX_BODY_BYTES or MAX_INFLATED_BYTES, timeout beyond MAX_BODY_MS,
 *   invalid_request when gzip is damaged or the encoding is another one
 */
export async function readBytes(request: Request): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > MAX_BODY_BYTES) {
    await readOut(request, MAX_DRAINED_BYTES);
    throw new Refusal("too_large", `the body is larger than ${megabytes(MAX_BODY_BYTES)}`);
  }
  const bytes = request.body
    ? await collect(request.body, MAX_BODY_BYTES, "the body")
    : new Uint8Array();
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "" || encoding === "identity") return bytes;
  if (encoding !== "gzip" && encoding !== "x-gzip") {
    throw new Refusal("invalid_request", `content-encoding ${encoding} is not supported; use gzip`);
  }
  return inflate(bytes);
}

/**
 * Gives the memory of a large body back at once instead of with some later collection: whoever read
 * it goes on to make as much again. Nothing may look at the bytes any more.
 */
export function release(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength < LARGE_JSON_BYTES || !(buffer instanceof ArrayBuffer)) return;
  if (buffer.byteLength === byteLength) buffer.transfer(0);
}

/** The body as JSON; `whenEmpty`, if given, stands for no body. @throws Refusal invalid_request when it is not JSON in UTF-8, and as `readBytes` */
export async function readJson(request: Request, whenEmpty?: unknown): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.byteLength === 0 && whenEmpty !== undefined) return whenEmpty;
  try {
    if (bytes.byteLength > LARGE_JSON_BYTES) return parseJsonPieces(bytes, PIECE_BYTES);
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes),
    ) as unknown;
  } catch {
    throw new Refusal("invalid_request", "the body is not valid JSON");
  } finally {
    release(bytes);
  }
}

/** The body as text. @throws Refusal invalid_request when it is not UTF-8, and as `readBytes` */
export async function readText(request: Request): Promise<string> {
  const bytes = await readBytes(request);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Refusal("invalid_request", "the body is not UTF-8");
  }
}
