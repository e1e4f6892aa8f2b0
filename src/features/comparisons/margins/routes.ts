import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { NamedPath } from "../../prompts/contract.ts";
import { putMargins, readMargins } from "./actions.ts";
import { Margins, PutMargins } from "./contract.ts";

const tag = "Comparisons";
const ofProject = "/api/public/margins";
const ofPrompt = "/api/public/prompts/:name{.+}/margins";

export const marginEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: ofPrompt,
    access: "read",
    tag,
    summary: "The largest differences that do not matter for a prompt, and who set them",
    params: NamedPath,
    answers: { 200: Margins },
    handle: async (scope, { params }) => json(await readMargins(scope, params.name)),
  }),
  endpoint({
    method: "PUT",
    path: ofPrompt,
    access: "write",
    tag,
    summary: "Set a prompt's own margins, in place of those it had",
    params: NamedPath,
    body: PutMargins,
    answers: { 200: Margins },
    handle: async (scope, { params, body }) => json(await putMargins(scope, params.name, body)),
  }),
  endpoint({
    method: "GET",
    path: ofProject,
    access: "read",
    tag,
    summary: "The margins of all prompts that have none of their own",
    answers: { 200: Margins },
    handle: async (scope) => json(await readMargins(scope, null)),
  }),
  endpoint({
    method: "PUT",
    path: ofProject,
    access: "admin",
    tag,
    summary: "Set the margins of all prompts that have none of their own",
    body: PutMargins,
    answers: { 200: Margins },
    handle: async (scope, { body }) => json(await putMargins(scope, null, body)),
  }),
];
