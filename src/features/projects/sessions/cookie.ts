/** A session lasts so long, whatever is done with it; then the key is asked for again. */
export const SESSION_SECONDS = 7 * 86_400;

/** Cookies of ours that one request may bring: as many projects can be signed in to at once. */
export const MAX_SESSIONS = 20;

const NAME = "promptside-";

/**
 * One cookie per project, so that a browser can be signed in to several. `__Host-` makes browsers
 * refuse it from any other host, and without TLS; on plain http it would not be stored at all.
 */
const prefixOf = ({ protocol }: URL): string => (protocol === "https:" ? `__Host-${NAME}` : NAME);

/** Tokens that a request's cookies hold, by the id of their project. */
export function sessionTokens(url: URL, header: string): Map<string, string> {
  const prefix = prefixOf(url);
  const tokens = new Map<string, string>();
  for (const part of header.split(";")) {
    const [name = "", value = ""] = part.trim().split("=", 2);
    if (!name.startsWith(prefix) || value === "" || tokens.size === MAX_SESSIONS) continue;
    tokens.set(name.slice(prefix.length), value);
  }
  return tokens;
}

const cookie = (url: URL, projectId: string, token: string, maxAgeSeconds: number): string =>
  [
    `${prefixOf(url)}${projectId}=${token}`,
    "Path=/",
    `Max-Age=${maxAgeSeconds}`,
    "HttpOnly",
    "SameSite=Strict",
    ...(url.protocol === "https:" ? ["Secure"] : []),
  ].join("; ");

/** The Set-Cookie header of a new session. */
export const sessionCookie = (url: URL, projectId: string, token: string): string =>
  cookie(url, projectId, token, SESSION_SECONDS);

/** The Set-Cookie header that makes a browser forget a session. */
export const endedCookie = (url: URL, projectId: string): string => cookie(url, projectId, "", 0);

const SAFE = new Set(["GET", "HEAD"]);

/**
 * Whether a request that a browser sent with what it remembers may be answered. Browsers say where
 * each request that may change something comes from; only our own pages may send one.
 */
export const isOwnOrigin = (method: string, url: URL, origin: string | undefined): boolean =>
  SAFE.has(method) || origin === url.origin;
