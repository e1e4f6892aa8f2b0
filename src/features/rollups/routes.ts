import type { z } from "zod";

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
import { readUsage } from "./usage/actions.ts";
import { Usage, UsageQuery } from "./usage/contract.ts";

/** What is said by repeating a parameter; the schema of a query sees the first only. */
function repeated<T>(
  c: HttpContext,
  field: string,
  read: (said: string[]) => z.ZodSafeParseResult<T>,
) {
  const said = c.req.queries(field) ?? [];
  if (said.length < 2) return undefined;
  const parsed = read(said);
  if (parsed.success) return parsed.data;
  const [message = "invalid"] = parsed.error.issues.map((issue) => issue.message);
  const issues = issuesOf(parsed.error).map((issue) => ({ ...issue, path: field }));
  throw new Refusal("invalid_request", `query ${field}: ${message}`, { issues });
}

function withVersions<Q extends { version?: number[] | undefined }>(query: Q, c: HttpContext): Q {
  const version = repeated(c, "version", (said) => Versions.safeParse(said.join(",")));
  return version ? { ...query, version } : query;
}

function withPrompts(query: UsageQuery, c: HttpContext): UsageQuery {
  const prompt = repeated(c, "prompt", (said) => UsageQuery.shape.prompt.safeParse(said));
  return prompt ? { ...query, prompt } : query;
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
    method: "GET",
    path: "/api/public/usage",
    access: "read",
    tag: "Metrics",
    summary: "Generations and cost per day of several prompts, all versions together",
    query: UsageQuery,
    answers: { 200: Usage },
    handle: async (scope, { query }, c) => json(await readUsage(scope, withPrompts(query, c))),
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
