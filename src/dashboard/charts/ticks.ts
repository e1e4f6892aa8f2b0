/** 1, 2, 2.5 or 5 times a power of ten, at least `least`. @param least above 0 */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Finer than this share of the numbers themselves, ticks could not be told apart. */
const LEAST_SPAN = 1e-9;

/** Closer together than this, nothing that is charted differs: a nano-USD is a million times as much. */
const NOTHING = 1e-15;

/**
 * Round numbers that cover `[least, greatest]`, zero among them where it is near.
 *
 * @param most steps between them; one more may be needed to end at round numbers
 */
export function niceTicks(least: number, greatest: number, most = 5): number[] {
  // Far from zero a small change must stay visible; near to it zero says more.
  const isNearZero = (near: number, far: number): boolean =>
    near === far || Math.abs(near) < 0.5 * Math.abs(far);
  const low = least > 0 && isNearZero(least, greatest) ? 0 : least;
  const high = greatest < 0 && isNearZero(greatest, least) ? 0 : greatest;
  const span = high - low > NOTHING ? high - low : 1;
  const step = niceStep(
    Math.max(span, Math.abs(high) * LEAST_SPAN, Math.abs(low) * LEAST_SPAN) / most,
  );
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // Rounded, because 3 * 0.1 is not 0.3.
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STRIDES_MS = [
  1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10_080, 20_160, 43_200, 86_400,
  129_600, 259_200,
].map((minutes) => minutes * MINUTE_MS);

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function zoneOffsets(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (atMs) => {
    const said = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const [year = 0, month = 1, ...rest] = PARTS.map((part) => Number(said.get(part)));
    return Date.UTC(year, month - 1, ...rest) - Math.floor(atMs / 1000) * 1000;
  };
}
const PARTS = ["year", "month", "day", "hour", "minute", "second"] as const;

export type TimeTick = { at: number; isDay: boolean };

/**
 * The instants of `ats` that are labelled: those at round local times, at most so many.
 *
 * @param ats ascending
 */
export function timeTicks(ats: readonly number[], timeZone: string, most: number): TimeTick[] {
  const [first, last] = [ats[0], ats.at(-1)];
  if (first === undefined || last === undefined) return [];
  const step = ats.length > 1 ? (last - first) / (ats.length - 1) : DAY_MS;
  const offsetMs = zoneOffsets(timeZone);
  const locals = ats.map((at) => at + offsetMs(at));
  const strides = STRIDES_MS.filter((stride) => stride >= step);
  for (const stride of strides) {
    const found = ats.flatMap((at, i) =>
      (locals[i] ?? 0) % stride === 0 ? [{ at, isDay: (locals[i] ?? 0) % DAY_MS === 0 }] : [],
    );
    if (found.length > most) continue;
    if (found.length > 1) return found;
    break;
  }
  // Nothing is round: a few at equal distances.
  const every = Math.max(1, Math.ceil(ats.length / most));
  return ats.flatMap((at, i) => (i % every === 0 ? [{ at, isDay: step >= DAY_MS }] : []));
}
