import { median } from "./median.ts";

/*
 * Volume anomaly: is this hour's count unusual for this hour of the week, at the present level of
 * traffic? Counts are put on Anscombe's scale, where a Poisson count has a spread of 1 whatever
 * its size; medians keep one odd week from moving what is usual.
 */

/** A count in a slot of time: an hour, six hours or a day. */
export type VolumeSlot = {
  count: number;
  /**
   * Which slot of the week it is in the project's zone, from 0 (begins Monday 00:00); null for one
   * that a clock change made longer, shorter or double: it is neither judged nor learned from.
   */
  slotOfWeek: number | null;
};

export type VolumeScore = {
  /** Standard deviations from the expected count, on Anscombe's scale. */
  z: number;
  /** Count over expected, half an event added to both. */
  ratio: number;
  /** Count expected in this slot. */
  expected: number;
};

export type VolumeAlert =
  | { level: "off" }
  | { level: "ok" | "warn" | "page"; direction: "up" | "down"; score: VolumeScore };

const WEEKS_BACK = 6;
const MIN_WEEKS = 3;
const MIN_DAYS = 3;
const RESIDUAL_DAYS = 14;
const LEVEL = { least: 0.8, most: 1.25 };
/** Turns a median absolute deviation into a standard deviation, for normal data. */
const MAD_TO_SD = 1.4826;
const WARN = { z: 3, ratio: 1.5 };
const PAGE = { z: 4, ratio: 2, silentWhileExpected: 12 };
/** Below this expected count slots must be longer: only outages and spikes are visible. */
const MIN_EXPECTED = 10;

/** 2√(x + 3/8). @param count >= 0 @see Anscombe (1948), Biometrika 35:246-254 */
export function anscombe(count: number): number {
  if (!(count >= 0)) throw new RangeError(`a count of ${count}`);
  return 2 * Math.sqrt(count + 3 / 8);
}

/** How long slots should be, in hours, for traffic of so many generations an hour. */
export function volumeSlotHours(generationsPerHour: number): 1 | 6 | 24 {
  if (generationsPerHour >= MIN_EXPECTED) return 1;
  return generationsPerHour * 6 >= MIN_EXPECTED ? 6 : 24;
}

/**
 * Judges the last slot. A warning needs two slots running on the same side; a page is at once.
 *
 * @param slots contiguous, oldest first, beginning with the first traffic ever or six weeks and
 *   more ago; the last one is complete
 * @param slotsPerDay 24, 4 or 1
 * @returns off with less than three days of history
 * @throws RangeError for a negative count
 */
export const volumeAlert = (slots: readonly VolumeSlot[], slotsPerDay: number): VolumeAlert =>
  volumeAlerts(slots, slotsPerDay, slots.length - 1)[0] ?? { level: "off" };

/**
 * Judges each slot from `first` on as it would have been judged when it was the last one.
 *
 * @param slots as for `volumeAlert`, but six weeks and more before `first`
 * @param first index of a slot
 * @throws RangeError for a negative count
 */
export function volumeAlerts(
  slots: readonly VolumeSlot[],
  slotsPerDay: number,
  first: number,
): VolumeAlert[] {
  const usual = usualOf(slots, slotsPerDay);
  const alerts: VolumeAlert[] = [];
  for (let index = Math.max(0, first); index < slots.length; index++) {
    alerts.push(alertAt(usual, index));
  }
  return alerts;
}

/** Whether a slot alone would be half of a warning. */
export const isUnusual = (score: VolumeScore): boolean => isBeyond(score, WARN);

function alertAt(usual: Usual, index: number): VolumeAlert {
  const score = scoreAt(usual, index);
  const count = usual.slots[index]?.count;
  if (!score || count === undefined) return { level: "off" };
  const direction = score.z >= 0 ? "up" : "down";
  const silent = count === 0 && score.expected >= PAGE.silentWhileExpected;
  if (silent || isBeyond(score, PAGE)) return { level: "page", direction, score };
  const before = scoreAt(usual, index - 1);
  const twice = before && isUnusual(score) && isUnusual(before) && before.z > 0 === score.z > 0;
  return { level: twice ? "warn" : "ok", direction, score };
}

/** The score of one slot from the slots before it; undefined without enough of them. */
export const volumeScore = (
  slots: readonly VolumeSlot[],
  slotsPerDay: number,
  index: number,
): VolumeScore | undefined => scoreAt(usualOf(slots, slotsPerDay), index);

