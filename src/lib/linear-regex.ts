import { RE2JS } from "re2js";

/** A text with every match replaced; matches of nothing are none. */
export type Replace = (text: string, replacement: string) => string;

/** Instructions a pattern may come to. A search takes at most so many steps for each character. */
const MAX_PROGRAM_SIZE = 500;
/** Patterns that are kept compiled. */
const MAX_KNOWN = 500;

type Compiled = { replace: Replace; steps: number };

const known = new Map<string, Compiled | undefined>();

function knownOf(pattern: string): Compiled | undefined {
  if (!known.has(pattern)) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(pattern, read(pattern));
  }
  return known.get(pattern);
}

/**
 * Reads a regular expression of RE2: JavaScript's, without look-around and backreferences. The time
 * of a search grows with the text's length and no faster. JavaScript's own engine takes hours for
 * `[\w.]+@` on the base64 of an image, and for `(a+)+$` on forty characters.
 *
 * @returns undefined for what is not such an expression, or is too large
 */
export const linearReplace = (pattern: string): Replace | undefined => knownOf(pattern)?.replace;

/** Most steps that a search takes for one character; 0 for what is no expression. */
export const stepsPerCharacter = (pattern: string): number => knownOf(pattern)?.steps ?? 0;

function read(pattern: string): Compiled | undefined {
  const expression = compiled(pattern);
  const steps = expression?.programSize() ?? Infinity;
  if (!expression || steps > MAX_PROGRAM_SIZE) return undefined;
  const replace: Replace = (text, replacement) => {
    const matcher = expression.matcher(text);
    const parts: string[] = [];
    let end = 0;
    while (matcher.find()) {
      if (matcher.end() === matcher.start()) continue;
      parts.push(text.slice(end, matcher.start()), replacement);
      end = matcher.end();
    }
    return parts.join("") + text.slice(end);
  };
  return { replace, steps };
}

function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    return undefined;
  }
}
