import { type Sketch, sortedBins } from "./sketch.ts";

/*
 * A sketch as text: the version "1", then for each bin in order its distance from the bin before
 * and its count, as base-64 variable-length quantities (five bits a digit, low digits first, 32
 * added while more follow; the lowest bit of a number is its sign, as in source maps). Most bins
 * take two characters. Equal sketches give equal texts.
 */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The value of each digit by its character code; -1 for any other character. */
const VALUES = new Int8Array(128).fill(-1);
Array.from(DIGITS, (digit, value) => (VALUES[digit.charCodeAt(0)] = value));
const VERSION = "1";

// Division, not shifts: counts may pass 32 bits.
function digitsOf(value: number): string {
  let rest = Math.abs(value) * 2 + (value < 0 ? 1 : 0);
  let text = "";
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += DIGITS[rest > 0 ? digit + 32 : digit] ?? "";
  } while (rest > 0);
  return text;
}

/** The canonical text of a sketch. */
export function encodeSketch(sketch: Sketch): string {
  let previous = 0;
  let text = VERSION;
  for (const [bin, count] of sortedBins(sketch)) {
    text += digitsOf(bin - previous) + digitsOf(count);
    previous = bin;
  }
  return text;
}

const CUT_OFF = "the text of a sketch is cut off";

/**
 * Reads what `encodeSketch` wrote. A query decodes thousands, so it goes over the text once and
 * makes nothing but the bins.
 *
 * @throws RangeError for another version or damaged text
 */
export function decodeSketch(text: string): Sketch {
  if (!text.startsWith(VERSION)) throw new RangeError("a sketch of an unknown version");
  const sketch: Sketch = { n: 0, bins: new Map() };
  let bin = 0;
  let isCount = false;
  let value = 0;
  let weight = 1;
  for (let i = VERSION.length; i < text.length; i++) {
    const digit = VALUES[text.charCodeAt(i)] ?? -1;
    if (digit < 0) throw new RangeError(`not a digit of a sketch: ${text.charAt(i)}`);
    value += (digit % 32) * weight;
    weight *= 32;
    if (digit >= 32) continue;
    const number = value % 2 === 1 ? -(value - 1) / 2 : value / 2;
    if (!isCount) bin += number;
    else if (number !== 0) {
      sketch.bins.set(bin, number);
      sketch.n += number;
    }
    isCount = !isCount;
    value = 0;
    weight = 1;
  }
  if (weight > 1 || isCount) throw new RangeError(CUT_OFF);
  return sketch;
}
