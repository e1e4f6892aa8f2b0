/** The public API is open to browsers: score clients run there. Keys travel in a header, never in cookies. */
const CORS_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "etag, retry-after, x-request-id, x-promptside-arm",
} as const;

const PREFLIGHT_HEADERS = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
  "access-control-max-age": "86400",
} as const;

/** The answer to a browser's question before the request itself. */
export const preflight = (request: Request): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...CORS_HEADERS,
      ...PREFLIGHT_HEADERS,
      "access-control-allow-headers":
        request.headers.get("access-control-request-headers") ?? "authorization, content-type",
    },
  });

const CORS_ENTRIES = Object.entries(CORS_HEADERS);

/** Opens one of our own answers to browsers. */
export function withCors(response: Response): Response {
  const { headers } = response;
  for (const [name, value] of CORS_ENTRIES) headers.set(name, value);
  return response;
}
