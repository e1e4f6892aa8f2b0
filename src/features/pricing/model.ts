import { fnv1a } from "../../lib/hash.ts";

const MAX_NAME_LENGTH = 64;
const OTHER_CELLS = 16;

/** Lower case, trimmed, without the path before it: `openai/gpt-4o`, `models/gemini-pro`. */
export function bareModel(model: string): string {
  const name = model.trim().toLowerCase();
  return name.slice(name.lastIndexOf("/") + 1) || name;
}

/**
 * The model's name as numbers are kept by: `bareModel`, and one of 16 cells `other-0` to
 * `other-15` for names over 64 characters, so that the number of cells follows no client's whim.
 */
export function normaliseModel(model: string): string {
  const name = bareModel(model);
  return name.length <= MAX_NAME_LENGTH ? name : `other-${fnv1a(name) % OTHER_CELLS}`;
}

/** Prices that a project set for models whose name matches. */
export type PriceOverride = {
  /** In lower case; `*` stands for any characters. */
  model: string;
  validFrom: Date;
  /** USD per million tokens by kind: `input`, `output`, and kinds of usage such as `input_cached_tokens`. */
  usdPerMillion: Readonly<Record<string, number>>;
};

/** What a call cost, in whole nano-USD (10⁻⁹ USD); null where unknown. */
export type Price = {
  input: number | null;
  output: number | null;
  total: number | null;
  /** The part of `input` that was read from a cache; null for a call that says of none. */
  cached: number | null;
};

/** One call to a model, as far as its cost depends on it. */
export type PricedCall = {
  model?: string | undefined;
  /** As the client named it: `openai`, `aws.bedrock`, `vertex_ai`. */
  provider?: string | undefined;
  /** Token counts by kind as `normaliseUsage` gives them. */
  usage?: Readonly<Record<string, number>> | undefined;
  /** Costs in USD that the client gave, by kind. Any of them switches the price book off. */
  cost?: Readonly<Record<string, number>> | undefined;
  /** When the call began. */
  at: Date;
  overrides?: readonly PriceOverride[];
};
