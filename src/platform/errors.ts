/** Every way a request can be refused: the code, its status, and the name legacy SDKs print. */
const REFUSALS = {
  invalid_request: { status: 400, error: "InvalidRequestError" },
  unauthenticated: { status: 401, error: "UnauthorizedError" },
  forbidden: { status: 403, error: "ForbiddenError" },
  not_found: { status: 404, error: "LangfuseNotFoundError" },
  method_not_allowed: { status: 405, error: "MethodNotAllowedError" },
  timeout: { status: 408, error: "RequestTimeoutError" },
  conflict: { status: 409, error: "ConflictError" },
  too_large: { status: 413, error: "PayloadTooLargeError" },
  unsupported_media_type: { status: 415, error: "UnsupportedMediaTypeError" },
  rate_limited: { status: 429, error: "RateLimitError" },
  unavailable: { status: 503, error: "ServiceUnavailableError" },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** What is wrong with one field of a request. */
export type Issue = { path: string; message: string };

/** A refusal the caller can act on. Anything else that is thrown is a bug, and becomes a bare 500. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly issues: Issue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: RefusalCode,
    detail: string,
    { issues = [], retryAfterSeconds }: { issues?: Issue[]; retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.code = code;
    this.issues = issues;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const statusOf = (code: RefusalCode): number => REFUSALS[code].status;
export const errorNameOf = (code: RefusalCode): string => REFUSALS[code].error;

/**
 * RFC 9457 problem document, with the `message` and `error` that the SDKs print.
 * Only a Refusal's own words reach the client; a bug's never do.
 */
export function problem(error: unknown, requestId: string): Response {
  const known = error instanceof Refusal ? error : undefined;
  const title = known?.code ?? "internal_error";
  const status = known ? statusOf(known.code) : 500;
  const detail = known?.message ?? "Something went wrong on our side.";
  const body = {
    title,
    status,
    detail,
    requestId,
    ...(known && known.issues.length > 0 ? { issues: known.issues } : {}),
    message: detail,
    error: known ? errorNameOf(known.code) : "InternalServerError",
  };
  const headers = new Headers({
    "content-type": "application/problem+json",
    "x-request-id": requestId,
  });
  // Whole seconds only: `retry-after-ms` kills the Python client.
  if (known?.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(Math.ceil(known.retryAfterSeconds)));
  }
  return new Response(JSON.stringify(body), { status, headers });
}
