import { Refusal } from "../../../platform/errors.ts";
import { type Endpoint, endpoint, type HttpContext, json } from "../../../platform/http.ts";
import { ForceQuery, NamedPath } from "../contract.ts";
import { moveLabel, readLabel, readLabels, removeLabel, rollBackLabel } from "./actions.ts";
import {
  LabelPath,
  LabelState,
  LabelStates,
  MovedLabel,
  MoveLabel,
  RemoveLabel,
  RollBack,
} from "./contract.ts";
import { type Expectation, labelEtag, readIfMatch } from "./expect.ts";

const tag = "Deployments";
const path = "/api/public/prompts/:name/labels/:label";

/** What the request says about where the label is now, in its body or query and in its headers. */
function expectations(
  c: HttpContext,
  expectedVersion: number | null | undefined,
): readonly Expectation[] {
  const expected: Expectation[] = expectedVersion === undefined ? [] : [[expectedVersion]];
  const ifMatch = c.req.header("if-match");
  if (ifMatch !== undefined) {
    const read = readIfMatch(ifMatch);
    if (!read) {
      const message = 'must be * or the number of the version that the label is on, such as "3"';
      throw new Refusal("invalid_request", `header If-Match: ${message}`, {
        issues: [{ path: "If-Match", message }],
      });
    }
    expected.push(read);
  }
  if (c.req.header("if-none-match")?.trim() === "*") expected.push([null]);
  return expected;
}

const answer = (moved: MovedLabel): Response =>
  json(moved, 200, moved.version === null ? {} : { etag: labelEtag(moved.version) });

export const labelEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name/labels",
    access: "read",
    tag,
    summary: "Where a prompt's labels point",
    params: NamedPath,
    answers: { 200: LabelStates },
    handle: async (scope, { params }) => json({ data: await readLabels(scope, params.name) }),
  }),
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag,
    summary: "Where a label points; its ETag is the number of the version",
    params: LabelPath,
    answers: { 200: LabelState },
    handle: async (scope, { params }) => {
      const state = await readLabel(scope, params);
      return json(state, 200, { etag: labelEtag(state.version) });
    },
  }),
  endpoint({
    method: "PUT",
    path,
    access: "write",
    tag,
    summary:
      "Move a label to a version: deploy it. If-Match or expectedVersion guard against rivals",
    params: LabelPath,
    query: ForceQuery,
    body: MoveLabel,
    answers: { 200: MovedLabel, 409: "the label is not where If-Match or expectedVersion says" },
    handle: async (scope, { params, query, body: { version, expectedVersion, ...said } }, c) => {
      const expected = expectations(c, expectedVersion);
      const terms = { reason: said.reason ?? null, expected, force: said.force ?? query.force };
      return answer(await moveLabel(scope, params, { version, ...terms }));
    },
  }),
  endpoint({
    method: "POST",
    path: `${path}/rollback`,
    access: "write",
    tag,
    summary: "Return a label to where it was before its last move. The body may be left out",
    params: LabelPath,
    query: ForceQuery,
    body: RollBack,
    emptyBody: {},
    answers: {
      200: MovedLabel,
      409: "there is nothing to go back to, or somebody moved the label",
    },
    handle: async (scope, { params, query, body: { reason, expectedVersion, ...said } }, c) => {
      const expected = expectations(c, expectedVersion);
      const terms = { reason: reason ?? null, expected, force: said.force ?? query.force };
      return answer(await rollBackLabel(scope, params, terms));
    },
  }),
  endpoint({
    method: "DELETE",
    path,
    access: "write",
    tag,
    summary: "Take a label away from its version",
    params: LabelPath,
    query: RemoveLabel,
    answers: { 200: MovedLabel, 409: "the label is not where If-Match or expectedVersion says" },
    handle: async (scope, { params, query: { reason, expectedVersion, force } }, c) => {
      const expected = expectations(c, expectedVersion);
      return answer(await removeLabel(scope, params, { reason: reason ?? null, expected, force }));
    },
  }),
];
