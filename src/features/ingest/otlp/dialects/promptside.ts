import { fallbackOf, promptLink } from "../prompt.ts";
import { booleanOf, type Dialect } from "../said.ts";

const NAME = "promptside.prompt.name";
const VERSION = "promptside.prompt.version";
const FALLBACK = "promptside.prompt.fallback";

const isOurs = (key: string): boolean => key.startsWith("promptside.");

/** Our own attributes, for programs that use no SDK: a link, and the fallback that SDKs cannot say. */
export const promptside: Dialect = {
  speaks: isOurs,
  typeOf: () => undefined,
  namesModel: () => false,
  observation: ({ span: { attributes } }) => {
    const link = promptLink(attributes.get(NAME), attributes.get(VERSION));
    const fallback = attributes.get(FALLBACK);
    const said = booleanOf(fallback);
    if (said === true) return { ...link, promptFallback: true };
    const isName = typeof fallback === "string" && fallback !== "" && said === undefined;
    return isName ? fallbackOf(fallback) : link;
  },
  trace: () => ({}),
  claims: isOurs,
};
