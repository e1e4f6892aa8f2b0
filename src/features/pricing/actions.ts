import type { BatchItem } from "drizzle-orm/batch";

import { diffJson } from "../../lib/json-diff.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Scope } from "../../platform/scope.ts";
import type { PriceBody } from "./contract.ts";
import type { PriceOverride } from "./model.ts";
import { deletePrice, listPrices, upsertPrice } from "./store.ts";

/** All of them are read whenever calls are priced. */
const MAX_PRICES = 500;

/** A project's own prices, for `price`. */
export const overridesOf = (scope: Scope): Promise<PriceOverride[]> => listPrices(scope);

const TOO_MANY = `a project may set at most ${MAX_PRICES} prices`;

const keyOf = ({ model, validFrom }: Pick<PriceOverride, "model" | "validFrom">): string =>
  JSON.stringify([model, validFrom.getTime()]);

const overrideOf = ({ model, validFrom, usdPerMillion }: PriceBody): PriceOverride => ({
  model,
  validFrom: new Date(validFrom),
  usdPerMillion,
});

/** Those of some prices that are not here, or not as they say. */
export async function changedPrices<P extends PriceBody>(
  scope: Scope,
  prices: readonly P[],
): Promise<P[]> {
  if (prices.length === 0) return [];
  const here = new Map(
    (await listPrices(scope)).map((price) => [keyOf(price), price.usdPerMillion]),
  );
  return prices.filter((price) => {
    const known = here.get(keyOf(overrideOf(price)));
    return !known || diffJson(known, price.usdPerMillion).length > 0;
  });
}

/** Sets prices in one batch, as many as the project has room for. @returns those that found none */
export async function setPrices<P extends PriceBody>(
  scope: Scope,
  prices: readonly P[],
): Promise<{ refused: P[]; message: string }> {
  const keys = new Set((await listPrices(scope)).map(keyOf));
  const refused: P[] = [];
  const statements: BatchItem<"sqlite">[] = [];
  for (const price of prices) {
    const override = overrideOf(price);
    const key = keyOf(override);
    if (!keys.has(key) && keys.size >= MAX_PRICES) {
      refused.push(price);
      continue;
    }
    keys.add(key);
    statements.push(upsertPrice(scope, override));
  }
  const [first, ...rest] = statements;
  if (first) await scope.db.batch([first, ...rest]);
  return { refused, message: TOO_MANY };
}

/**
 * Sets what calls to a model cost from an instant on; the same model and instant again replaces it.
 *
 * @throws Refusal conflict beyond MAX_PRICES
 */
export async function setPrice(scope: Scope, price: PriceBody): Promise<void> {
  const { refused, message } = await setPrices(scope, [price]);
  if (refused.length > 0) throw new Refusal("conflict", message);
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
