import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { repriceStep } from "./actions.ts";
import { Reprice, Repriced } from "./contract.ts";

export const repriceEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/api/public/admin/reprice",
    access: "admin",
    tag: "Prices",
    summary: "Price stored calls anew, a bounded step at a time; the numbers of versions follow",
    body: Reprice,
    emptyBody: {},
    answers: { 200: Repriced },
    handle: async (scope, { body }) => json(await repriceStep(scope, body)),
  }),
];
