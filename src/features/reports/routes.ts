import { Refusal } from "../../platform/errors.ts";
import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import type { Scope } from "../../platform/scope.ts";
import { authenticate } from "../projects/index.ts";
import { createReport, listReports, readAnyReport, readReport, requireContent } from "./actions.ts";
import {
  CreateReport,
  FormatQuery,
  PageQuery,
  Report,
  type ReportFormat,
  ReportList,
  ReportPath,
  ReportsQuery,
  ReportSummary,
} from "./contract.ts";
import { formatFor } from "./format.ts";
import { markdownOf } from "./markdown.ts";
import { htmlOf } from "./page/html.ts";
import { openingOf } from "./share/actions.ts";

const path = "/api/public/reports";
const tag = "Reports";
const ACCEPTED = 202;
const absent = "There is no such report";
const notReady = "It has no content: it is being made, or failed";

/** The page is whole in itself: it may run, load, send and embed nothing, whatever it says. */
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
  // The address may hold a signature.
  "referrer-policy": "no-referrer",
  "cache-control": "private, no-store",
};

function shown(report: Report, format: ReportFormat): Response {
  if (format === "json") return json(report, 200, { "cache-control": "private, no-store" });
  const ready = requireContent(report);
  if (format === "html") return new Response(htmlOf(ready), { headers: PAGE_HEADERS });
  return new Response(markdownOf(ready), {
    headers: {
      "content-type": "text/markdown; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    },
  });
}

/** @throws Refusal unauthenticated for a link that is not ours, or no longer opens */
async function readByLink(
  scope: Scope,
  id: string,
  { expires, signature }: { expires: string; signature: string },
): Promise<Report> {
  const opening = await openingOf(scope.env, id, { expires, signature }, scope.now);
  if (opening === "opens") return readAnyReport(scope, id);
  const why = opening === "expired" ? "the link has expired" : "the link's signature is not ours";
  throw new Refusal("unauthenticated", `${why}; ask for the report with a key`);
}

export const reportEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path,
    access: "write",
    tag,
    summary: "Ask for a report of some days that are over; it is made after the answer",
    body: CreateReport,
    answers: { 202: ReportSummary },
    handle: async (scope, { body }) => {
      const report = await createReport(scope, body);
      return json(report, ACCEPTED, { location: `${path}/${report.id}` });
    },
  }),
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag,
    summary: "The project's reports, newest first",
    query: ReportsQuery,
    answers: { 200: ReportList },
    handle: async (scope, { query }) => json(await listReports(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: `${path}/:id`,
    access: "read",
    tag,
    summary: "One report, as JSON, Markdown or a page",
    params: ReportPath,
    query: FormatQuery,
    answers: { 200: Report, 404: absent, 409: notReady },
    handle: async (scope, { params, query }, c) =>
      shown(
        await readReport(scope, params.id),
        query.format ?? formatFor(c.req.header("accept"), "json"),
      ),
  }),
  endpoint({
    method: "GET",
    path: "/reports/:id",
    // Who calls without a key may have a signed link.
    access: "open",
    tag,
    summary: "A report as a page; with a key that may read, or by the signed link of a message",
    params: ReportPath,
    query: PageQuery,
    answers: {
      200: "The page",
      401: "Neither a key nor a link that opens",
      404: absent,
      409: notReady,
    },
    handle: async (
      scope,
      { params: { id }, query: { expires, signature, format = "html" } },
      c,
    ) => {
      if (expires === undefined || signature === undefined) {
        return shown(await readReport(await authenticate(c, "read"), id), format);
      }
      return shown(await readByLink(scope, id, { expires, signature }), format);
    },
  }),
];
