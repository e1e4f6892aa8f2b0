import { constants, deflateRawSync, gzipSync } from "node:zlib";

import { describe, it } from "vitest";

import { MAX_BODY_BYTES, MAX_BODY_MS, readBytes, readJson } from "../../src/platform/body.ts";
import { setNow } from "../../src/platform/clock.ts";
import { testEnv } from "../support/env.ts";

const GZIP_HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

/** Gzip of so many megabytes of zeros, about a thousandth of that in size. Never held inflated. */
function bomb(megabytes: number): Uint8Array {
  const zeros = new Uint8Array(1_000_000);
  const block = deflateRawSync(zeros, { finishFlush: constants.Z_FULL_FLUSH });
  const bytes = new Uint8Array(GZIP_HEADER.length + block.byteLength * megabytes);
  bytes.set(GZIP_HEADER);
  for (let i = 0; i < megabytes; i++) bytes.set(block, GZIP_HEADER.length + i * block.byteLength);
  return bytes;
}

const post = (body: BodyInit, headers: Record<string, string> = {}): Request =>
  new Request("http://promptside.test/", { method: "POST", body, headers });

const gzipped = (body: BodyInit): Request => post(body, { "content-encoding": "gzip" });

/** A body of unknown length, in pieces. */
const chunked = (chunks: number, size: number): ReadableStream<Uint8Array> => {
  let sent = 0;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (sent++ < chunks) controller.enqueue(new Uint8Array(size));
      else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  });
};

const refusal = async (work: Promise<unknown>): Promise<{ code?: string; message: string }> => {
  try {
    await work;
  } catch (error) {
    return error as { code?: string; message: string };
  }
  return { message: "not refused" };
};

describe("the body", () => {
  it("is read plain, in chunks and inflated", async ({ expect }) => {
    const text = JSON.stringify({ a: "ü".repeat(1000) });
    const read = async (request: Request) => new TextDecoder().decode(await readBytes(request));
    expect(await read(post(text))).toBe(text);
    expect(await read(gzipped(gzipSync(text)))).toBe(text);
    expect(await read(post(gzipSync(text), { "content-encoding": "x-gzip" }))).toBe(text);
    expect(await read(post(text, { "content-encoding": "Identity" }))).toBe(text);
    expect((await readBytes(post(chunked(3, 1000)))).byteLength).toBe(3000);
    expect((await readBytes(post(""))).byteLength).toBe(0);
  });

  it("keeps every byte, where its buffer has to grow and where it is full to the last", async ({
    expect,
  }) => {
    for (const size of [63_999, 64_000, 64_001, 128_000, 300_001]) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
      expect(new Uint8Array(await readBytes(post(bytes))), String(size)).toEqual(bytes);
    }
  });

  it("is refused beyond its limit, with a declared length and without", async ({ expect }) => {
    const big = new Uint8Array(MAX_BODY_BYTES + 1);
    expect(await refusal(readBytes(post(big)))).toMatchObject({ code: "too_large" });
    const endless = chunked(1_000_000, 1_000_000);
    expect(await refusal(readBytes(post(endless)))).toMatchObject({ code: "too_large" });
    expect((await readBytes(post(new Uint8Array(MAX_BODY_BYTES)))).byteLength).toBe(MAX_BODY_BYTES);
  });

  it("is refused when it inflates beyond its limit, long before it is all inflated", async ({
    expect,
  }) => {
    const error = await refusal(readBytes(gzipped(bomb(21))));
    expect(error).toMatchObject({ code: "too_large" });
    expect(error.message).toContain("20 MB");
    // 4 GB of zeros in 4 MB: would not fit into the isolate's memory.
    expect(await refusal(readBytes(gzipped(bomb(4000))))).toMatchObject({ code: "too_large" });
  });

  it.for<[string, () => Uint8Array]>([
    ["no gzip at all", () => new TextEncoder().encode("{}")],
    ["cut gzip", () => gzipSync("hello hello hello").subarray(0, 20)],
    ["nothing", () => new Uint8Array()],
    [
      "gzip with a wrong checksum",
      () => {
        const bytes = new Uint8Array(gzipSync("hello"));
        bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1;
        return bytes;
      },
    ],
    ["gzip with something after it", () => new Uint8Array([...gzipSync("{}"), 1, 2, 3])],
  ])("is refused as damaged: %s", async ([_name, bytes], { expect }) => {
    const error = await refusal(readBytes(gzipped(bytes() as Uint8Array<ArrayBuffer>)));
    expect(error).toMatchObject({
      code: "invalid_request",
      message: "the body is not valid gzip",
    });
  });

  it.for(["br", "deflate", "zstd", "gzip, gzip"])(
    "is refused in encoding %s",
    async (encoding, { expect }) => {
      const error = await refusal(readBytes(post("x", { "content-encoding": encoding })));
      expect(error).toMatchObject({
        code: "invalid_request",
        message: expect.stringContaining(encoding),
      });
    },
  );
});

describe("JSON", () => {
  it("is read, a byte order mark included", async ({ expect }) => {
    expect(await readJson(post('{"a":1}'))).toEqual({ a: 1 });
    expect(await readJson(post('\uFEFF{"a":1}'))).toEqual({ a: 1 });
  });

  it("is refused when it is none, or no UTF-8", async ({ expect }) => {
    for (const body of ["", "{", "undefined", new Uint8Array([0x22, 0xff, 0x22])]) {
      expect(await refusal(readJson(post(body)))).toMatchObject({
        code: "invalid_request",
        message: "the body is not valid JSON",
      });
    }
  });
});

describe("a slow body", () => {
  it("is refused, so that no object is named long before it is stored", async ({ expect }) => {
    // Nothing is pulled before somebody reads.
    const slow = new ReadableStream({
      type: "bytes",
      pull(controller) {
        setNow(testEnv(), new Date(Date.now() + MAX_BODY_MS + 1_000));
        controller.enqueue(new Uint8Array(10));
        controller.close();
      },
    });
    try {
      expect(await refusal(readBytes(post(slow)))).toMatchObject({
        code: "timeout",
        message: "the body took longer than 60 s to arrive",
      });
    } finally {
      setNow(testEnv(), new Date());
    }
  });
});
