import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { endSplit, putSplit, requireSplit } from "./actions.ts";
import { EndedSplit, EndSplit, PutSplit, Split, SplitPath } from "./contract.ts";

const tag = "Splits";
const path = "/api/public/prompts/:name/labels/:label/split";

export const splitEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag,
    summary: "The split of a label",
    params: SplitPath,
    answers: { 200: Split },
    handle: async (scope, { params }) => json(await requireSplit(scope, params)),
  }),
  endpoint({
    method: "PUT",
    path,
    access: "write",
    tag,
    summary: "Split a label between versions, or change the weights of its split",
    params: SplitPath,
    body: PutSplit,
    answers: { 200: Split, 409: "the split was changed so often that a new one must be started" },
    handle: async (scope, { params, body }) => json(await putSplit(scope, params, body)),
  }),
  endpoint({
    method: "DELETE",
    path,
    access: "write",
    tag,
    summary: "End a split: the label serves the version it points at",
    params: SplitPath,
    query: EndSplit,
    answers: { 200: EndedSplit },
    handle: async (scope, { params, query: { reason = null } }) => {
      const split = await endSplit(scope, params, reason);
      return json({ ...split, endedAt: scope.now.toISOString() });
    },
  }),
];
