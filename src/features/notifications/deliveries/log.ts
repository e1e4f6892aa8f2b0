import type { LoggedRequest, LoggedResponse } from "../model.ts";

/** Characters of a request's and an answer's body that the log keeps. */
const MAX_REQUEST = 16_000;
const MAX_RESPONSE = 4_000;
const MAX_ERROR = 500;
const MAX_HEADER = 200;
/** Headers that say what happened, and are not secret. */
const SHOWN_REQUEST = new Set(["content-type", "user-agent", "webhook-id", "webhook-timestamp"]);
const SHOWN_RESPONSE = new Set([
  "content-type",
  "date",
  "location",
  "retry-after",
  "server",
  "x-request-id",
  "x-slack-unique-id",
  "x-github-request-id",
]);
const HIDDEN = "***";

/**
 * The text with secrets made unreadable, also where a receiver sends them back.
 *
 * @param secrets longest first, so that none is half hidden by one that it holds
 */
export const redact = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret !== "")
    .reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text);

/** Ways in which a secret may be written: itself, encoded for a URL, and of an address also its path. */
export function spellings(secrets: readonly string[]): string[] {
  const all = secrets.flatMap((secret) => {
    const path = /^https?:\/\/[^/]+(\/.{7,})$/.exec(secret)?.[1];
    return [secret, encodeURIComponent(secret), ...(path === undefined ? [] : [path])];
  });
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

function bounded(text: string, limit: number): string {
  const left = text.length - limit;
  return left > 0 ? `${text.slice(0, limit)}… (${left} characters more)` : text;
}

function shown(
  headers: Iterable<[string, string]>,
  names: ReadonlySet<string>,
  secrets: readonly string[],
): Record<string, string> {
  const kept = [...headers].filter(([name]) => names.has(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, bounded(redact(value, secrets), MAX_HEADER)]),
  );
}

type Sent = { method: string; url: string; headers: Record<string, string>; body: string };

export const loggedRequest = (
  { method, url, headers, body }: Sent,
  secrets: readonly string[],
): LoggedRequest => ({
  method,
  url: redact(url, secrets),
  headers: shown(Object.entries(headers), SHOWN_REQUEST, secrets),
  body: bounded(redact(body, secrets), MAX_REQUEST),
});

export const loggedResponse = (
  { status, headers, body }: { status: number; headers: Iterable<[string, string]>; body: string },
  secrets: readonly string[],
): LoggedResponse => ({
  status,
  headers: shown(headers, SHOWN_RESPONSE, secrets),
  body: bounded(redact(body, secrets), MAX_RESPONSE),
});

export const loggedError = (error: string, secrets: readonly string[]): string =>
  bounded(redact(error, secrets), MAX_ERROR);
