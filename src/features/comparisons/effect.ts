import { type Interval, mapInterval } from "../../lib/stats/interval.ts";
import { marginOnScale } from "../../lib/stats/margins.ts";
import type { ComparedMetric } from "./model.ts";
import type { Tested } from "./outcome.ts";

/** A difference on the scale of the sums, as an effect and beside the margin. */
export function onEffectScale(
  { kind, margin }: ComparedMetric,
  { estimate, interval }: { estimate: number; interval: Interval },
  control: number,
): Pick<Tested, "tested" | "effect" | "judged" | "size"> {
  const base = { tested: true as const, size: null };
  const size = margin && marginOnScale(margin, control);
  const judged = size === null ? null : { interval, margin: size };
  if (kind === "log") {
    const relative = mapInterval(interval, Math.expm1);
    return { ...base, effect: effectOf("relative", Math.expm1(estimate), relative), judged };
  }
  if (kind === "amount") {
    const relative = mapInterval(interval, (x) => x / control);
    return { ...base, effect: effectOf("relative", estimate / control, relative), judged };
  }
  return {
    ...base,
    effect: effectOf(kind === "share" ? "points" : "unit", estimate, interval),
    judged,
  };
}

const effectOf = (unit: "relative" | "points" | "unit", estimate: number, interval: Interval) => ({
  unit,
  estimate,
  interval,
});
