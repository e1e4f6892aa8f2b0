import type { Env } from "./env.ts";

/** Addresses that the dashboard's own router knows; all of them are one page. */
const PAGES = /^\/($|sign-in$|projects(\/|$))/;
/** Where the SDKs' `getTraceUrl` leads, and `htmlPath`: `/project/{id}/traces/{id}`. */
const SDK_LINK = /^\/project\//;
const FILES = /^\/(assets\/|icon\.svg$|colour-scheme\.js$)/;

/** A built file's name holds its digest, so it never changes. */
const FOREVER = "public, max-age=31536000, immutable";

/**
 * Nothing from elsewhere, and no script but our files: what a prompt or a trace holds stays text.
 * The component library sets style attributes.
 */
const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** Whether a request is for the dashboard's page or one of its files. */
export function isDashboard({ method, url }: Request): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  // Every prompt fetch comes by here: what is plainly the API's is not parsed for it.
  if (url.startsWith("/api/", url.indexOf("/", "https://".length))) return false;
  const { pathname } = new URL(url);
  return PAGES.test(pathname) || FILES.test(pathname) || SDK_LINK.test(pathname);
}

/**
 * The dashboard's page or a file of it.
 *
 * @returns 404 for a file that this build has not: never the page, which a browser that still shows
 *   the build before would take for a script
 */
export async function dashboard(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  if (SDK_LINK.test(url.pathname)) {
    const location = url.pathname.replace(SDK_LINK, "/projects/") + url.search;
    return new Response(null, { status: 302, headers: { ...HEADERS, location } });
  }
  const isPage = PAGES.test(url.pathname);
  const file = isPage ? new Request(new URL("/", url), request) : request;
  const found = await env.ASSETS?.fetch(file);
  if (!found || found.status === 404) {
    const text = isPage ? "The dashboard is not part of this build." : "There is no such file.";
    return new Response(text, {
      status: 404,
      headers: { ...HEADERS, "cache-control": "no-store" },
    });
  }
  const answer = new Response(found.body, found);
  for (const [name, value] of Object.entries(HEADERS)) answer.headers.set(name, value);
  const isHashed = url.pathname.startsWith("/assets/");
  answer.headers.set("cache-control", isHashed ? FOREVER : "no-cache");
  return answer;
}
