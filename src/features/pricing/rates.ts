import type { PriceCalculation, TieredPrices } from "@pydantic/genai-prices";

type ModelPrice = PriceCalculation["model_price"];

/** USD per million tokens of one direction, and whether the book gives it in tiers. */
type Rate = { usd: number; isTiered: boolean };

/** What a million plain tokens of a model cost, as long as a call brings no more than `upTo` input tokens. */
export type Rates = { input: Rate; output: Rate; upTo: number };

/** What the book said of a model: nothing, plain rates, or something that only the book can work out. */
export type Remembered = "unknown" | "ask" | Rates;

/** A fee per call, which the book adds whatever the tokens. */
const FEE = "requests_kcount";

const isTiered = (price: number | TieredPrices | undefined): price is TieredPrices =>
  typeof price === "object";

const rateOf = (price: number | TieredPrices | undefined): Rate =>
  isTiered(price) ? { usd: price.base, isTiered: true } : { usd: price ?? 0, isTiered: false };

/** The lowest step of any tier: up to there the base prices hold. */
function firstStep(prices: ModelPrice): number {
  const starts = Object.values(prices)
    .filter(isTiered)
    .flatMap(({ tiers }) => tiers.map(({ start }) => start));
  return Math.min(Infinity, ...starts);
}

/** What can be remembered of a look-up. Prices that change with time are asked for each time. */
export function remembered(found: PriceCalculation | null): Remembered {
  if (!found) return "unknown";
  const { model, model_price: prices } = found;
  if (Array.isArray(model.prices) || prices[FEE] !== undefined) return "ask";
  return {
    input: rateOf(prices["input_mtok"]),
    output: rateOf(prices["output_mtok"]),
    upTo: firstStep(prices),
  };
}

/** USD of so many tokens, rounded step by step as the book does it. */
export function usdAt({ usd, isTiered: inTiers }: Rate, tokens: number): number {
  const amount = (usd * tokens) / 1e6;
  return inTiers ? (amount * 1e6) / 1e6 : amount;
}

/** Of tiers, the one that the call's input reaches holds for all of its tokens. */
function rateFor(price: number | TieredPrices, inputTokens: number): number {
  if (!isTiered(price)) return price;
  const reached = price.tiers.filter(({ start }) => inputTokens > start);
  return reached.reduce((rate, tier) => (tier.start > rate.start ? tier : rate), {
    start: -1,
    price: price.base,
  }).price;
}

/** USD of tokens that were read from a cache; where the book has no price for them, they cost what input costs. */
export function cacheReadUsd(
  prices: ModelPrice,
  tokens: number | undefined,
  inputTokens: number,
): number | null {
  if (tokens === undefined) return null;
  const price = prices["cache_read_mtok"] ?? prices["input_mtok"] ?? 0;
  return (rateFor(price, inputTokens) * tokens) / 1e6;
}
