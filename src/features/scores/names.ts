import { fnv1a } from "../../lib/hash.ts";

/** Longest score name and category, in characters, that has a place of its own. */
const MAX_NAME = 64;
/** A sentence has more words, an id or an instant more digits, than a name that people compare by. */
const MAX_WORDS = 8;
const MAX_DIGITS = 10;
const OTHERS = 16;

/** One of the places that names share; a place's own name stays. */
export const sharedPlace = (name: string): string =>
  /^\(other \d+\)$/.test(name) ? name : `(other ${fnv1a(name) % OTHERS})`;

const isShort = (name: string): boolean =>
  name.length <= MAX_NAME || Array.from(name).length <= MAX_NAME;

/** So few characters can hold neither too many digits nor too many words. */
const isTiny = (name: string): boolean => name.length <= MAX_DIGITS;

const isLabel = (name: string): boolean =>
  isTiny(name) ||
  (isShort(name) &&
    name.split(/\s+/u).length <= MAX_WORDS &&
    name.replace(/\P{Nd}/gu, "").length <= MAX_DIGITS);

/**
 * Free text and ids would multiply cells: what is longer than 64 characters, or has more than 8
 * words or 10 digits, shares one of 16 places. The rule looks at the text alone, never at what was
 * seen before, so recomputing agrees.
 */
export const boundedName = (name: string): string => (isLabel(name) ? name : sharedPlace(name));

/** Whether a name has a place of its own in a bucket. */
export const hasOwnPlace = (name: string): boolean => boundedName(name) === name;
