import type { Metrics, Summed, VersionMetrics } from "../../features/rollups/contract.ts";
import { versionOf } from "../args.ts";
import type { Command, Context } from "../command.ts";
import { Complaint, EXIT } from "../complaint.ts";

type Row = {
  metric: string;
  control: number | null;
  candidate: number | null;
  n: [number, number];
};

const DISTRIBUTIONS = {
  latencyMs: ["p50", "p95", "p99"],
  timeToFirstTokenMs: ["p50", "p95"],
  inputTokens: ["p50", "mean"],
  outputTokens: ["p50", "mean"],
  costUsd: ["p50", "mean", "total"],
} as const;

function scoreRows(control: VersionMetrics, candidate: VersionMetrics): Row[] {
  const overall = (of: VersionMetrics) => of.scores.filter(({ source }) => source === null);
  const names = new Set([...overall(control), ...overall(candidate)].map(({ name }) => name));
  return [...names].sort().map((name) => {
    const [a, b] = [control, candidate].map((of) =>
      overall(of).find((score) => score.name === name),
    );
    return {
      metric: `score ${name} mean`,
      control: a?.mean ?? null,
      candidate: b?.mean ?? null,
      n: [a?.n ?? 0, b?.n ?? 0],
    };
  });
}

/** Two versions' metrics side by side, each with its sample sizes. */
export function rowsOf(control: VersionMetrics, candidate: VersionMetrics): Row[] {
  const rows: Row[] = [];
  const counts: [number, number] = [control.count, candidate.count];
  const share = ({ errors, count }: VersionMetrics) => (count > 0 ? errors / count : null);
  rows.push({
    metric: "generations",
    control: control.count,
    candidate: candidate.count,
    n: counts,
  });
  rows.push({
    metric: "error share",
    control: share(control),
    candidate: share(candidate),
    n: counts,
  });
  for (const metric of Object.keys(DISTRIBUTIONS) as (keyof typeof DISTRIBUTIONS)[]) {
    const [a, b]: Partial<Summed>[] = [control[metric], candidate[metric]];
    for (const what of DISTRIBUTIONS[metric]) {
      rows.push({
        metric: `${metric} ${what}`,
        control: a?.[what] ?? null,
        candidate: b?.[what] ?? null,
        n: [control[metric].n, candidate[metric].n],
      });
    }
  }
  return [...rows, ...scoreRows(control, candidate)];
}

const SIGNIFICANT_DIGITS = 4;
const shown = (value: number | null): string =>
  value === null ? "-" : String(Number(value.toPrecision(SIGNIFICANT_DIGITS)));

function table(rows: readonly Row[], heads: [string, string]): string[] {
  const cells = [
    ["metric", ...heads, "n"],
    ...rows.map(({ metric, control, candidate, n }) => [
      metric,
      shown(control),
      shown(candidate),
      n.join(" / "),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...cells.map((row) => (row[column] ?? "").length)),
  );
  return cells.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** The versions' metrics. @throws Complaint when one of them is neither stored nor seen */
async function metricsOf(
  { api }: Context,
  name: string,
  versions: [number, number],
  range: string,
) {
  const path = `/api/public/prompts/${encodeURIComponent(name)}/metrics${range === "" ? "" : `?${range}`}`;
  const { data } = await api.json<Metrics>("GET", path);
  return versions.map((version) => {
    const found = data.find((line) => line.version === version);
    if (!found) throw new Complaint(`${name} has no version ${version}`);
    return found;
  });
}

export const compare: Command = {
  summary: "two versions' metrics side by side, and how they were judged",
  positionals: ["name", "control", "candidate"],
  values: { from: "first instant", to: "end, exclusive" },
  async run(context) {
    const { api, args, terminal } = context;
    const [name = "", a = "", b = ""] = args.positionals;
    const [control, candidate] = [versionOf(a, "control"), versionOf(b, "candidate")];
    const said = { from: args.value("from"), to: args.value("to") };
    const range = Object.entries(said).flatMap(([key, value]) => (value ? [[key, value]] : []));
    const query = new URLSearchParams(range as [string, string][]).toString();
    const metrics = await metricsOf(context, name, [control, candidate], query);
    const [first, second] = metrics;
    if (!first || !second) throw new Complaint(`${name} has no such versions`);
    const rows = rowsOf(first, second);
    for (const line of table(rows, [`version ${control}`, `version ${candidate}`]))
      terminal.line(line);

    const judged = new URLSearchParams([
      ["control", a],
      ["candidate", b],
      ...(range as [string, string][]),
    ]).toString();
    const comparison = await api.find<Comparison>(
      `/api/public/prompts/${encodeURIComponent(name)}/comparison?${judged}`,
    );
    for (const line of verdicts(comparison)) terminal.line(line);
    terminal.result({ name, control, candidate, metrics: rows, comparison: comparison ?? null });
    return EXIT.ok;
  },
};

/** What is read of a comparison; an older server offers none. */
type Comparison = {
  design?: { says?: string };
  metrics?: { metric: string; verdict: string | null; why: string }[];
  warnings?: { message: string }[];
};

/** How the versions were judged: on what ground, metric by metric, and what to be careful about. */
function verdicts(comparison: Comparison | undefined): string[] {
  const { design, metrics = [], warnings = [] } = comparison ?? {};
  return [
    ...(design?.says === undefined ? [] : ["", design.says]),
    ...metrics.flatMap(({ metric, verdict, why }) =>
      verdict === null ? [] : [`${metric}: ${verdict}. ${why}`],
    ),
    ...warnings.map(({ message }) => `careful: ${message}`),
  ];
}
