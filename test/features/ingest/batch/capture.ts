import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** One ingestion request as an SDK sent it. */
export type Captured = {
  path: string;
  headers: IncomingHttpHeaders;
  body: { batch: Record<string, unknown>[]; metadata?: unknown };
};

/**
 * Runs `send` against a loopback server that takes every batch, and gives back what arrived.
 * Answers as the real endpoint does, so that no SDK retries.
 */
export async function capture(send: (baseUrl: string) => Promise<void>): Promise<Captured[]> {
  const captured: Captured[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const body = (text ? JSON.parse(text) : {}) as Captured["body"];
      captured.push({ path: request.url ?? "", headers: request.headers, body });
      const successes = (body.batch ?? []).map(({ id }) => ({ id, status: 201 }));
      response.writeHead(207, { "content-type": "application/json" });
      response.end(JSON.stringify({ successes, errors: [] }));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    const { port } = server.address() as AddressInfo;
    await send(`http://127.0.0.1:${port}`);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
  return captured;
}
