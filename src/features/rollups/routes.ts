import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import { daysBetween, Metrics, MetricsPath, MetricsQuery, Repair, Repaired } from "./contract.ts";
import { readMetrics } from "./metrics/actions.ts";
import { repair } from "./repair/actions.ts";

export const rollupEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name{.+}/metrics",
    access: "read",
    tag: "Metrics",
    summary: "What each version of a prompt did: latency, tokens, cost, errors, scores",
    params: MetricsPath,
    query: MetricsQuery,
    answers: { 200: Metrics },
    handle: async (scope, { params, query }) => json(await readMetrics(scope, params.name, query)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/admin/repair",
    access: "admin",
    tag: "Metrics",
    summary: "Make the buckets of a version on some days what its rows say",
    body: Repair,
    answers: { 200: Repaired },
    handle: async (scope, { body: { name, version, from, to } }) =>
      json({ data: await repair(scope, { prompt: name, version }, daysBetween(from, to)) }),
  }),
];
