import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import { removePrice, setPrice } from "./actions.ts";
import { PriceBody, PriceKey, PriceList } from "./contract.ts";
import { listPrices } from "./store.ts";

const path = "/api/public/prices";
const tag = "Prices";

export const pricingEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path,
    access: "read",
    tag,
    summary:
      "The project's own prices. What they do not cover is priced by the built-in price list",
    answers: { 200: PriceList },
    handle: async (scope) => {
      const rows = await listPrices(scope);
      const data = rows.map(({ model, validFrom, usdPerMillion, createdAt }) => ({
        model,
        validFrom: validFrom.toISOString(),
        usdPerMillion,
        createdAt: createdAt.toISOString(),
      }));
      return json({ data, nextCursor: null });
    },
  }),
  endpoint({
    method: "PUT",
    path,
    access: "admin",
    tag,
    summary:
      "Set what calls to a model cost from an instant on; generations already stored keep their cost until they are re-priced",
    body: PriceBody,
    answers: { 200: PriceBody, 409: "The project has too many prices" },
    handle: async (scope, { body }) => {
      await setPrice(scope, body);
      return json({ ...body, validFrom: new Date(body.validFrom).toISOString() });
    },
  }),
  endpoint({
    method: "DELETE",
    path,
    access: "admin",
    tag,
    summary: "Remove one of the project's own prices",
    query: PriceKey,
    answers: { 204: "Removed", 404: "There is no such price" },
    handle: async (scope, { query }) => {
      await removePrice(scope, query);
      return new Response(null, { status: 204 });
    },
  }),
];
