import {
  isUnusual,
  type VolumeAlert,
  volumeAlerts,
  type VolumeSlot,
  volumeSlotHours,
} from "../../../lib/stats/volume.ts";
import type { VolumeWatch } from "../model.ts";
import type { RuleOf } from "../rules/contract.ts";
import { type LocalHour, localHours } from "../rules/hours.ts";
import type { Account, Look, Seen, Watch, Window } from "../rules/look.ts";
import { nameOf, short } from "../rules/words.ts";

type Rule = RuleOf<"volume">;
type SlotHours = ReturnType<typeof volumeSlotHours>;

const MS_PER_HOUR = 3_600_000;
const HOURS_PER_DAY = 24;
/** Hours whose traffic says how long slots must be. */
const RATE_HOURS = 14 * HOURS_PER_DAY;
/** How much of the past a slot is judged by: six weeks of medians, of fourteen days of residuals. */
export const VOLUME_HISTORY_HOURS = 8 * 7 * HOURS_PER_DAY;

/** Generations per hour of UTC, from the first traffic on. */
export type HourlyCounts = { fromMs: number; counts: readonly number[] };

type Slots = { slots: VolumeSlot[]; ends: number[] };

/** Hours put together to slots of the zone's day; what clocks made longer or double is marked. */
function slotsOf(
  hours: readonly LocalHour[],
  counts: readonly number[],
  slotHours: SlotHours,
): Slots {
  const found: (VolumeSlot & { key: string; end: number; hours: number })[] = [];
  hours.forEach(({ ms, date, hour, hourOfWeek }, i) => {
    const key = `${date}/${Math.floor(hour / slotHours)}`;
    const last = found.at(-1);
    const count = counts[i] ?? 0;
    if (last?.key === key) {
      last.count += count;
      last.hours += 1;
      last.end = ms + MS_PER_HOUR;
    } else {
      const slotOfWeek = Math.floor(hourOfWeek / slotHours);
      found.push({ key, count, hours: 1, slotOfWeek, end: ms + MS_PER_HOUR });
    }
  });
  // The first may have begun before these hours, the last may not be over.
  if ((hours[0]?.hour ?? 0) % slotHours !== 0) found.shift();
  const last = found.at(-1);
  if (last && last.hours < slotHours && (hours.at(-1)?.hour ?? 0) % slotHours !== slotHours - 1) {
    found.pop();
  }
  return {
    slots: found.map(({ count, slotOfWeek, hours: n }) => ({
      count,
      slotOfWeek: n === slotHours ? slotOfWeek : null,
    })),
    ends: found.map(({ end }) => end),
  };
}

/** Generations an hour before an instant. */
function rateBefore({ fromMs, counts }: HourlyCounts, endMs: number): number {
  const end = Math.round((endMs - fromMs) / MS_PER_HOUR);
  const recent = counts.slice(Math.max(0, end - RATE_HOURS), end);
  return recent.length === 0 ? 0 : recent.reduce((sum, n) => sum + n, 0) / recent.length;
}

/** Which of the things that may be watched this is; none for usual traffic. */
function kindsOf(alert: Exclude<VolumeAlert, { level: "off" }>, count: number): VolumeWatch[] {
  if (alert.direction === "up") return ["spike"];
  return count === 0 && alert.level === "page" ? ["drop", "silence"] : ["drop"];
}

type Judged = { count: number; alert: VolumeAlert; slotHours: SlotHours };

const WORDS: Record<VolumeWatch, string> = {
  spike: "more than usual",
  drop: "fewer than usual",
  silence: "none at all",
};

const WHY =
  "Against the median of the same slot of the week over six weeks, at the present level of traffic: z ≥ 3 and a ratio of 1.5 twice running, z ≥ 4 and a ratio of 2 at once, or none where 12 were expected. Change is the ratio.";

const FINDING = { metric: "count", statistic: "count", unit: "generations", interval: null };

