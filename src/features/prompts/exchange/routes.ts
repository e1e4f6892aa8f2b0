import { readText } from "../../../platform/body.ts";
import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { importLines } from "./actions.ts";
import { ExportQuery, ImportReport } from "./contract.ts";
import { exportProject } from "./export/actions.ts";

const tag = "Import and export";

export const exchangeEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/export",
    access: "read",
    tag,
    summary:
      "Settings, score configs, prices, prompts, versions, labels, splits and their ledger, as NDJSON",
    query: ExportQuery,
    answers: { 200: "application/x-ndjson; the last line is {kind: end}" },
    handle: (scope, { query }) =>
      new Response(exportProject(scope, query.after ?? ""), {
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
      "Bring an export in, whole or in parts; what is here already is left alone. Settings and prices take the scope admin.",
    answers: { 200: ImportReport, 207: "some lines were refused; errors says which and why" },
    handle: async (scope, _input, c) => {
      const report = await importLines(scope, await readText(c.req.raw));
      return json(report, report.errors.length > 0 ? 207 : 200);
    },
  }),
];
