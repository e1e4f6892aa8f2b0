import { SketchInOrder } from "./in-order.ts";
import { addCount, addToBin, binOf, emptySketch, isNothing, type Sketch } from "./sketch.ts";

/*
 * A sketch as text. Version "1": for each bin in order its distance from the bin before and its
 * count, as base-64 variable-length quantities (five bits a digit, low digits first, 32 added while
 * more follow; the lowest bit of a number is its sign, as in source maps). Most bins take two
 * characters. Version "2" tells values: the bins of what is not told, a ".", the greatest common
 * divisor of the values, and for each value in order its distance from the one before, in divisors,
 * and its count. Equal sketches give equal texts.
 */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The value of each digit by its character code; -1 for any other character. */
const VALUES = new Int8Array(128).fill(-1);
Array.from(DIGITS, (digit, value) => (VALUES[digit.charCodeAt(0)] = value));
const BINS = "1";
const BINS_AND_VALUES = "2";
const VALUES_FOLLOW = ".";

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

/** Pairs of key and count, ascending, each key as its distance from the one before. */
function pairsText(counts: Iterable<[key: number, count: number]>, unit = 1): string {
  let previous = 0;
  let text = "";
  for (const [key, count] of [...counts].sort(([a], [b]) => a - b)) {
    text += digitsOf((key - previous) / unit) + digitsOf(count);
    previous = key;
  }
  return text;
}

const divisorOf = (a: number, b: number): number => (b === 0 ? Math.abs(a) : divisorOf(b, a % b));

/** The canonical text of a sketch. */
export function encodeSketch(sketch: Sketch): string {
  const { bins, values } = sketch;
  if (!values || isNothing(sketch)) return BINS + pairsText(bins);
  const untold = new Map(bins);
  for (const [value, count] of values) addCount(untold, binOf(value), -count);
  const unit = [...values.keys()].reduce(divisorOf, 0) || 1;
  const told = values.size === 0 ? "" : digitsOf(unit) + pairsText(values, unit);
  return BINS_AND_VALUES + pairsText(untold) + VALUES_FOLLOW + told;
}

const CUT_OFF = "the text of a sketch is cut off";

/** Reads numbers from one place to another and hands them out. A query reads many thousands. */
function readNumbers(text: string, from: number, to: number, take: (value: number) => void): void {
  let value = 0;
  let weight = 1;
  for (let i = from; i < to; i++) {
    const digit = VALUES[text.charCodeAt(i)] ?? -1;
    if (digit < 0) throw new RangeError(`not a digit of a sketch: ${text.charAt(i)}`);
    value += (digit % 32) * weight;
    weight *= 32;
    if (digit >= 32) continue;
    take(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    value = 0;
    weight = 1;
  }
  if (weight > 1) throw new RangeError(CUT_OFF);
}

function readPairs(
  text: string,
  [from, to]: readonly [number, number],
  take: (distance: number, count: number) => void,
): void {
  let distance: number | undefined;
  readNumbers(text, from, to, (value) => {
    if (distance === undefined) {
      distance = value;
      return;
    }
    take(distance, value);
    distance = undefined;
  });
  if (distance !== undefined) throw new RangeError(CUT_OFF);
}

function readBins(text: string, to: number, take: (bin: number, count: number) => void): void {
  let bin = 0;
  readPairs(text, [1, to], (distance, count) => {
    bin += distance;
    if (count !== 0) take(bin, count);
  });
}

function readValues(sketch: Sketch, text: string, from: number): void {
  const values = new Map<number, number>();
  sketch.values = values;
  if (from === text.length) return;
  let unitEnd = from;
  while (unitEnd < text.length && (VALUES[text.charCodeAt(unitEnd)] ?? 0) >= 32) unitEnd++;
  let unit = 1;
  readNumbers(text, from, unitEnd + 1, (number) => (unit = number));
  let value = 0;
  readPairs(text, [unitEnd + 1, text.length], (distance, count) => {
    value += distance * unit;
    if (count === 0) return;
    values.set(value, count);
    addToBin(sketch, binOf(value), count);
  });
}

/** Reads what `encodeSketch` wrote. @throws RangeError for another version or damaged text */
export function decodeSketch(text: string): Sketch {
  const sketch = emptySketch();
  if (text.startsWith(BINS)) {
    readBins(text, text.length, (bin, count) => addToBin(sketch, bin, count));
    return sketch;
  }
  if (!text.startsWith(BINS_AND_VALUES)) throw new RangeError("a sketch of an unknown version");
  const cut = text.indexOf(VALUES_FOLLOW);
  if (cut === -1) throw new RangeError(CUT_OFF);
  readBins(text, cut, (bin, count) => addToBin(sketch, bin, count));
  readValues(sketch, text, cut + 1);
  return sketch;
}

/** As `decodeSketch`, for a sketch that is asked for quantiles and forgotten. */
export function readSketch(text: string): Sketch {
  if (!text.startsWith(BINS)) return decodeSketch(text);
  const bins: number[] = [];
  const counts: number[] = [];
  let n = 0;
  readBins(text, text.length, (bin, count) => {
    bins.push(bin);
    counts.push(count);
    n += count;
  });
  return new SketchInOrder(n, bins, counts);
}
