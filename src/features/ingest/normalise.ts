/**
 * One spelling for what clients say in many: environments, token counts, costs, prompt versions,
 * instants. Pure and table-driven, so a new dialect is a new row.
 */

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const MAX_KEYS = 64;
const MAX_KEY_LENGTH = 64;

/** Lower case, without a leading `langfuse`, 1 to 40 of `a-z 0-9 - _`; `default` for all else. */
export function normaliseEnvironment(value: unknown): string {
  if (typeof value !== "string") return "default";
  const name = value
    .trim()
    .toLowerCase()
    .replace(/^(?:langfuse)+/, "");
  return /^[a-z0-9_-]{1,40}$/.test(name) ? name : "default";
}

/**
 * What a generation says of the version of its prompt: a whole number from 1, also as text or as
 * `v3`; any other text of up to 200 characters can only be a label. Undefined when it says nothing.
 */
export function parsePromptVersion(
  value: unknown,
): { version: number } | { label: string } | undefined {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") {
    return undefined;
  }
  const text = String(value).trim();
  const digits = /^v?(\d+)$/i.exec(text)?.[1];
  if (digits !== undefined) {
    const version = Number(digits);
    return version >= 1 && Number.isSafeInteger(version) ? { version } : undefined;
  }
  const isLabel = typeof value === "string" && /^[^-].{0,199}$/.test(text);
  return isLabel ? { label: text } : undefined;
}

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === "Z") return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith("-") ? -minutes : minutes;
}

function isoToUs(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC turns 30 February into March; an instant that does not exist is not said.
  const date = new Date(ms);
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  return (ms - offsetMinutes(match[8]) * 60_000) * 1000 + micros;
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size. */
function epochToUs(value: number): number | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  if (value < 1e11) return Math.round(value * 1e6);
  if (value < 1e14) return Math.round(value * 1e3);
  return Math.round(value < 1e17 ? value : value / 1e3);
}

/**
 * An instant as integer microseconds since 1970: ISO 8601 with any fraction and offset (none means
 * UTC), the same once more encoded as a JSON string, or a number since 1970. Undefined otherwise.
 */
