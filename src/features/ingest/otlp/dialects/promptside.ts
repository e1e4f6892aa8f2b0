import { type Link, SPLIT_KEY, splitOf } from "../../metadata-keys.ts";
import { fallbackOf, promptLink } from "../prompt.ts";
import { booleanOf, type Dialect, said, type SaidOfObservation } from "../said.ts";
import type { Attributes } from "../spans.ts";

const NAME = "promptside.prompt.name";
const VERSION = "promptside.prompt.version";
const FALLBACK = "promptside.prompt.fallback";

const isOurs = (key: string): boolean => key.startsWith("promptside.");

function linkOf(attributes: Attributes): Link {
  const link = promptLink(attributes.get(NAME), attributes.get(VERSION));
  const fallback = attributes.get(FALLBACK);
  const isFallback = booleanOf(fallback);
  if (isFallback === true) return { ...link, promptFallback: true };
  const isName = typeof fallback === "string" && fallback !== "" && isFallback === undefined;
  return isName ? fallbackOf(fallback) : link;
}

/** Our own attributes, for programs that use no SDK: a link, the split behind it, and the fallback that SDKs cannot say. */
export const promptside: Dialect = {
  speaks: isOurs,
  typeOf: () => undefined,
  namesModel: () => false,
  observation: ({ span: { attributes } }) => ({
    ...linkOf(attributes),
    ...said<SaidOfObservation>({ split: splitOf(attributes.get(SPLIT_KEY)) }),
  }),
  trace: () => ({}),
  claims: isOurs,
};