function accountOff(watch: Watch, { count, slotHours }: Judged): Account {
  const nothing = { limit: null, baseline: null, change: null, p: null };
  return {
    summary: `${nameOf(watch.prompt, null)}: too little history to say what is usual`,
    findings: [{ ...FINDING, ...nothing, n: count, value: count, verdict: "not judged", why: WHY }],
    inputs: { count, slotHours },
  };
}

function accountOf(rule: Rule, watch: Watch, judged: Judged): Account {
  const { count, alert, slotHours } = judged;
  if (alert.level === "off") return accountOff(watch, judged);
  const { expected, z, ratio } = alert.score;
  const isUsual = alert.level === "ok";
  const kind = kindsOf(alert, count).findLast((one) => rule.watch.includes(one)) ?? "drop";
  const span = slotHours === 1 ? "an hour" : `${slotHours} hours`;
  return {
    summary: `${nameOf(watch.prompt, null)} had ${short(count)} generations in ${span}, ${isUsual ? "near what is usual" : WORDS[kind]}: ${short(expected)} were expected (z ${short(z)}, ratio ${short(ratio)})`,
    findings: [
      {
        ...FINDING,
        n: count,
        value: count,
        limit: expected,
        baseline: { version: null, n: count, value: expected },
        change: ratio,
        p: null,
        verdict: isUsual ? "within" : "beyond",
        why: WHY,
      },
    ],
    inputs: {
      count,
      slotHours,
      level: alert.level,
      direction: alert.direction,
      expected,
      z,
      ratio,
    },
  };
}

function lookOf(rule: Rule, watch: Watch, window: Window, judged: Judged): Look {
  const { count, alert } = judged;
  const base = { window, account: () => accountOf(rule, watch, judged) };
  if (alert.level === "off") {
    const point = { n: count, value: count, interval: null, limit: null };
    return { ...base, evidence: null, isLearning: true, severity: null, point };
  }
  const isWatched = kindsOf(alert, count).some((kind) => rule.watch.includes(kind));
  const isOdd = isWatched && isUnusual(alert.score);
  const fires = isWatched && alert.level !== "ok";
  return {
    ...base,
    evidence: { beyond: isOdd || fires, counts: false, proven: fires, clear: !isOdd && !fires },
    isLearning: false,
    severity: fires && alert.level === "page" ? "critical" : null,
    point: { n: count, value: count, interval: null, limit: alert.score.expected },
  };
}

/**
 * What hours of traffic say, each by what was usual before it. Where there is little traffic,
 * slots are six hours or a day, and only the hours that end one are looked at.
 *
 * @param hourly from `VOLUME_HISTORY_HOURS` and more before the first window, or the first traffic ever
 * @param windows hours, oldest first
 */
export function looksAtVolume(
  rule: Rule,
  watch: Watch,
  seen: { hourly: HourlyCounts; timeZone: string; windows: readonly Window[] },
): Seen[] {
  const { hourly, timeZone, windows } = seen;
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) return [];
  const hours = localHours(timeZone, hourly.fromMs, last.to);
  const judged = new Map<SlotHours, Map<number, Judged>>();
  const judgedBy = (slotHours: SlotHours): Map<number, Judged> => {
    const known = judged.get(slotHours);
    if (known) return known;
    const { slots, ends } = slotsOf(hours, hourly.counts, slotHours);
    const from = Math.max(
      0,
      ends.findIndex((end) => end >= first.to),
    );
    const alerts = volumeAlerts(slots, HOURS_PER_DAY / slotHours, from);
    const byEnd = new Map<number, Judged>();
    alerts.forEach((alert, i) => {
      const [end, slot] = [ends[from + i], slots[from + i]];
      if (end !== undefined && slot) byEnd.set(end, { count: slot.count, alert, slotHours });
    });
    judged.set(slotHours, byEnd);
    return byEnd;
  };
  return windows.map((window) => {
    const slotHours = volumeSlotHours(rateBefore(hourly, window.to));
    const found = judgedBy(slotHours).get(window.to);
    const slot = { from: window.to - slotHours * MS_PER_HOUR, to: window.to };
    return {
      at: window.to,
      looks: found ? [{ watch, look: lookOf(rule, watch, slot, found) }] : [],
    };
  });
}
