import type { Deployment, DeploymentLine, Movement, Report, ReportContent } from "../contract.ts";
import { nameOfMetric, valueText } from "../section/sentences.ts";
import { errorRateOf } from "../totals.ts";
import {
  countText,
  deploymentText,
  highlightsOf,
  leftoverText,
  methodText,
  plural,
  pointsText,
  rolloutText,
  shareText,
  usdText,
} from "../words.ts";
import { joined, type Markup, markup, NOTHING } from "./markup.ts";
import {
  arrowText,
  card,
  cell,
  marginOfEffect,
  moodOf,
  nameCell,
  numberCell,
  section,
  table,
  time,
  verdictBadge,
} from "./parts.ts";
import { promptDetails, promptTable } from "./prompts.ts";
import { STYLE } from "./style.ts";
import { type Bar, barChart, intervalPlot } from "./svg.ts";

type Ready = Report & { content: ReportContent };

const tile = (name: string, value: string, note: string): Markup =>
  markup`<div class="card tile"><div class="name">${name}</div><div class="value">${value}</div><span class="note">${note}</span></div>`;

const against = (change: string | null, days: number): string =>
  change === null
    ? "nothing before to compare with"
    : `${change} against the ${days === 1 ? "day" : `${days} days`} before`;

function tiles(content: ReportContent): Markup {
  const { totals, change, deployments, rollouts, incidents } = content;
  const days = content.days.length;
  const worse = deployments.filter(({ verdict }) => verdict === "worse").length;
  const open = incidents.filter(({ resolvedAt }) => resolvedAt === null).length;
  const released = [
    ...(worse > 0 ? [`${worse} made something worse`] : []),
    ...(rollouts.length > 0 ? [plural(rollouts.length, "rollout")] : []),
    incidents.length === 0
      ? "no incident"
      : `${plural(incidents.length, "incident")}, ${open} open`,
  ];
  const points = pointsText(change.errorRate);
  return markup`<div class="tiles">${[
    tile("Generations", countText(totals.count), against(arrowText(change.count), days)),
    tile("Cost", usdText(totals.costUsd), against(arrowText(change.costUsd), days)),
    tile("Error rate", shareText(errorRateOf(totals)), against(points, days)),
    tile("Deployments", countText(deployments.length), released.join(" · ")),
  ]}</div>`;
}

/** What matters, in a few lines; the first highlight is what the tiles say. */
function inShort(content: ReportContent): Markup {
  const lines = highlightsOf(content).slice(1);
  const said =
    lines.length > 0 ? lines : ["Nothing moved beyond chance, and nothing was deployed."];
  return card(
    markup`<h2>In short</h2><ul class="short">${said.map((line) => markup`<li>${line}</li>`)}</ul>`,
  );
}

/** `9 Nov` */
const shortDate = (day: string): string =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(
    Date.parse(`${day}T00:00:00Z`),
  );

type DayValue = (day: ReportContent["days"][number]) => number | null;

