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

export function withCors(response: Response): Response {
  const open = new Response(response.body, response);
  for (const [name, value] of Object.entries(CORS_HEADERS)) open.headers.set(name, value);
  return open;
}
