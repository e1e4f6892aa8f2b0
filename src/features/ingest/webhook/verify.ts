import { timingSafeEqual } from "node:crypto";

import { Webhook } from "standardwebhooks";

/** How far a delivery's timestamp may be from ours. Source: Standard Webhooks, `standardwebhooks`. */
export const TOLERANCE_MS = 5 * 60_000;
const MAX_DELIVERY_ID = 256;

/** What the headers of a signed delivery say. */
export type SignedHeaders = { id: string; timestamp: string; signature: string };

export type Verdict = { ok: true } | { ok: false; problem: string };

const refused = (problem: string): Verdict => ({ ok: false, problem });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** In constant time, but for the length, which every signature shares. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/** The library signs; its `verify` would ask a clock that is not ours. */
function signatureOf(secret: string, body: string, { id, timestamp }: SignedHeaders): string {
  const webhook = secret.startsWith("whsec_")
    ? new Webhook(secret)
    : new Webhook(secret, { format: "raw" });
  return webhook.sign(id, new Date(Number(timestamp) * 1000), body);
}

/** A header may hold several signatures, as it does while a sender rotates its secret. */
const isSignedWith = (secret: string, body: string, headers: SignedHeaders): boolean => {
  const expected = signatureOf(secret, body, headers);
  return headers.signature.split(" ").some((signature) => isSame(signature, expected));
};

/** Whether one of the secrets signed this body, id and timestamp, and not long ago. */
export function verify(
  secrets: readonly string[],
  body: string,
  { headers, nowMs }: { headers: Partial<SignedHeaders>; nowMs: number },
): Verdict {
  const { id, timestamp, signature } = headers;
  if (!id || !timestamp || !signature) {
    return refused("webhook-id, webhook-timestamp and webhook-signature must be sent");
  }
  if (id.length > MAX_DELIVERY_ID) {
    return refused(`webhook-id is longer than ${MAX_DELIVERY_ID} characters`);
  }
  const sentMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : NaN;
  if (!(Math.abs(nowMs - sentMs) <= TOLERANCE_MS)) {
    return refused("webhook-timestamp must be within 5 minutes of now, in seconds since 1970");
  }
  const isSigned = secrets.some((secret) =>
    isSignedWith(secret, body, { id, timestamp, signature }),
  );
  return isSigned ? { ok: true } : refused("webhook-signature does not match");
}
