import type { Env } from "../../../../platform/env.ts";
import type { Mail } from "../../kinds/email.ts";
import type { Sent } from "../actions.ts";

const UNBOUND =
  "this deployment sends no mail: it needs a send_email binding EMAIL and the variable EMAIL_FROM";

const ended = (ok: boolean, words: string): Sent => ({
  outcome: { ok, words, isGone: false, retryAfterMs: null },
  answer: null,
  error: ok ? null : words,
});

/** What keeps this deployment from sending mail; undefined when nothing does. */
export const problemOfMail = ({ EMAIL, EMAIL_FROM }: Env): string | undefined =>
  EMAIL && EMAIL_FROM ? undefined : UNBOUND;

/** Hands a message to Cloudflare. It never throws; what went wrong is its outcome. */
export async function sendMail(
  { EMAIL, EMAIL_FROM }: Env,
  { to, subject, text, headers }: Mail,
): Promise<Sent> {
  if (!EMAIL || !EMAIL_FROM) return ended(false, UNBOUND);
  try {
    const { messageId } = await EMAIL.send({ from: EMAIL_FROM, to, subject, text, headers });
    return ended(true, `accepted as ${messageId}`);
  } catch (error) {
    return ended(false, `not accepted: ${error instanceof Error ? error.message : String(error)}`);
  }
}