export function parseInstantUs(value: unknown): number | undefined {
  if (typeof value === "number") return epochToUs(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  const bare = /^"(.*)"$/.exec(text)?.[1] ?? text;
  return isoToUs(bare);
}

/** A count of tokens: a whole number from 0, also as text. */
function countOf(value: unknown): number | undefined {
  const count = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : undefined;
}

/** An amount of USD: a finite number from 0, also as text. */
function amountOf(value: unknown): number | undefined {
  const isNumeric = typeof value === "string" && /^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(value);
  const amount = isNumeric ? Number(value) : value;
  return Number.isFinite(amount) && (amount as number) >= 0 ? (amount as number) : undefined;
}

/** `promptTokens` and `prompt_tokens` are the same key. */
const snake = (key: string): string =>
  /[A-Z]/.test(key)
    ? key.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
    : key;

/** Where a kind of token is said, best first; keys in snake case. */
const KINDS: Record<string, readonly string[]> = {
  input: ["input", "prompt_tokens", "input_tokens", "prompt_token_count"],
  output: ["output", "completion_tokens", "output_tokens", "candidates_token_count"],
  total: ["total", "total_tokens", "total_token_count"],
  // Gemini: thoughts and tool prompts come on top of the counts above.
  output_reasoning_tokens: ["thoughts_token_count"],
  input_tool_use_prompt_tokens: ["tool_use_prompt_token_count"],
};

/** Objects that split a kind: each entry becomes `<kind>_<key>` and is taken off the kind. */
const DETAILS: Record<string, readonly string[]> = {
  input: ["prompt_tokens_details", "input_tokens_details", "input_token_details"],
  output: [
    "completion_tokens_details",
    "output_tokens_details",
    "output_token_details",
    "candidates_tokens_details",
  ],
};

/** Single keys that are part of a kind and are taken off it. */
const PARTS: Record<string, { kind: string; as: string }> = {
  cached_content_token_count: { kind: "input", as: "input_cached_tokens" },
  // The AI SDK's.
  cached_input_tokens: { kind: "input", as: "input_cached_tokens" },
  reasoning_tokens: { kind: "output", as: "output_reasoning_tokens" },
};

const COSTS = new Map([
  ["input_cost", "input"],
  ["output_cost", "output"],
  ["total_cost", "total"],
  ["cost", "total"],
]);

const ALIASES = new Set([...Object.values(KINDS), ...Object.values(DETAILS)].flat());
const isKnown = (key: string): boolean =>
  ALIASES.has(key) || Object.hasOwn(PARTS, key) || COSTS.has(key);

/** `cacheReadInputTokens` counts as input, as `cache_read_input_tokens` does; a user's own kind keeps its name. */
const kindOf = (key: string): string => (key.endsWith("Tokens") ? snake(key) : key);

/** The entries of a detail: an object of counts, or Gemini's list of `{modality, tokenCount}`. */
function detailEntries(value: unknown): [string, unknown][] {
  if (isRecord(value)) return Object.entries(value).map(([key, count]) => [snake(key), count]);
  if (!Array.isArray(value)) return [];
  return value
    .filter(isRecord)
    .filter(({ modality }) => typeof modality === "string" && modality !== "TEXT")
    .map((item) => [`${String(item["modality"]).toLowerCase()}_tokens`, item["tokenCount"]]);
}

function splitDetails(said: Map<string, unknown>, usage: Map<string, number>): void {
  const take = (kind: string, as: string, value: unknown): void => {
    const count = countOf(value);
    if (count === undefined || usage.has(as) || as.length > MAX_KEY_LENGTH) return;
    usage.set(as, count);
    const whole = usage.get(kind);
    if (whole !== undefined) usage.set(kind, Math.max(0, whole - count));
  };
  for (const [kind, keys] of Object.entries(DETAILS)) {
    const details = keys.map((key) => said.get(key)).find((value) => typeof value === "object");
    for (const [key, count] of detailEntries(details)) take(kind, `${kind}_${key}`, count);
  }
  for (const [key, { kind, as }] of Object.entries(PARTS)) take(kind, as, said.get(key));
}

/**
 * Token counts by kind: `input`, `output`, `total` and whatever else was counted. The shapes of
 * OpenAI, Anthropic and Gemini, in snake or camel case, become these kinds; their details become
 * `input_<key>` and `output_<key>` and are taken off `input` and `output`, so that each token
 * counts once. A missing `total` is the sum of all kinds.
 *
 * Only whole numbers from 0 count; the rest is dropped. Undefined when nothing is left, or when a
 * legacy `unit` says that it is not tokens that were counted.
 */
export function normaliseUsage(value: unknown): Record<string, number> | undefined {
  if (!isRecord(value)) return undefined;
  const unit = value["unit"];
  if (typeof unit === "string" && unit.toUpperCase() !== "TOKENS") return undefined;

  const entries = Object.entries(value).slice(0, MAX_KEYS);
  const said = new Map(entries.map(([key, count]) => [snake(key), count]));
  const usage = new Map<string, number>();
  for (const [kind, keys] of Object.entries(KINDS)) {
    const count = keys.map((key) => countOf(said.get(key))).find((found) => found !== undefined);
    if (count !== undefined) usage.set(kind, count);
  }
  for (const [key, raw] of entries) {
    const count = countOf(raw);
    const isOther = !isKnown(snake(key)) && key.length <= MAX_KEY_LENGTH;
    if (count !== undefined && isOther) usage.set(kindOf(key), count);
  }
  splitDetails(said, usage);

  if (usage.size === 0) return undefined;
  if (!usage.has("total"))
    usage.set(
      "total",
      [...usage.values()].reduce((sum, n) => sum + n, 0),
    );
  return Object.fromEntries(usage);
}

/** Tokens that went in, came out and both; null where unknown. Parts such as `input_cached_tokens` count. */
export type Tokens = { input: number | null; output: number | null; total: number | null };

/** @param usage as `normaliseUsage` gives it */
export function tokensOf(usage: Readonly<Record<string, number>> | undefined): Tokens {
  const sumOf = (word: string): number | null => {
    const counts = Object.entries(usage ?? {}).filter(([kind]) => kind.includes(word));
    return counts.length === 0 ? null : counts.reduce((sum, [, count]) => sum + count, 0);
  };
  return { input: sumOf("input"), output: sumOf("output"), total: usage?.["total"] ?? null };
}

const recordOf = <T>(entries: [string, T][]): Record<string, T> | undefined =>
  entries.length === 0 ? undefined : Object.fromEntries(entries);

/**
 * Costs in USD by kind (`input`, `output`, `total`, others), from an object of amounts such as
 * `costDetails`, or from one number, which is the total. Undefined when no amount is usable.
 */
export function normaliseCost(value: unknown): Record<string, number> | undefined {
  if (!isRecord(value)) {
    const total = amountOf(value);
    return total === undefined ? undefined : { total };
  }
  const entries = Object.entries(value).slice(0, MAX_KEYS);
  return recordOf(
    entries.flatMap(([key, raw]): [string, number][] => {
      const amount = amountOf(raw);
      if (amount === undefined || key.length > MAX_KEY_LENGTH) return [];
      return [[COSTS.get(snake(key)) ?? key, amount]];
    }),
  );
}

/** The costs inside a usage object: legacy `inputCost`, `outputCost`, `totalCost`, and `cost`. */
export function costOfUsage(usage: unknown): Record<string, number> | undefined {
  if (!isRecord(usage)) return undefined;
  const costs = Object.entries(usage).filter(([key]) => COSTS.has(snake(key)));
  return normaliseCost(Object.fromEntries(costs));
}
