import { Complaint } from "../host/flags.ts";

export type Client = {
  get: (path: string) => Promise<{ status: number; body: unknown }>;
  /** Sends until it is taken; waits as long as the server asks while it is busy. */
  post: (path: string, body: unknown) => Promise<unknown>;
};

const MOST_TRIES = 30;
const BUSY = new Set([429, 502, 503, 504]);

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** @throws Complaint when the server cannot be reached, refuses, or stays busy */
export function client(url: string, publicKey: string, secretKey: string): Client {
  const credentials = Buffer.from(`${publicKey}:${secretKey}`).toString("base64");
  const headers = { authorization: `Basic ${credentials}`, "content-type": "application/json" };

  async function send(method: string, path: string, body?: string): Promise<Response> {
    try {
      return await fetch(`${url}${path}`, { method, headers, ...(body ? { body } : {}) });
    } catch {
      throw new Complaint(`nothing answers at ${url}; run \`npm start\` first, or give --url`);
    }
  }

  return {
    async get(path) {
      const response = await send("GET", path);
      return { status: response.status, body: await response.json() };
    },
    async post(path, body) {
      const text = JSON.stringify(body);
      for (let tries = 1; ; tries++) {
        const response = await send("POST", path, text);
        if (response.ok) return response.json();
        const said = await response.text();
        if (!BUSY.has(response.status) || tries === MOST_TRIES) {
          throw new Complaint(`POST ${path} answered ${response.status}: ${said}`);
        }
        await pause(Number(response.headers.get("retry-after") ?? 2));
      }
    },
  };
}
