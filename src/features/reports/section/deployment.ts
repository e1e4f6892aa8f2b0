import type { Verdict } from "../../../lib/stats/verdict.ts";
import type { Comparison } from "../../comparisons/contract.ts";
import type { LedgerRow } from "../../prompts/index.ts";
import type { Deployment, DeploymentLine } from "../contract.ts";

/** The word for all metrics together: one that got worse is not made good by another. */
export function overall(verdicts: readonly (Verdict | null)[]): Verdict {
  if (verdicts.includes("worse")) return "worse";
  if (verdicts.includes("better")) return "better";
  const judged = verdicts.filter((verdict) => verdict !== null);
  const isSettled = judged.length > 0 && judged.every((verdict) => verdict === "equivalent");
  return isSettled ? "equivalent" : "not enough data";
}

const lineOf = (line: Comparison["metrics"][number]): DeploymentLine => ({
  metric: line.metric,
  unit: line.unit,
  n: { control: line.control.n, candidate: line.candidate.n },
  effect: line.effect,
  verdict: line.verdict,
  why: line.why,
});

type Told = Pick<LedgerRow, "id" | "label" | "at" | "from" | "to" | "reason"> &
  Pick<LedgerRow, "actorKind" | "actorId">;

const toldOf = (prompt: string, row: Told) => ({
  id: row.id,
  prompt,
  label: row.label,
  at: row.at.toISOString(),
  from: row.from,
  to: row.to,
  actor: { kind: row.actorKind, id: row.actorId },
  reason: row.reason,
});

/** A move that nothing is compared for, and why. */
export const uncompared = (prompt: string, row: Told, says: string): Deployment => ({
  ...toldOf(prompt, row),
  verdict: null,
  says,
  lines: [],
  warnings: [],
  comparison: null,
});

/** A move with what the version before and the one after did. */
export function comparedDeployment(row: Told, comparison: Comparison): Deployment {
  const { prompt, control, candidate, from, to, design, metrics, warnings } = comparison;
  const query = new URLSearchParams({
    control: String(control.version),
    candidate: String(candidate.version),
    from,
    to,
  });
  return {
    ...toldOf(prompt, row),
    verdict: overall(metrics.map(({ verdict }) => verdict)),
    says: design.says,
    lines: metrics.map(lineOf),
    warnings: warnings.map(({ message }) => message),
    comparison: `/api/public/prompts/${encodeURIComponent(prompt)}/comparison?${query.toString()}`,
  };
}
