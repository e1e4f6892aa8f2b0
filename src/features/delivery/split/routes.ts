import { Refusal } from "../../../platform/errors.ts";
import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { listSplits, notFound, rangesOf } from "../../prompts/index.ts";
import { DEFAULT_LABEL, labelDocument } from "../../prompts/model.ts";
import { fetchDocument } from "../actions.ts";
import { SplitsQuery, SplitTables } from "../contract.ts";

const LISTED = 100;

/** @throws Refusal invalid_request for a cursor that the list did not give */
function placeOf(cursor: string): [string, string] {
  const [, label, name] = /^([^/]+)\/(.+)$/s.exec(cursor) ?? [];
  if (label !== undefined && name !== undefined) return [name, label];
  const message = "is not one that this list gave";
  throw new Refusal("invalid_request", `query cursor: ${message}`, {
    issues: [{ path: "cursor", message }],
  });
}

export const splitTableEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/splits",
    access: "read",
    tag: "Splits",
    summary: "Tables of live splits, with which any client computes the arm of a targeting key",
    query: SplitsQuery,
    answers: { 200: SplitTables },
    handle: async (scope, { query: { name, label, cursor } }) => {
      const headers = { "cache-control": "private, no-cache" };
      if (name !== undefined) {
        // From the edge, as a fetch: what a client computes is what a fetch would serve.
        const wanted = { name, label: label ?? DEFAULT_LABEL };
        const document = await fetchDocument(scope, labelDocument(name, wanted.label));
        if (!document) throw notFound(name, { label: wanted.label });
        const { version, split } = document;
        const data = split ? [{ ...wanted, version, id: split.id, ranges: rangesOf(split) }] : [];
        return json({ data, nextCursor: null }, 200, headers);
      }
      const after = cursor === undefined ? undefined : placeOf(cursor);
      const rows = await listSplits(scope, { label, after, limit: LISTED + 1 });
      const page = rows.slice(0, LISTED);
      const last = page.at(-1);
      const data = page.map(({ id, runs, ...row }) => ({
        name: row.name,
        label: row.label,
        version: row.version,
        id,
        ranges: rangesOf({ id, runs }),
      }));
      const nextCursor = last && rows.length > LISTED ? `${last.label}/${last.name}` : null;
      return json({ data, nextCursor }, 200, headers);
    },
  }),
];
