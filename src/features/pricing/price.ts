import { calcPrice } from "@pydantic/genai-prices";

import { bareModel, type Price, type PricedCall, type PriceOverride } from "./model.ts";
import { cacheReadUsd, type Remembered, remembered, usdAt } from "./rates.ts";

const UNKNOWN: Price = { input: null, output: null, total: null, cached: null };

/** Above a million USD a single call's cost is a mistake, and sums would leave exact integers. */
const MAX_NANO_USD = 1e15;

function nano(usd: number | null): number | null {
  if (usd === null || !(usd >= 0)) return null;
  const amount = Math.round(usd * 1e9);
  return amount <= MAX_NANO_USD ? amount : null;
}

type Amounts = Readonly<Record<string, number>>;

/** Sum of the kinds that belong to a direction: `input` and `cache_read_input_tokens`, say. */
function sumOf(amounts: Amounts, direction: string): number | null {
  const parts = Object.entries(amounts).filter(([kind]) => kind.includes(direction));
  return parts.length === 0 ? null : parts.reduce((sum, [, amount]) => sum + amount, 0);
}

/** What the client gave. Without a `total`, the kinds it did give add up to it. */
function givenCost(cost: Amounts): Price {
  const kinds = Object.entries(cost).filter(([kind]) => kind !== "total");
  const total = cost["total"] ?? kinds.reduce((sum, [, usd]) => sum + usd, 0);
  return {
    input: nano(sumOf(cost, "input")),
    output: nano(sumOf(cost, "output")),
    total: nano(total),
    cached: nano(cachedOf(cost)),
  };
}

/** Kinds of usage that cost less or more than plain tokens, and the price book's word for them. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ["input_cached_tokens", "cache_read_tokens"],
  ["input_cached", "cache_read_tokens"],
  ["input_cache_read", "cache_read_tokens"],
  ["input_cache_read_tokens", "cache_read_tokens"],
  ["cache_read_input_tokens", "cache_read_tokens"],
  ["cache_creation_input_tokens", "cache_write_tokens"],
  ["cache_write_input_tokens", "cache_write_tokens"],
  ["input_cache_creation", "cache_write_tokens"],
  ["input_cache_creation_tokens", "cache_write_tokens"],
  ["input_cache_write", "cache_write_tokens"],
  ["input_cache_write_tokens", "cache_write_tokens"],
  ["input_audio", "input_audio_tokens"],
  ["input_audio_tokens", "input_audio_tokens"],
  ["input_image_tokens", "input_image_tokens"],
  ["input_video_tokens", "input_video_tokens"],
  ["output_audio", "output_audio_tokens"],
  ["output_audio_tokens", "output_audio_tokens"],
  ["output_image_tokens", "output_image_tokens"],
  ["output_reasoning", "output_reasoning_tokens"],
  ["output_reasoning_tokens", "output_reasoning_tokens"],
]);

const CACHE_READ = "cache_read_tokens";

/** Sum of the kinds that were read from a cache; null when none is said. */
function cachedOf(amounts: Amounts): number | null {
  const parts = Object.entries(amounts).filter(([kind]) => UNITS.get(kind) === CACHE_READ);
  return parts.length === 0 ? null : parts.reduce((sum, [, amount]) => sum + amount, 0);
}

type Tokens = { input: number | null; output: number | null };

function bookUsage(usage: Amounts, { input, output }: Tokens): Record<string, number> {
  const units: Record<string, number> = { input_tokens: input ?? 0, output_tokens: output ?? 0 };
  for (const [kind, count] of Object.entries(usage)) {
    const unit = UNITS.get(kind);
    if (unit !== undefined && count > 0) units[unit] = (units[unit] ?? 0) + count;
  }
  return units;
}

/** Names that say whose they are, where the book cannot tell. */
const NAMED: readonly (readonly [RegExp, string])[] = [
  // Amazon Bedrock: `us.anthropic.claude-…`, `amazon.nova-…`.
  [
    /^(?:[a-z]+\.)?(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen|writer)\./,
    "aws",
  ],
  [/^text-embedding-(?:3-|ada)/, "openai"],
];

/** Where to look a model up, best first: by its said provider, by its prefix, by its name alone. */
function lookups({ model = "", provider }: PricedCall): { model: string; providerId?: string }[] {
  const full = model.trim();
  const bare = bareModel(model);
  const prefix = full.slice(0, Math.max(0, full.indexOf("/")));
  return [
    ...(provider ? [full, bare].map((name) => ({ model: name, providerId: provider })) : []),
    ...(prefix ? [{ model: bare, providerId: prefix }] : []),
    ...NAMED.filter(([name]) => name.test(bare)).map(([, providerId]) => ({
      model: bare,
      providerId,
    })),
    { model: bare },
  ];
}

function bookPrice(units: Record<string, number>, call: PricedCall) {
  for (const { model, providerId } of lookups(call)) {
    const options = { timestamp: call.at, ...(providerId === undefined ? {} : { providerId }) };
    const found = calcPrice(units, model, options);
    if (found) return found;
  }
  return null;
}

/** The book refuses counts that contradict each other, such as more audio than input tokens. */
function bookPriceOfAny(units: Record<string, number>, call: PricedCall) {
  try {
    return bookPrice(units, call);
  } catch {
    const { input_tokens = 0, output_tokens = 0 } = units;
    return bookPrice({ input_tokens, output_tokens }, call);
  }
}

