/** What stands for a number that nobody knows. Unknown is never 0. */
export const UNKNOWN = "–";

/** A number for people, and the same number in full for whoever looks closer. */
export type Shown = { text: string; exact: string };

const LOCALE = "en";
const unknown: Shown = { text: UNKNOWN, exact: "unknown" };

const exactNumber = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 20 });
const exactOf = (value: number): string => exactNumber.format(value);

const formats = new Map<string, Intl.NumberFormat>();

/** Making one takes longer than all its uses on a screen. */
function digits(least: number, most: number): Intl.NumberFormat {
  const key = `${least} ${most}`;
  const known = formats.get(key);
  if (known) return known;
  const range = { minimumFractionDigits: least, maximumFractionDigits: most };
  const made = new Intl.NumberFormat(LOCALE, range);
  formats.set(key, made);
  return made;
}

const whole = digits(0, 0);
const significant = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });

const STEPS: [limit: number, divisor: number, unit: string][] = [
  [1e6, 1e3, "k"],
  [1e9, 1e6, "M"],
  [Infinity, 1e9, "G"],
];

const short = (value: number): string => {
  const size = Math.abs(value);
  if (size < 10_000) return whole.format(value);
  const [, divisor, unit] = STEPS.find(([limit]) => size < limit) ?? [0, 1, ""];
  return `${significant.format(value / divisor)} ${unit}`;
};

/** How many: 9,999, then 12.3 k, 4.56 M. */
export const count = (value: number | null | undefined): Shown =>
  value === null || value === undefined ? unknown : { text: short(value), exact: exactOf(value) };

/** Any other number, such as a score: three significant digits. */
export const number = (value: number | null | undefined): Shown =>
  value === null || value === undefined
    ? unknown
    : {
        text: Math.abs(value) >= 1_000 ? short(value) : significant.format(value),
        exact: exactOf(value),
      };

const percentOf = (fraction: number): string =>
  Math.abs(fraction) < 0.1 && fraction !== 0
    ? `${significant.format(fraction * 100)} %`
    : `${digits(0, 1).format(fraction * 100)} %`;

/** @param fraction 0.123 is 12.3 % */
export const percent = (fraction: number | null | undefined): Shown =>
  fraction === null || fraction === undefined
    ? unknown
    : { text: percentOf(fraction), exact: `${exactOf(fraction * 100)} %` };

function durationText(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1) return `${significant.format(ms)} ms`;
  if (size < 1_000) return `${digits(0, size < 10 ? 1 : 0).format(ms)} ms`;
  if (size < 60_000) return `${digits(0, size < 10_000 ? 2 : 1).format(ms / 1_000)} s`;
  if (size < 3_600_000) {
    const seconds = Math.round(ms / 1_000);
    return `${Math.trunc(seconds / 60)} min ${seconds % 60} s`;
  }
  const minutes = Math.round(ms / 60_000);
  return `${Math.trunc(minutes / 60)} h ${minutes % 60} min`;
}

/** @param ms milliseconds */
export const duration = (ms: number | null | undefined): Shown =>
  ms === null || ms === undefined
    ? unknown
    : { text: durationText(ms), exact: `${exactOf(ms)} ms` };

function moneyText(usd: number): string {
  const size = Math.abs(usd);
  const sign = usd < 0 ? "−" : "";
  if (size === 0) return "$0";
  if (size < 0.01) return `${sign}$${significant.format(size)}`;
  if (size < 1_000) return `${sign}$${digits(2, size < 1 ? 3 : 2).format(size)}`;
  return `${sign}$${size < 10_000 ? whole.format(size) : short(size)}`;
}

/** @param usd US dollars */
export const money = (usd: number | null | undefined): Shown =>
  usd === null || usd === undefined
    ? unknown
    : { text: moneyText(usd), exact: `${exactOf(usd)} USD` };
