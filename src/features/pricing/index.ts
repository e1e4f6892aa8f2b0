import type { Scope } from "../../platform/scope.ts";
import { overridesOf } from "./actions.ts";
import type { Price, PricedCall } from "./model.ts";
import { type Memory, price } from "./price.ts";

export { changedPrices, overridesOf, setPrices } from "./actions.ts";

/** What pricing looks at in an observation. Without `startUs` the prices of now hold. */
type Priceable = Pick<PricedCall, "model" | "provider" | "usage" | "cost"> & {
  startUs?: number | undefined;
};

/** `price` with the project's own prices at hand: one read, then any number of calls. */
export async function priceBook(scope: Scope): Promise<(call: Priceable) => Price> {
  const overrides = await overridesOf(scope);
  const memory: Memory = new Map();
  return ({ startUs, ...call }) => {
    const at = startUs === undefined ? scope.now : new Date(startUs / 1000);
    return price({ ...call, at, overrides }, memory);
  };
}