/** `*` stands for any characters. Without regular expressions, which a pattern could make slow. */
function matches(pattern: string, name: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return name === pattern;
  if (!name.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return name.length - tail.length >= from && name.endsWith(tail);
}

/** How much of a name a pattern says; a pattern without `*` says all of it. */
const precision = ({ model }: PriceOverride): number =>
  model.includes("*") ? model.replaceAll("*", "").length : Infinity;

/** The override that holds for the call: the most precise pattern, then the newest valid one. */
function overrideFor({ model, at, overrides = [] }: PricedCall): PriceOverride | undefined {
  if (model === undefined || overrides.length === 0) return undefined;
  const names = [model.trim().toLowerCase(), bareModel(model)];
  return overrides
    .filter(
      (override) => override.validFrom <= at && names.some((name) => matches(override.model, name)),
    )
    .reduce<PriceOverride | undefined>((best, next) => {
      if (!best || precision(next) > precision(best)) return next;
      const isNewer = next.validFrom > best.validFrom;
      return precision(next) === precision(best) && isNewer ? next : best;
    }, undefined);
}

/** USD of one direction at a project's own prices: a kind without a price of its own costs the direction's. */
function ownPrice(
  usage: Amounts,
  { usdPerMillion }: PriceOverride,
  direction: "input" | "output",
): number | null {
  let usd = 0;
  for (const [kind, count] of Object.entries(usage)) {
    if (!kind.includes(direction) || count === 0) continue;
    const perMillion = usdPerMillion[kind] ?? usdPerMillion[direction];
    if (perMillion === undefined) return null;
    usd += (count * perMillion) / 1e6;
  }
  return usd;
}

/** USD of what was read from a cache, at a project's own prices. */
function ownCached(usage: Amounts, { usdPerMillion }: PriceOverride): number | null {
  let usd: number | null = null;
  for (const [kind, count] of Object.entries(usage)) {
    if (UNITS.get(kind) !== CACHE_READ) continue;
    const perMillion = usdPerMillion[kind] ?? usdPerMillion["input"];
    if (perMillion === undefined) return null;
    usd = (usd ?? 0) + (count * perMillion) / 1e6;
  }
  return usd;
}

/** USD by direction, of what was cached among the input, and fees that belong to neither. */
type Usd = { input: number | null; output: number | null; cached: number | null; fees: number };

/** What the book said of models, by provider and model, for a caller that prices many calls. */
export type Memory = Map<string, Remembered>;

/** Nearly all of a price is the search for the model; plain tokens of a known one need none. */
function bookUsd(units: Record<string, number>, call: PricedCall, memory: Memory): Usd | null {
  const key = `${call.provider ?? ""}\n${call.model ?? ""}`;
  const { input_tokens: input = 0, output_tokens: output = 0, ...others } = units;
  const isPlain = Object.keys(others).length === 0;
  const known = isPlain ? memory.get(key) : "ask";
  if (known === "unknown") return null;
  if (known !== undefined && known !== "ask" && input <= known.upTo) {
    const usd = { input: usdAt(known.input, input), output: usdAt(known.output, output) };
    return { ...usd, cached: null, fees: 0 };
  }
  const book = bookPriceOfAny(units, call);
  if (isPlain) memory.set(key, remembered(book));
  if (!book) return null;
  const { input_price, output_price, total_price, model_price } = book;
  const fees = Math.max(0, total_price - input_price - output_price);
  const cached = cacheReadUsd(model_price, units[CACHE_READ], input);
  return { input: input_price, output: output_price, cached, fees };
}

function usdOf(call: PricedCall, usage: Amounts, tokens: Tokens, memory: Memory): Usd | null {
  const own = overrideFor(call);
  if (own) {
    return {
      input: ownPrice(usage, own, "input"),
      output: ownPrice(usage, own, "output"),
      cached: ownCached(usage, own),
      fees: 0,
    };
  }
  return bookUsd(bookUsage(usage, tokens), call, memory);
}

/** Whether the counts said are all there were: both directions, or one that is the whole total. */
function isWhole({ input, output }: Tokens, total: number | undefined): boolean {
  if (input !== null && output !== null) return true;
  const said = (input ?? 0) + (output ?? 0);
  return (total ?? said) <= said;
}

function pricedParts(usd: Usd, tokens: Tokens, total: number | undefined): Price {
  const input = nano(usd.input);
  const output = nano(usd.output);
  const fees = nano(usd.fees);
  const isKnown = input !== null && output !== null && fees !== null;
  return {
    input: tokens.input === null ? null : input,
    output: tokens.output === null ? null : output,
    cached: tokens.input === null ? null : nano(usd.cached),
    total: isKnown && isWhole(tokens, total) ? input + output + fees : null,
  };
}

/**
 * What a call cost, in whole nano-USD. What the client gave wins; then the project's own prices;
 * then the price book at the time of the call. A part is null when its tokens or its price are
 * unknown; the total is null when tokens are left whose direction nobody said.
 *
 * @param memory of calls priced before; the price is the same without it
 */
export function price(call: PricedCall, memory: Memory = new Map()): Price {
  if (call.cost && Object.keys(call.cost).length > 0) return givenCost(call.cost);
  const { usage, model } = call;
  if (!model || !usage) return UNKNOWN;
  const tokens = { input: sumOf(usage, "input"), output: sumOf(usage, "output") };
  if (tokens.input === null && tokens.output === null) return UNKNOWN;
  const usd = usdOf(call, usage, tokens, memory);
  return usd ? pricedParts(usd, tokens, usage["total"]) : UNKNOWN;
}