type Usual = {
  slotsPerDay: number;
  slots: readonly VolumeSlot[];
  /** Counts on Anscombe's scale. */
  y: number[];
  /** The median that was usual for a slot when it came. */
  medianAt: (index: number) => number | undefined;
};

function usualOf(slots: readonly VolumeSlot[], slotsPerDay: number): Usual {
  if (![24, 4, 1].includes(slotsPerDay)) throw new RangeError(`${slotsPerDay} slots a day`);
  const y = slots.map(({ count }) => anscombe(count));
  const known = new Map<number, number | undefined>();
  const medianAt = (index: number): number | undefined => {
    if (!known.has(index)) known.set(index, usualMedian(slots, y, index, slotsPerDay));
    return known.get(index);
  };
  return { slotsPerDay, slots, y, medianAt };
}

function scoreAt(
  { slotsPerDay, slots, y, medianAt }: Usual,
  index: number,
): VolumeScore | undefined {
  const now = y[index];
  const count = slots[index]?.count;
  const usual = medianAt(index);
  if (now === undefined || count === undefined || usual === undefined) return undefined;
  const level = levelBefore(y, medianAt, index, slotsPerDay);
  const expectedY = level * usual;
  const residuals: number[] = [];
  for (let i = Math.max(0, index - RESIDUAL_DAYS * slotsPerDay); i < index; i++) {
    const then = y[i];
    const usualThen = medianAt(i);
    if (then !== undefined && usualThen !== undefined) residuals.push(then - usualThen);
  }
  const expected = Math.max(0, (expectedY / 2) ** 2 - 3 / 8);
  return {
    z: (now - expectedY) / Math.max(1, MAD_TO_SD * deviationOf(residuals)),
    ratio: (count + 0.5) / (expected + 0.5),
    expected,
  };
}

/** Growth: how the last day compares with what was usual for it, within bounds. */
function levelBefore(
  y: readonly number[],
  medianAt: Usual["medianAt"],
  index: number,
  slotsPerDay: number,
): number {
  // Long slots are too few in a day for a median of anything.
  const span = Math.max(slotsPerDay, 4);
  const ratios: number[] = [];
  for (let i = Math.max(0, index - span); i < index; i++) {
    const then = y[i];
    const usual = medianAt(i);
    if (then !== undefined && usual !== undefined) ratios.push(then / usual);
  }
  const level = ratios.length > 0 ? median(ratios) : 1;
  return Math.min(LEVEL.most, Math.max(LEVEL.least, level));
}

/** Median of the same slot of the week; of the same hour of like days while weeks are few. */
function usualMedian(
  slots: readonly VolumeSlot[],
  y: readonly number[],
  index: number,
  slotsPerDay: number,
): number | undefined {
  const slot = slots[index]?.slotOfWeek ?? null;
  if (slot === null || index < MIN_DAYS * slotsPerDay) return undefined;
  const enoughWeeks = index >= MIN_WEEKS * 7 * slotsPerDay;
  const isAlike = (other: number): boolean =>
    enoughWeeks
      ? other === slot
      : other % slotsPerDay === slot % slotsPerDay &&
        isWeekend(other, slotsPerDay) === isWeekend(slot, slotsPerDay);
  const alike: number[] = [];
  for (let i = Math.max(0, index - WEEKS_BACK * 7 * slotsPerDay); i < index; i++) {
    const other = slots[i]?.slotOfWeek ?? null;
    const then = y[i];
    if (other !== null && then !== undefined && isAlike(other)) alike.push(then);
  }
  return alike.length > 0 ? median(alike) : undefined;
}

const isWeekend = (slotOfWeek: number, slotsPerDay: number): boolean =>
  Math.floor(slotOfWeek / slotsPerDay) >= 5;

const isBeyond = ({ z, ratio }: VolumeScore, limit: { z: number; ratio: number }): boolean =>
  Math.abs(z) >= limit.z && (ratio >= limit.ratio || ratio <= 1 / limit.ratio);

/** Median absolute deviation. @see Rousseeuw, Croux (1993), JASA 88:1273-1283 */
function deviationOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const centre = median(values);
  return median(values.map((value) => Math.abs(value - centre)));
}
