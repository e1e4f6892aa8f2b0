import { Refusal } from "../../platform/errors.ts";
import type { Scope } from "../../platform/scope.ts";
import type { PriceBody } from "./contract.ts";
import type { PriceOverride } from "./model.ts";
import { deletePrice, listPrices, upsertPrice } from "./store.ts";

/** All of them are read whenever calls are priced. */
const MAX_PRICES = 500;

/** A project's own prices, for `price`. */
export const overridesOf = (scope: Scope): Promise<PriceOverride[]> => listPrices(scope);

/**
 * Sets what calls to a model cost from an instant on; the same model and instant again replaces it.
 *
 * @throws Refusal conflict beyond MAX_PRICES
 */
export async function setPrice(
  scope: Scope,
  { model, validFrom, usdPerMillion }: PriceBody,
): Promise<void> {
  const since = new Date(validFrom);
  const prices = await listPrices(scope);
  const isNew = !prices.some(
    (price) => price.model === model && price.validFrom.getTime() === since.getTime(),
  );
  if (isNew && prices.length >= MAX_PRICES) {
    throw new Refusal("conflict", `a project may set at most ${MAX_PRICES} prices`);
  }
  await upsertPrice(scope, { model, validFrom: since, usdPerMillion });
}

/** @throws Refusal not_found when there is no such price */
export async function removePrice(
  scope: Scope,
  { model, validFrom }: { model: string; validFrom: string },
): Promise<void> {
  const removed = await deletePrice(scope, { model, validFrom: new Date(validFrom) });
  if (removed.length === 0) {
    throw new Refusal("not_found", `there is no price of ${model} valid from ${validFrom}`);
  }
}
