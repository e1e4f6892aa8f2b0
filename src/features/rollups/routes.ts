import { Refusal } from "../../platform/errors.ts";
import { type Endpoint, endpoint, type HttpContext, issuesOf, json } from "../../platform/http.ts";
import {
  daysBetween,
  Metrics,
  MetricsPath,
  MetricsQuery,
  Repair,
  Repaired,
  Versions,
} from "./contract.ts";
import { readDistributions } from "./distribution/actions.ts";
import { DistributionQuery, Distributions } from "./distribution/contract.ts";
import { readMetrics } from "./metrics/actions.ts";
import { repair } from "./repair/actions.ts";
import { readTimeseries } from "./timeseries/actions.ts";
import { Timeseries, TimeseriesQuery } from "./timeseries/contract.ts";

/** Versions that are said by repeating `version`; the schema of a query sees the first only. */
function withVersions<Q extends { version?: number[] | undefined }>(query: Q, c: HttpContext): Q {
  const said = c.req.queries("version") ?? [];
  if (said.length < 2) return query;
  const parsed = Versions.safeParse(said.join(","));
  if (parsed.success) return { ...query, version: parsed.data };
  const [message = "invalid"] = parsed.error.issues.map((issue) => issue.message);
  const issues = issuesOf(parsed.error).map((issue) => ({ ...issue, path: "version" }));
  throw new Refusal("invalid_request", `query version: ${message}`, { issues });
}

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
    handle: async (scope, { params, query }, c) =>
      json(await readMetrics(scope, params.name, withVersions(query, c))),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name{.+}/timeseries",
    access: "read",
    tag: "Metrics",
    summary: "One metric over time, per version, and the deployments inside the range",
    params: MetricsPath,
    query: TimeseriesQuery,
    answers: { 200: Timeseries },
    handle: async (scope, { params, query }, c) =>
      json(await readTimeseries(scope, params.name, withVersions(query, c))),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name{.+}/distribution",
    access: "read",
    tag: "Metrics",
    summary: "How often which values of a metric occur, per version",
    params: MetricsPath,
    query: DistributionQuery,
    answers: { 200: Distributions },
    handle: async (scope, { params, query }, c) =>
      json(await readDistributions(scope, params.name, withVersions(query, c))),
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
