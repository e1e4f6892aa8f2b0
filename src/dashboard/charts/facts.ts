import { count } from "../format/number.ts";
import { dayAndMinute } from "../format/time.ts";
import { type Unit, UNIT_NAMES } from "./units.ts";

type Facts = {
  n: number | null;
  unit: Unit;
  from: string | number;
  to: string | number;
  timeZone: string;
  /** Where the picture has steps. */
  stepMs?: number;
  environment?: string | undefined;
};

const MINUTE_MS = 60_000;
const STEPS: [ms: number, name: string][] = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [MINUTE_MS, "minute"],
];

/** "hourly", "every 5 minutes". */
export function stepText(stepMs: number): string {
  const [ms, name] = STEPS.find(([ms]) => stepMs % ms === 0) ?? [MINUTE_MS, "minute"];
  const times = stepMs / ms;
  return times === 1 ? `per ${name}` : `per ${times} ${name}s`;
}

/** What a chart must say to be read on its own: n, unit, steps, window, time zone. */
export const factsOf = ({ n, unit, from, to, timeZone, stepMs, environment }: Facts): string[] => [
  ...(n === null ? [] : [`n = ${count(n).text}`]),
  stepMs === undefined ? UNIT_NAMES[unit] : `${UNIT_NAMES[unit]}, ${stepText(stepMs)}`,
  `${dayAndMinute(from, timeZone)} – ${dayAndMinute(to, timeZone)} ${timeZone}`,
  ...(environment === undefined ? [] : [`environment ${environment}`]),
];
