import type { Endpoint } from "../../src/platform/http.ts";
import { ARMS, IDS } from "./house.ts";

/** A request that a route takes, about the things of `house.ts`. */
export type WalkRequest = {
  /** Path parameters that differ from what their names and places say. */
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  /**
   * How it says what is wrong with a body, where that is not a 400 with `message` and `error`:
   * a report line by line, as JSON-RPC does, or not at all, because any text is a body.
   */
  refusesBy?: "report" | "json-rpc" | "no text";
};

/** Ids that the house was given. */
export type Given = {
  keyId: string;
  sourceId: string;
  configId: string;
  abId: string;
  rolloutId: string;
  monitorId: string;
  incidentId: string;
  destinationId: string;
  reportId: string;
  deliveryId: string;
  dashboardId: string;
};

const { prompt, splitLabel, trace, observation, session, score, model } = IDS;
const DAY = "2026-11-20";
const split = { params: { label: splitLabel } };
const mapping = "{'name': 'q', 'value': 1}";
const ROLLOUT = { prompt, label: "production", candidate: 2 };
const MONITOR = { kind: "volume", name: "theirs", prompt };
const AB_TEST = {
  name: "theirs",
  label: "production",
  versions: [1, 2],
  unit: "request",
  control: 1,
  primaryMetric: "latencyMs",
};

/**
 * What the routes are asked that need more than a path. The walk fails for a route that writes and
 * is not here, so that nobody adds one without it.
 */
const REQUESTS: Record<string, WalkRequest> = {
  "GET /api/public/prompts": { query: { label: "production", full: "true" } },
  "POST /api/public/v2/prompts": { body: { name: prompt, prompt: "theirs", labels: ["x"] } },
  "PATCH /api/public/v2/prompts/:name{.+}/versions/:version": { body: { newLabels: ["staging"] } },
  "PUT /api/public/prompts/:name/labels/:label": { body: { version: 1 } },
  "POST /api/public/prompts/:name/labels/:label/rollback": { body: {} },
  "GET /api/public/prompts/:name/labels/:label/split": split,
  "PUT /api/public/prompts/:name/labels/:label/split": { ...split, body: { arms: ARMS } },
  "DELETE /api/public/prompts/:name/labels/:label/split": split,
  "PUT /api/public/prompts/:name/tags": { body: { tags: ["theirs"] } },
  "POST /api/public/prompts/:name/duplicate": { body: { newName: "theirs" } },
  "GET /api/public/prompts/:name/diff": { query: { from: "1", to: "2" } },
  "GET /api/public/usage": { query: { prompt } },
  "GET /api/public/prompts/:name{.+}/timeseries": { query: { metric: "count" } },
  "GET /api/public/prompts/:name{.+}/distribution": { query: { metric: "latencyMs" } },
  "PUT /api/public/prompts/:name{.+}/margins": { body: { margins: { latencyMs: 1.2 } } },
  "PUT /api/public/margins": { body: { margins: { latencyMs: 1.2 } } },
  "PUT /api/public/prompts/:name/ab": { body: AB_TEST },
  "POST /api/public/prompts/:name/ab/:id/promote": { body: {} },
  "GET /api/public/prompts/:name{.+}/comparison": { query: { control: "1", candidate: "2" } },
  "POST /api/public/import": { body: "{}", refusesBy: "report" },
  "POST /api/public/import/langfuse": {
    body: { baseUrl: "http://localhost:9", publicKey: "pk", secretKey: "sk" },
  },
  "POST /api/public/import/dotprompt": { query: { name: prompt }, body: "x", refusesBy: "no text" },
  "POST /api/public/import/deployments": { body: { name: prompt, versions: [], deployments: [] } },
  "POST /api/public/admin/repair": { body: { name: prompt, version: 1, from: DAY, to: DAY } },
  "POST /api/public/admin/reprice": { body: {} },
  "POST /api/public/admin/replay": { body: {} },
  "POST /api/public/admin/tick": { body: { at: "2026-11-20T12:00:00Z" } },
  "POST /api/public/otel/v1/traces": { body: { resourceSpans: [] } },
  "POST /api/public/ingestion": { body: { batch: [] } },
  "POST /api/public/score-configs": { body: { name: "theirs", dataType: "NUMERIC" } },
  "PATCH /api/public/score-configs/:id": { body: { description: "theirs" } },
  "POST /api/public/scores": { body: { id: score, name: "theirs", value: 0, traceId: trace } },
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
  "POST /api/public/hooks/:source": { body: {} },
  "PUT /api/public/hooks/:source": { body: {} },
  "POST /api/public/sources": { body: { name: "theirs", kind: "standard" } },
  "PATCH /api/public/sources/:id": { body: { name: "theirs" } },
  "POST /api/public/sources/:id/rotate": { body: {} },
  "POST /api/public/sources/dry-run": { body: { mapping, body: {} } },
  "POST /api/public/projects": { body: { name: "theirs" } },
  "POST /api/public/session": { body: { secretKey: "sk-ps-wrong" } },
  "POST /api/public/keys": { body: { label: "theirs", scopes: ["read"] } },
  "POST /api/public/destinations": {
    body: { kind: "webhook", name: "theirs", url: "https://receiver.invalid/hook" },
  },
  "PATCH /api/public/destinations/:id": { body: { name: "theirs" } },
  "POST /api/public/destinations/:id/rotate": { body: {} },
  "POST /api/public/destinations/:id/test": { body: {} },
  "POST /api/public/deliveries/:id/resend": { body: {} },
  "POST /api/public/dashboards": { body: { name: "theirs" } },
  "PATCH /api/public/dashboards/:id": { body: { rev: 1, name: "theirs" } },
  "POST /api/public/rollouts": { body: ROLLOUT },
  "POST /api/public/rollouts/forecast": { body: ROLLOUT },
  "POST /api/public/rollouts/:id/pause": { body: {} },
  "POST /api/public/rollouts/:id/resume": { body: {} },
  "POST /api/public/rollouts/:id/abort": { body: {} },
  "POST /api/public/rollouts/:id/promote": { body: {} },
  "POST /api/public/monitors": { body: MONITOR },
  "POST /api/public/monitors/preview": { body: MONITOR },
  "PATCH /api/public/monitors/:id": { body: { name: "theirs" } },
  "POST /api/public/monitors/:id/mute": { body: {} },
  "POST /api/public/monitors/:id/unmute": { body: {} },
  "POST /api/public/incidents/:id/acknowledge": { body: {} },
  "POST /api/public/incidents/:id/resolve": { body: {} },
  "POST /api/public/incidents/:id/comment": { body: { text: "theirs" } },
  "POST /api/public/incidents/:id/rollback": { body: {} },
  "POST /api/public/reports": { body: { from: DAY, to: DAY } },
  "PATCH /api/public/settings": { body: { retentionDays: 7 } },
  "PUT /api/public/prices": { body: { model, usdPerMillion: { input: 1 } } },
  "GET /beta/litellm_prompt_management": { query: { prompt_id: prompt } },
  "POST /mcp": {
    body: { jsonrpc: "2.0", id: 1, method: "tools/list" },
    headers: { accept: "application/json, text/event-stream" },
    refusesBy: "json-rpc",
  },
  "DELETE /api/public/prices": { query: { model } },
};

