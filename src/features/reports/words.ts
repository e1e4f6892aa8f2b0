import type { Change, ReportContent, Totals } from "./contract.ts";
import { errorRateOf } from "./totals.ts";

/*
 * Numbers and lines for people. Nothing here is escaped: that is the business of each format.
 */

const counts = new Intl.NumberFormat("en-US");

export const countText = (n: number): string => counts.format(n);

/** Dollars with the digits that matter: cents, or more where it is less than a cent. */
export function usdText(usd: number | null): string {
  if (usd === null) return "unknown";
  if (usd === 0) return "$0";
  if (usd >= 0.995) {
    return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  }
  return `$${usd.toLocaleString("en-US", { maximumSignificantDigits: 3 })}`;
}

export const msText = (ms: number | null): string => {
  if (ms === null) return "–";
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(0)} ms`;
};

/** `12 %`, with a decimal where it is small; of a share. */
export function shareText(share: number | null): string {
  if (share === null) return "–";
  const percent = share * 100;
  const digits = percent !== 0 && Math.abs(percent) < 10 ? (Math.abs(percent) < 1 ? 2 : 1) : 0;
  return `${percent.toFixed(digits)} %`;
}

const sign = (x: number): string => (x > 0 ? "+" : x < 0 ? "−" : "±");

/** `+12 %` of a relative change; null where there was nothing before. */
export function changeText(change: number | null): string | null {
  if (change === null) return null;
  if (change >= 9.995) return `×${(change + 1).toFixed(0)}`;
  const percent = Math.abs(change * 100);
  return `${sign(Number(change.toFixed(4)))}${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** `+0.4 points` of a difference of shares. */
export const pointsText = (difference: number | null): string | null =>
  difference === null
    ? null
    : `${sign(Number(difference.toFixed(5)))}${Math.abs(difference * 100).toFixed(2)} points`;

/** `2026-11-20 09:05` as it is in a zone's clock is the routes' matter; instants are told in UTC. */
export const instantText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${countText(n)} ${n === 1 ? one : many}`;

const withChange = (text: string, change: string | null): string =>
  change === null ? text : `${text} (${change})`;

/** The sums of a stretch in one line. */
export function totalsText(totals: Totals, change: Change): string {
  const parts = [
    withChange(plural(totals.count, "generation"), changeText(change.count)),
    `cost ${withChange(usdText(totals.costUsd), changeText(change.costUsd))}`,
  ];
  const rate = errorRateOf(totals);
  if (rate !== null)
    parts.push(`errors ${withChange(shareText(rate), pointsText(change.errorRate))}`);
  return parts.join(" · ");
}

export const versionText = (version: number | null): string =>
  version === null ? "none" : `v${version}`;

/** `greet · production: v1 → v2` */
export const deploymentText = (one: ReportContent["deployments"][number]): string =>
  `${one.prompt} · ${one.label}: ${versionText(one.from)} → ${versionText(one.to)}`;

/** What a version was left in use for: a sentence. */
export const leftoverText = (one: ReportContent["leftovers"][number]): string =>
  `${one.prompt} ${versionText(one.version)}: ${plural(one.count, "generation")} on the last day (${shareText(one.share)} of the prompt's), though ${one.label} left it for ${versionText(one.replacedBy)} on ${one.replacedAt.slice(0, 10)}`;

export const rolloutText = (one: ReportContent["rollouts"][number]): string =>
  `${one.prompt} · ${one.label}: ${versionText(one.control)} → ${versionText(one.candidate)}: ${one.state.replaceAll("_", " ")}`;

/** Lines of a message; the receiver takes so many. */
const MAX_HIGHLIGHTS = 12;
const MAX_LINE = 500;

/** The report in a few lines, what got worse first. */
export function highlightsOf(content: ReportContent): string[] {
  const lines = [
    totalsText(content.totals, content.change),
    ...content.deployments.flatMap((one) =>
      one.verdict === "worse" || one.verdict === "better"
        ? [`${deploymentText(one)}: ${one.verdict}`]
        : [],
    ),
    ...content.incidents.map(
      ({ monitor, summary, resolvedAt }) =>
        `${resolvedAt === null ? "Open incident" : "Incident"} ${monitor}: ${summary}`,
    ),
    ...content.rollouts.map((one) => `Rollout ${rolloutText(one)}`),
    ...content.movers.map(({ prompt, why }) => `${prompt}: ${why}`),
    ...content.leftovers.map(leftoverText),
    ...(content.withoutTraffic.length > 0
      ? [`${plural(content.withoutTraffic.length, "prompt")} without traffic`]
      : []),
  ];
  return lines
    .slice(0, MAX_HIGHLIGHTS)
    .map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line));
}

/** How the numbers were made, for the end of a report. */
export const methodText = ({ tested, isExact, method }: ReportContent): string[] => [
  `${plural(tested, "metric was", "metrics were")} tested for movement with the day as the unit; shown are those that remain after Benjamini-Hochberg at 5 %. Movement is not randomised: whatever else changed is in it.`,
  "Days are those of the project's time zone. Counts, sums and means are exact, quantiles within 1 %, intervals at 95 %.",
  ...(isExact
    ? []
    : [
        "Some days are older than their 5-minute buckets and were not kept in this time zone: their edges are rounded to whole hours.",
      ]),
  `Method ${method}.`,
];
