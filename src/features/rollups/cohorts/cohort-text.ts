import type { Arm, Cohort, Series } from "./cohort.ts";
import type { CohortPlan } from "./plan.ts";

/** A cohort's sums as they are stored: control, then candidate. `v` is the version of this shape. */
type Text = { v: 1; arms: [ArmText, ArmText] };
type ArmText = { served: number[]; errors: SeriesText; minutes: number[]; metrics: SeriesText[] };
type SeriesText = [n: number[], sum: number[], sumSq: string];

const seriesText = ({ n, sum, sumSq }: Series): SeriesText => [
  Array.from(n),
  Array.from(sum),
  String(sumSq),
];

const armText = ({ served, errors, errorMinutes, metrics }: Arm): ArmText => ({
  served: Array.from(served),
  errors: seriesText(errors),
  minutes: Array.from(errorMinutes),
  metrics: metrics.map(seriesText),
});

/** The sums of a cohort as one text: equal sums give equal texts. */
export const encodeSums = ({ control, candidate }: Cohort): string =>
  JSON.stringify({ v: 1, arms: [armText(control), armText(candidate)] } satisfies Text);

const seriesOf = ([n, sum, sumSq]: SeriesText): Series => ({
  n: Float64Array.from(n),
  sum: Float64Array.from(sum),
  sumSq: BigInt(sumSq),
});

const armOf = ({ served, errors, minutes, metrics }: ArmText): Arm => ({
  served: Float64Array.from(served),
  errors: seriesOf(errors),
  errorMinutes: Float64Array.from(minutes),
  metrics: metrics.map(seriesOf),
});

/** The cohort of a plan, with the sums that `encodeSums` wrote. */
export function decodeCohort(plan: CohortPlan, sums: string): Cohort {
  const [control, candidate] = (JSON.parse(sums) as Text).arms;
  return { plan, control: armOf(control), candidate: armOf(candidate) };
}