/** Routes of this table, for the walk to compare with those that there are. */
export const writtenDown = Object.keys(REQUESTS);

export const nameOf = ({ method, path }: Endpoint): string => `${method} ${path}`;

export const requestOf = (route: Endpoint): WalkRequest => REQUESTS[nameOf(route)] ?? {};

/** `/traces/:id` is a trace's: the id follows from the part of the path before it. */
const idsBefore = ({
  keyId,
  sourceId,
  configId,
  abId,
  rolloutId,
  monitorId,
  incidentId,
  destinationId,
  reportId,
  deliveryId,
  dashboardId,
}: Given): Record<string, string> => ({
  traces: trace,
  observations: observation,
  sessions: session,
  scores: score,
  "score-configs": configId,
  ab: abId,
  rollouts: rolloutId,
  monitors: monitorId,
  incidents: incidentId,
  keys: keyId,
  sources: sourceId,
  destinations: destinationId,
  reports: reportId,
  deliveries: deliveryId,
  dashboards: dashboardId,
});

/**
 * The path of a route with its parameters filled in.
 *
 * @throws Error for a parameter that nothing here says
 */
export function pathOf(route: Endpoint, given: Given): string {
  const { params = {}, query } = requestOf(route);
  const said: Record<string, string> = {
    name: prompt,
    label: "production",
    version: "1",
    source: given.sourceId,
    ...params,
  };
  const path = route.path.replaceAll(
    /([\w-]+)\/:(\w+)(\{[^}]*\})?/g,
    (_, before: string, parameter: string) => {
      const value = said[parameter] ?? (parameter === "id" ? idsBefore(given)[before] : undefined);
      if (value === undefined) throw new Error(`${nameOf(route)}: nothing to fill in ${parameter}`);
      return `${before}/${encodeURIComponent(value)}`;
    },
  );
  return query ? `${path}?${new URLSearchParams(query).toString()}` : path;
}