function dayChart(
  title: string,
  { days, previousDays }: ReportContent,
  {
    value,
    text,
    axis,
  }: { value: DayValue; text: (x: number | null) => string; axis: (x: number) => string },
): Markup {
  const bar = (day: ReportContent["days"][number]): Bar => ({
    name: shortDate(day.day),
    value: value(day),
    text: `${text(value(day))}${day.hours === 24 ? "" : `, a day of ${day.hours} hours`}`,
  });
  const label = `${title}, from ${days[0]?.day ?? "?"} to ${days.at(-1)?.day ?? "?"}`;
  return card(
    markup`<h2>${title}</h2>${barChart(label, { bars: days.map(bar), before: previousDays.map(bar) }, axis)}
<p class="legend"><span class="key"></span>this period<span class="key tick"></span> the days before</p>`,
  );
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

function charts(content: ReportContent): Markup {
  if (content.days.length === 0) return NOTHING;
  return markup`<div class="charts" style="margin-top:12px">${[
    dayChart("Generations per day", content, {
      value: ({ count }) => count,
      text: (n) => plural(n ?? 0, "generation"),
      axis: (n) => compact.format(n),
    }),
    dayChart("Cost per day", content, {
      value: ({ costUsd }) => costUsd,
      text: usdText,
      axis: (usd) => `$${usd >= 1000 ? compact.format(usd) : Number(usd.toPrecision(3))}`,
    }),
  ]}</div>`;
}

/** Effect and interval as text in two lines, and as a picture. */
function effectCells({
  effect,
  verdict,
  why,
  margin,
}: Pick<Movement, "effect" | "verdict" | "why"> & { margin: number | null }): Markup {
  const { unit, estimate, interval } = effect;
  const range = `${valueText(unit, interval.low)} to ${valueText(unit, interval.high)}`;
  const mood = moodOf(verdict);
  return markup`${cell(verdictBadge(verdict, "no margin"))}${numberCell(
    valueText(unit, estimate),
    range,
  )}${cell(intervalPlot(why, effect, { margin: marginOfEffect(effect, margin), mood }))}`;
}

const lineRow = ({ metric, n, effect, verdict, why }: DeploymentLine): Markup =>
  markup`${nameCell(nameOfMetric(metric))}${
    effect === null
      ? markup`${numberCell("–")}<td class="note" colspan="2">${why}</td>`
      : effectCells({ effect, verdict, why, margin: null })
  }${numberCell(`${countText(n.control)} → ${countText(n.candidate)}`)}`;

const LINE_COLUMNS = [
  ["Metric"],
  ["Verdict"],
  ["Effect", "number"],
  ["95 % interval"],
  ["n before → after", "number"],
] as const;

function deploymentCard(one: Deployment): Markup {
  const { reason, actor, at, says, lines, warnings, verdict } = one;
  const by = actor.kind === "system" ? `Promptside (${actor.id})` : `${actor.kind} ${actor.id}`;
  const tested = lines.filter(({ effect }) => effect !== null);
  const untested = lines.length - tested.length;
  return card(
    markup`<div class="head"><h3>${deploymentText(one)}</h3>${verdictBadge(verdict)}<span class="note">${time(at)} by ${by}</span></div>
${reason === null ? null : markup`<p class="quote">${reason}</p>`}
<p class="note">${says}${untested > 0 && tested.length > 0 ? ` ${plural(untested, "metric")} could not be tested.` : ""}</p>
${
  tested.length === 0
    ? null
    : table(
        `Metrics of ${deploymentText(one)}`,
        LINE_COLUMNS.map(([name, kind]) => (kind ? [name, kind] : [name])),
        tested.map(lineRow),
      )
}
${warnings.map((warning) => markup`<p class="note">⚠ ${warning}</p>`)}`,
  );
}

const moverRow = (one: ReportContent["movers"][number]): Markup =>
  markup`${nameCell(one.prompt)}${cell(nameOfMetric(one.metric))}${effectCells(one)}${numberCell(
    `${countText(one.n)} in ${plural(one.days, "day")}`,
    `${countText(one.nBefore)} in ${plural(one.daysBefore, "day")} before`,
  )}`;

function movers({ movers, tested }: ReportContent): Markup[] {
  if (movers.length === 0) {
    return tested === 0
      ? []
      : [
          card(
            markup`<p class="soft">None of the ${plural(tested, "metric")} that could be tested moved beyond chance.</p>`,
          ),
        ];
  }
  return [
    card(
      table(
        "What moved",
        [
          ["Prompt"],
          ["Metric"],
          ["Verdict"],
          ["Change", "number"],
          ["95 % interval and margin"],
          ["n", "number"],
        ],
        movers.map(moverRow),
      ),
    ),
  ];
}

const incidentCard = (one: ReportContent["incidents"][number]): Markup =>
  card(
    markup`<div class="head"><h3>${one.monitor}</h3><span class="badge ${one.resolvedAt === null ? "open" : ""}">${
      one.resolvedAt === null ? "still open" : "resolved"
    }</span><span class="note">${one.severity}${one.prompt === null ? "" : ` · ${one.prompt}`} · since ${time(one.openedAt)}${
      one.resolvedAt === null ? null : markup`, until ${time(one.resolvedAt)}`
    }</span></div><p>${one.summary}</p>`,
  );

const rolloutCard = (one: ReportContent["rollouts"][number]): Markup =>
  card(
    markup`<div class="head"><h3>${rolloutText(one)}</h3><span class="note">${time(one.startedAt)}${
      one.endedAt === null ? null : markup` to ${time(one.endedAt)}`
    }</span></div>${one.reason === null ? null : markup`<p class="quote">${one.reason}</p>`}`,
  );

const silent = ({ withoutTraffic }: ReportContent): Markup[] =>
  withoutTraffic.length === 0
    ? []
    : [
        card(
          markup`<ul class="chips">${withoutTraffic.map((name) => markup`<li>${name}</li>`)}</ul>`,
        ),
      ];

function leftovers({ leftovers }: ReportContent): Markup[] {
  if (leftovers.length === 0) return [];
  const lines = leftovers.map((one) => markup`<li>${leftoverText(one)}</li>`);
  return [card(markup`<ul class="short">${lines}</ul>`)];
}

const releases = ({ deployments }: ReportContent): Markup[] => deployments.map(deploymentCard);

function prompts(content: ReportContent): Markup[] {
  if (content.prompts.length === 0) return [];
  const more = content.omitted;
  return [
    card(promptTable(content.prompts)),
    ...promptDetails(content.prompts),
    ...(more > 0
      ? [markup`<p class="note">${plural(more, "prompt")} more are not in this report.</p>`]
      : []),
  ];
}

/** The page: whole in itself, without a script or anything to load. */
export function htmlOf({ title, period, content, readyAt }: Ready): string {
  const [name = title, ...dates] = title.split(", ");
  const body = joined([
    markup`<header><span class="eyebrow">Promptside · ${name}</span><h1>${dates.join(", ")}</h1>
<p class="soft">${plural(content.days.length, "day")} of ${period.timeZone}${readyAt === null ? null : markup`, made ${time(readyAt)}`}</p></header>`,
    tiles(content),
    inShort(content),
    charts(content),
    section("Deployments", releases(content)),
    section("What moved", movers(content)),
    section("Incidents", content.incidents.map(incidentCard)),
    section("Rollouts", content.rollouts.map(rolloutCard)),
    section("Replaced, and still in use", leftovers(content)),
    section("Prompts", prompts(content)),
    section("Without traffic", silent(content)),
    markup`<footer>${methodText(content).map((line) => markup`<p class="note">${line}</p>`)}</footer>`,
  ]);
  const page = markup`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${title}</title>`;
  // The style is ours and holds no text of anybody; escaped, it would be no style.
  return `<!doctype html>${page.html}<style>${STYLE}</style></head><body><main>${body.html}</main></body></html>`;
}
