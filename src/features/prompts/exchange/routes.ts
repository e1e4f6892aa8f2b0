import { readText } from "../../../platform/body.ts";
import type { Offer } from "../../../platform/exchange.ts";
import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { importLines } from "./actions.ts";
import { ExportQuery, ImportReport } from "./contract.ts";
import { exportProject } from "./export/actions.ts";

const tag = "Import and export";

/** @param offers kinds of lines that slices above this one have and take, in their order in an export */
export const exchangeEndpoints = (offers: readonly Offer[]): Endpoint[] => [
  endpoint({
    method: "GET",
    path: "/api/public/export",
    access: "read",
    tag,
    summary:
      "Everything that people set up, as NDJSON: settings, prices, prompts with their ledger, monitors, dashboards. Destinations and sources for the scope admin, without secrets.",
    query: ExportQuery,
    answers: { 200: "application/x-ndjson; the last line is {kind: end}" },
    handle: (scope, { query }) =>
      new Response(exportProject(scope, query.after ?? "", offers), {
        headers: {
          "content-type": "application/x-ndjson; charset=utf-8",
          "content-disposition": `attachment; filename="${scope.projectId}.ndjson"`,
          "cache-control": "no-store",
        },
      }),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/import",
    access: "write",
    tag,
    summary:
      "Bring an export in, whole or in parts; what is here already is left alone. Settings, prices, destinations and sources take the scope admin.",
    answers: { 200: ImportReport, 207: "some lines were refused; errors says which and why" },
    handle: async (scope, _input, c) => {
      const report = await importLines(scope, await readText(c.req.raw), offers);
      return json(report, report.errors.length > 0 ? 207 : 200);
    },
  }),
];
