import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { ForceQuery } from "../contract.ts";
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
    query: ForceQuery,
    body: PutSplit,
    answers: {
      200: Split,
      409: "the split was changed so often that a new one must be started, or a rollout steers it",
    },
    handle: async (scope, { params, query, body }) =>
      json(await putSplit(scope, params, body, query)),
  }),
  endpoint({
    method: "DELETE",
    path,
    access: "write",
    tag,
    summary: "End a split: the label serves the version it points at",
    params: SplitPath,
    query: EndSplit,
    answers: { 200: EndedSplit, 409: "a rollout steers it" },
    handle: async (scope, { params, query: { reason = null, force } }) => {
      const split = await endSplit(scope, params, reason, { force });
      return json({ ...split, endedAt: scope.now.toISOString() });
    },
  }),
];
