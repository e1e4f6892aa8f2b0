import type { PromptReport, Quantile } from "../contract.ts";
import { errorRateOf } from "../totals.ts";
import { countText, msText, plural, shareText, usdText, versionText } from "../words.ts";
import { joined, type Markup, markup } from "./markup.ts";
import { arrowText, card, cell, nameCell, numberCell, table } from "./parts.ts";
import { sparkBars } from "./svg.ts";

/** Prompts whose versions are shown; the others are lines of the table only. */
const MAX_DETAILS = 100;
/** Versions in a line; the rest are counted. */
const MAX_MIX = 3;

/** `v3 92 %, v2 8 %` */
function mixText(versions: PromptReport["versions"]): string {
  const busiest = versions.toSorted((a, b) => b.count - a.count);
  const shown = busiest
    .slice(0, MAX_MIX)
    .map(({ version, share }) => `${versionText(version)} ${shareText(share)}`);
  const more = busiest.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ") || "–";
}

const promptRow = ({ prompt, days, totals, change, versions }: PromptReport): Markup =>
  markup`${nameCell(prompt)}${cell(
    sparkBars(
      `Generations per day of ${prompt}`,
      days.map(({ count }) => count),
    ),
  )}${numberCell(countText(totals.count), arrowText(change.count))}${numberCell(
    usdText(totals.costUsd),
    arrowText(change.costUsd),
  )}${numberCell(shareText(errorRateOf(totals)))}${cell(mixText(versions))}`;

export const promptTable = (prompts: readonly PromptReport[]): Markup =>
  table(
    "Prompts",
    [
      ["Prompt"],
      ["Per day"],
      ["Generations", "number"],
      ["Cost", "number"],
      ["Errors", "number"],
      ["Versions"],
    ],
    prompts.map(promptRow),
  );

/** A quantile with its interval, or what the interval needs. */
function quantileCell({ value, interval, needs }: Quantile): Markup {
  if (value === null) return numberCell("–");
  if (interval === null) return numberCell(msText(value), `interval needs n ≥ ${needs ?? "?"}`);
  const high = interval.high === null ? "no bound" : msText(interval.high);
  return numberCell(msText(value), `${msText(interval.low)} to ${high}`);
}

const versionRow = (one: PromptReport["versions"][number]): Markup =>
  markup`${nameCell(versionText(one.version))}${cell(one.labels.join(", ") || "–")}${numberCell(
    countText(one.count),
    shareText(one.share),
  )}${numberCell(usdText(one.costUsd))}${numberCell(shareText(errorRateOf(one)))}${quantileCell(
    one.latencyP50Ms,
  )}${quantileCell(one.latencyP95Ms)}`;

function aside({ fallback, unresolved }: PromptReport): Markup[] {
  const said = [
    ...(fallback > 0 ? [`${plural(fallback, "generation")} with the app's own fallback text`] : []),
    ...(unresolved > 0
      ? [`${plural(unresolved, "generation")} with a label that led nowhere`]
      : []),
  ];
  return said.length === 0 ? [] : [markup`<p class="note">Besides: ${said.join(", ")}.</p>`];
}

const OPEN = markup` open`;

/** Whether its versions are worth a look: something was released, or moved. */
const isNews = ({ deployments, movers }: PromptReport): boolean =>
  deployments.length + movers.length > 0;

const details = (prompt: PromptReport): Markup =>
  markup`<details${isNews(prompt) ? OPEN : null}><summary>${prompt.prompt}<span class="note">${plural(prompt.versions.length, "version")} in use</span></summary>${table(
    `Versions of ${prompt.prompt}`,
    [
      ["Version"],
      ["Labels"],
      ["Generations", "number"],
      ["Cost", "number"],
      ["Errors", "number"],
      ["Latency p50", "number"],
      ["Latency p95", "number"],
    ],
    prompt.versions.map(versionRow),
  )}${aside(prompt)}</details>`;

/** The versions of each prompt that had traffic, to unfold. */
export function promptDetails(prompts: readonly PromptReport[]): Markup[] {
  const used = prompts.filter(({ versions }) => versions.length > 0).slice(0, MAX_DETAILS);
  return used.length === 0 ? [] : [card(joined(used.map(details)))];
}
