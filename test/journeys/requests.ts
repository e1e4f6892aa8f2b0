import { IDS } from "./house.ts";

/** A request that a route takes, about the things of `house.ts`. */
export type WalkRequest = {
  /** Path parameters. */
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
};

const { prompt, trace, observation, session, score, model } = IDS;
const aboutPrompt = { params: { name: prompt } };
const DAY = "2026-11-20";

/**
 * One request for every route, by method and path. The walk fails for a route that is not here, so
 * that nobody adds one without it.
 *
 * @param keyId of a key of the house
 */
export const requestsFor = (keyId: string): Record<string, WalkRequest> => ({
  "GET /api/public/v2/prompts": {},
  "POST /api/public/v2/prompts": { body: { name: prompt, prompt: "theirs", labels: ["x"] } },
  "GET /api/public/v2/prompts/:name{.+}": aboutPrompt,
  "PATCH /api/public/v2/prompts/:name{.+}/versions/:version": {
    params: { name: prompt, version: "1" },
    body: { newLabels: ["staging"] },
  },
  "DELETE /api/public/v2/prompts/:name{.+}": aboutPrompt,
  "GET /api/public/prompts/:name/deployments": aboutPrompt,
  "POST /api/public/import/deployments": {
    body: { name: prompt, versions: [], deployments: [] },
  },
  "GET /api/public/prompts/:name{.+}/metrics": aboutPrompt,
  "POST /api/public/admin/repair": { body: { name: prompt, version: 1, from: DAY, to: DAY } },
  "POST /api/public/otel/v1/traces": { body: { resourceSpans: [] } },
  "POST /api/public/ingestion": { body: { batch: [] } },
  "POST /api/public/scores": { body: { id: score, name: "theirs", value: 0, traceId: trace } },
  "GET /api/public/scores/:id": { params: { id: score } },
  "DELETE /api/public/scores/:id": { params: { id: score } },
  "GET /api/public/v2/scores": {},
  "GET /api/public/v2/scores/:id": { params: { id: score } },
  "GET /api/public/v3/scores": {},
  "GET /api/public/traces": {},
  "GET /api/public/traces/:id": { params: { id: trace } },
  "DELETE /api/public/traces/:id": { params: { id: trace } },
  "GET /api/public/observations": {},
  "GET /api/public/v2/observations": {},
  "GET /api/public/observations/:id": { params: { id: observation } },
  "GET /api/public/sessions": {},
  "GET /api/public/sessions/:id": { params: { id: session } },
  "POST /api/public/media": {
    body: {
      contentLength: 68,
      contentType: "image/png",
      sha256Hash: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      field: "input",
      traceId: trace,
      observationId: observation,
    },
  },
  "POST /api/public/projects": { body: { name: "theirs" } },
  "GET /api/public/projects": {},
  "GET /api/public/keys": {},
  "POST /api/public/keys": { body: { label: "theirs", scopes: ["read"] } },
  "DELETE /api/public/keys/:id": { params: { id: keyId } },
  "GET /api/public/settings": {},
  "PATCH /api/public/settings": { body: { retentionDays: 7 } },
  "GET /api/public/audit": {},
  "GET /api/public/prices": {},
  "PUT /api/public/prices": { body: { model, usdPerMillion: { input: 1 } } },
  "DELETE /api/public/prices": { query: { model } },
  "POST /api/public/admin/tick": { body: { at: "2026-11-20T12:00:00Z" } },
  "GET /api/public/health": {},
  "GET /api/public/openapi.json": {},
  "GET /docs": {},
});

/** The path of a route with its parameters filled in. */
export function pathOf(path: string, { params = {}, query }: WalkRequest): string {
  const filled = path.replaceAll(/:(\w+)(\{[^}]*\})?/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  return query ? `${filled}?${new URLSearchParams(query).toString()}` : filled;
}
