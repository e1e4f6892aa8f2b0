import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import { NamedPath } from "../prompts/contract.ts";
import { abEndpoints } from "./ab/routes.ts";
import { readComparison } from "./actions.ts";
import { readAdoption } from "./adoption/actions.ts";
import { Adoption, AdoptionQuery } from "./adoption/contract.ts";
import { Comparison, ComparisonQuery } from "./contract.ts";
import { marginEndpoints } from "./margins/routes.ts";

const tag = "Comparisons";

export const comparisonEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name{.+}/comparison",
    access: "read",
    tag,
    summary:
      "Two versions side by side: effects, intervals, tests and verdicts; as an experiment where a split ran, else as before and after",
    params: NamedPath,
    query: ComparisonQuery,
    answers: { 200: Comparison },
    handle: async (scope, { params, query }) =>
      json(await readComparison(scope, params.name, query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name{.+}/adoption",
    access: "read",
    tag,
    summary:
      "How each move of a label reached the traffic, and who still uses the version before it",
    params: NamedPath,
    query: AdoptionQuery,
    answers: { 200: Adoption },
    handle: async (scope, { params, query }) => json(await readAdoption(scope, params.name, query)),
  }),
  ...marginEndpoints,
  ...abEndpoints,
];
