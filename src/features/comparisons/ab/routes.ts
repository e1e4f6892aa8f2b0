import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { NamedPath } from "../../prompts/contract.ts";
import { promote, putAb, readAb, readTests } from "./actions.ts";
import { AbPath, AbReport, AbTest, AbTests, Promote, PutAb } from "./contract.ts";

const tag = "A/B tests";
const path = "/api/public/prompts/:name/ab";

export const abEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag,
    summary: "A prompt's A/B tests, newest first",
    params: NamedPath,
    answers: { 200: AbTests },
    handle: async (scope, { params }) => json({ data: await readTests(scope, params.name) }),
  }),
  endpoint({
    method: "PUT",
    path,
    access: "write",
    tag,
    summary: "Set up an A/B test before it starts: its arms, control, metrics and planned end",
    params: NamedPath,
    body: PutAb,
    answers: { 200: AbTest, 409: "the label is split already, or has another test" },
    handle: async (scope, { params, body }) => json(await putAb(scope, params.name, body)),
  }),
  endpoint({
    method: "GET",
    path: `${path}/:id`,
    access: "read",
    tag,
    summary: "Each variant against the control: always-valid intervals until the planned end",
    params: AbPath,
    answers: { 200: AbReport },
    handle: async (scope, { params }) => json(await readAb(scope, params.name, params.id)),
  }),
  endpoint({
    method: "POST",
    path: `${path}/:id/promote`,
    access: "write",
    tag,
    summary: "Move the label to the winner and end the split",
    params: AbPath,
    body: Promote,
    emptyBody: {},
    answers: {
      200: AbReport,
      409: "no variant has won and none was named, it was promoted, or a rollout has the label",
    },
    handle: async (scope, { params, body }) =>
      json(await promote(scope, params.name, params.id, body)),
  }),
];
