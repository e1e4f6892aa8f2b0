import { addToBin, emptySketch, type Sketch, sortedBins } from "./sketch.ts";

/*
 * A sketch as text: the version "1", then for each bin in order its distance from the bin before
 * and its count, as base-64 variable-length quantities (five bits a digit, low digits first, 32
 * added while more follow; the lowest bit of a number is its sign, as in source maps). Most bins
 * take two characters. Equal sketches give equal texts.
 */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));
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

function numbersOf(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let weight = 1;
  for (const character of text) {
    const digit = VALUES.get(character);
    if (digit === undefined) throw new RangeError(`not a digit of a sketch: ${character}`);
    value += (digit % 32) * weight;
    weight *= 32;
    if (digit >= 32) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    value = 0;
    weight = 1;
  }
  if (weight > 1) throw new RangeError("the text of a sketch is cut off");
  return numbers;
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

/** Reads what `encodeSketch` wrote. @throws RangeError for another version or damaged text */
export function decodeSketch(text: string): Sketch {
  if (!text.startsWith(VERSION)) throw new RangeError("a sketch of an unknown version");
  const numbers = numbersOf(text.slice(VERSION.length));
  if (numbers.length % 2 !== 0) throw new RangeError("the text of a sketch is cut off");
  const sketch = emptySketch();
  let bin = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    bin += numbers[i] ?? 0;
    addToBin(sketch, bin, numbers[i + 1] ?? 0);
  }
  return sketch;
}
