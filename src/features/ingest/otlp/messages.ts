import type { Json } from "../model.ts";
import { unpack } from "./said.ts";
import type { Attributes } from "./spans.ts";

/** Messages that one call can have; indices beyond are left out. */
const MAX_MESSAGES = 1000;

/** Puts `value` at a dotted path, where whole numbers are indices of lists. */
function place(
  target: Map<string, Json | Map<string, unknown>>,
  path: string[],
  value: Json,
): void {
  const [head = "", ...rest] = path;
  if (rest.length === 0) {
    target.set(head, value);
    return;
  }
  const known = target.get(head);
  const inner = known instanceof Map ? known : new Map<string, unknown>();
  target.set(head, inner);
  place(inner as Map<string, Json | Map<string, unknown>>, rest, value);
}

const isIndex = (key: string): boolean => /^\d{1,4}$/.test(key) && Number(key) < MAX_MESSAGES;

function toJson(node: Json | Map<string, unknown>): Json {
  if (!(node instanceof Map)) return node;
  const entries = [...(node as Map<string, Json | Map<string, unknown>>)];
  if (entries.every(([key]) => isIndex(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => toJson(item));
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, toJson(item)]));
}

/**
 * Messages that were flattened into attributes, such as `gen_ai.prompt.0.role` or
 * `llm.input_messages.0.message.content`, as a list again. Undefined when there are none.
 *
 * @param wrapper a key between index and fields that says nothing, such as `message`
 */
export function indexedMessages(
  attributes: Attributes,
  prefix: string,
  wrapper?: string,
): Json[] | undefined {
  const root = new Map<string, Json | Map<string, unknown>>();
  for (const [key, value] of attributes) {
    if (!key.startsWith(prefix)) continue;
    const path = key.slice(prefix.length).split(".");
    if (path.length < 2 || path.length > 12 || !isIndex(path[0] ?? "")) continue;
    if (wrapper !== undefined && path[1] === wrapper) path.splice(1, 1);
    place(root, path, unpack(value));
  }
  const list = toJson(root);
  return Array.isArray(list) && list.length > 0 ? list : undefined;
}
