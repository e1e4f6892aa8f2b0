import { problemOfAddress } from "../../../lib/address.ts";
import type { Outcome } from "../deliveries/decide.ts";
import type { Outgoing } from "../kinds/outgoing.ts";

/** Sends a request into the internet. */
export type Fetcher = (request: Request) => Promise<Response>;

export const internet: Fetcher = (request) => fetch(request);

/** For the answer with its body; Standard Webhooks asks for 15 to 30 s at most. */
const TIMEOUT_MS = 10_000;
/** Bytes of an answer that are read; the rest is never asked for. */
const MAX_RESPONSE_BYTES = 64_000;
const GONE = 410;
const MS_PER_SECOND = 1_000;

type Answer = { status: number; headers: [string, string][]; body: string };

export type Sent = { outcome: Outcome; answer: Answer | null; error: string | null };

const failed = (words: string): Sent => ({
  outcome: { ok: false, words, isGone: false, retryAfterMs: null },
  answer: null,
  error: words,
});

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let left = MAX_RESPONSE_BYTES;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (left <= 0) break;
  }
  return text + decoder.decode();
}

/** Seconds, or an HTTP date; null for neither. */
function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * MS_PER_SECOND;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

function wordsOf(status: number): string {
  return isRedirect(status) ? `${status}: redirects are not followed` : String(status);
}

/** Why a request did not come back, without what a runtime's error may quote of it. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.name === "TimeoutError"
    ? `no answer within ${TIMEOUT_MS / MS_PER_SECOND} seconds`
    : `could not be reached: ${error instanceof Error ? error.message : String(error)}`;

/**
 * Sends one request: bounded in time and answer, following no redirect. It never throws; what went
 * wrong is its outcome.
 *
 * @param local whether this instance runs on somebody's own machine
 */
export async function send(
  { url, headers, body }: Outgoing,
  { local, fetcher, now }: { local: boolean; fetcher: Fetcher; now: Date },
): Promise<Sent> {
  // Checked when it was set, too; but what is local may have become public since, and rules stricter.
  const problem = problemOfAddress(new URL(url), local);
  if (problem !== undefined) return failed(`the address ${problem}`);
  const request = new Request(url, {
    method: "POST",
    headers,
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  try {
    const response = await fetcher(request);
    const text = await readStart(response);
    const { status } = response;
    const outcome = {
      ok: response.ok,
      words: wordsOf(status),
      isGone: status === GONE,
      retryAfterMs: retryAfterMs(response.headers.get("retry-after"), now.getTime()),
    };
    return { outcome, answer: { status, headers: [...response.headers], body: text }, error: null };
  } catch (error) {
    return failed(reasonOf(error));
  }
}
