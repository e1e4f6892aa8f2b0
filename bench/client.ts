import { connect, type Socket } from "node:net";

/** What a stretch of load measured. Latencies are sorted, in milliseconds. */
export type Load = { requests: number; seconds: number; latenciesMs: Float64Array };

/** One HTTP answer as far as load needs it. */
type Answer = { status: number; body: Buffer };

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * Finds one complete answer at the start of `bytes`.
 *
 * @returns the answer and how many bytes it took, or undefined when more bytes must come
 */
export function readAnswer(bytes: Buffer): { answer: Answer; length: number } | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const start = headEnd + HEAD_END.length;
  const declared = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (declared !== undefined) {
    const length = start + Number(declared);
    if (bytes.length < length) return undefined;
    return { answer: { status, body: bytes.subarray(start, length) }, length };
  }
  if (!/\r\ntransfer-encoding: *chunked/.test(head)) {
    return { answer: { status, body: bytes.subarray(start, start) }, length: start };
  }
  return readChunks(bytes, start, status);
}

function readChunks(bytes: Buffer, start: number, status: number) {
  const parts: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf("\r\n", at, "latin1");
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const from = lineEnd + 2;
    const to = from + size;
    if (bytes.length < to + 2) return undefined;
    if (size === 0) return { answer: { status, body: Buffer.concat(parts) }, length: to + 2 };
    parts.push(bytes.subarray(from, to));
    at = to + 2;
  }
}

export type RequestParts = {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
};

/** A request as the bytes that go over the wire, made once and sent often. */
export function wireOf(port: number, { method, path, headers = {}, body }: RequestParts): Buffer {
  const bytes = Buffer.from(body ?? "");
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`content-length: ${bytes.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes]);
}

/** Sends on one keep-alive connection, one request after another. */
class Connection {
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (data: Buffer) => this.#take(data));
    socket.on("error", (error) => this.#settle?.reject(error));
    socket.on("close", () => this.#settle?.reject(new Error("the server closed the connection")));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => resolve(new Connection(socket)));
      socket.once("error", reject);
    });
  }

  #take(data: Buffer): void {
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    const found = readAnswer(this.#pending);
    if (!found) return;
    this.#pending = this.#pending.subarray(found.length);
    this.#settle?.resolve(found.answer);
  }

  send(bytes: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }
}

export type LoadOptions = {
  port: number;
  connections: number;
  /** The next request, or undefined when there is no more to send. */
  next: () => Buffer | undefined;
  /** Any other status is a failure of the benchmark, not a slow answer. */
  expectStatus: number;
};

/**
 * A closed loop: every connection sends its next request as soon as it has the last answer.
 *
 * @throws Error at the first answer with another status; a figure with failures in it is none
 */
export async function drive({ port, connections, next, expectStatus }: LoadOptions): Promise<Load> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const latencies: number[] = [];
  const startedMs = performance.now();
  try {
    await Promise.all(
      open.map(async (connection) => {
        for (let bytes = next(); bytes; bytes = next()) {
          const sentMs = performance.now();
          const { status, body } = await connection.send(bytes);
          latencies.push(performance.now() - sentMs);
          if (status !== expectStatus) {
            throw new Error(`answered ${status}, not ${expectStatus}: ${body.toString("utf8")}`);
          }
        }
      }),
    );
  } finally {
    for (const connection of open) connection.close();
  }
  return {
    requests: latencies.length,
    seconds: (performance.now() - startedMs) / 1000,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

/** Sends the same bytes for so many seconds. */
export function driveFor(seconds: number, bytes: Buffer, options: Omit<LoadOptions, "next">) {
  const endMs = performance.now() + seconds * 1000;
  return drive({ ...options, next: () => (performance.now() < endMs ? bytes : undefined) });
}

/** Sends each of the requests once. */
export function driveEach(requests: readonly Buffer[], options: Omit<LoadOptions, "next">) {
  let sent = 0;
  return drive({ ...options, next: () => requests[sent++] });
}
