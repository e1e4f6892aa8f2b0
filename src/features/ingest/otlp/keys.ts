import { isUnclaimed } from "./metadata.ts";
import type { Dialect } from "./said.ts";
import type { Span } from "./spans.ts";

/** What is known of attributes by their keys alone. */
export type KeyReader = {
  /** The vocabularies that a span uses, best first. */
  dialectsOf: (span: Span) => readonly Dialect[];
  isLeftover: (key: string) => boolean;
};

function remembering<T>(look: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const found = look(key);
    known.set(key, found);
    return found;
  };
}

/** Spans repeat their keys, so each is looked at once in an export. @param dialects best first */
export function keyReader(dialects: readonly Dialect[]): KeyReader {
  const speakersOf = remembering((key) => dialects.filter(({ speaks }) => speaks(key)));
  return {
    dialectsOf({ attributes }) {
      const speakers = new Set<Dialect>();
      for (const key of attributes.keys()) for (const one of speakersOf(key)) speakers.add(one);
      return dialects.filter((dialect) => speakers.has(dialect));
    },
    isLeftover: remembering((key) => isUnclaimed(key, dialects)),
  };
}
