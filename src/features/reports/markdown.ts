import type { Deployment, Report, ReportContent } from "./contract.ts";
import {
  changeText,
  countText,
  deploymentText,
  instantText,
  leftoverText,
  methodText,
  plural,
  rolloutText,
  shareText,
  totalsText,
  usdText,
  versionText,
} from "./words.ts";

type Ready = Report & { content: ReportContent };

/** What Markdown would read as markup; a text stays on its line. */
const text = (said: string): string =>
  said.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|~#&!]/g, "\\$&");

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function deploymentLines(one: Deployment): string[] {
  const verdict = one.verdict === null ? "not compared" : one.verdict;
  const reason = one.reason === null ? "" : ` “${text(one.reason)}”`;
  return [
    `- **${text(deploymentText(one))}: ${verdict}**, ${instantText(one.at)}.${reason} ${text(one.says)}`,
    ...one.lines
      .filter(({ effect, verdict }) => effect !== null && verdict !== "equivalent")
      .map(({ why }) => `  - ${text(why)}`),
    ...one.warnings.map((warning) => `  - ${text(warning)}`),
  ];
}

const withChange = (said: string, change: number | null): string => {
  const changed = changeText(change);
  return changed === null ? said : `${said} (${changed})`;
};

const promptRow = (one: ReportContent["prompts"][number]): string =>
  row([
    text(one.prompt),
    withChange(countText(one.totals.count), one.change.count),
    withChange(usdText(one.totals.costUsd), one.change.costUsd),
    countText(one.totals.errors),
    one.versions
      .map(({ version, share }) => `${versionText(version)} ${shareText(share)}`)
      .join(", ") || "–",
  ]);

/** A report as Markdown, for a ticket, a mail or a model. */
export function markdownOf({ title, period, content }: Ready): string {
  const { deployments, movers, incidents, rollouts, prompts, leftovers, withoutTraffic } = content;
  return [
    `# ${text(title)}`,
    "",
    `${period.firstDay} to ${period.lastDay}, ${text(period.timeZone)}.`,
    "",
    totalsText(content.totals, content.change),
    ...section("Deployments", deployments.flatMap(deploymentLines)),
    ...section(
      "What moved",
      movers.map(({ prompt, why }) => `- **${text(prompt)}**: ${text(why)}`),
    ),
    ...section(
      "Incidents",
      incidents.map(
        ({ monitor, summary, openedAt, resolvedAt }) =>
          `- **${text(monitor)}**: ${text(summary)} ${instantText(openedAt)}, ${resolvedAt === null ? "still open" : `until ${instantText(resolvedAt)}`}.`,
      ),
    ),
    ...section(
      "Rollouts",
      rollouts.map(
        (one) => `- ${text(rolloutText(one))}${one.reason === null ? "" : `: ${text(one.reason)}`}`,
      ),
    ),
    ...section(
      "Prompts",
      prompts.length === 0
        ? []
        : [
            row(["Prompt", "Generations", "Cost", "Errors", "Versions"]),
            row(["---", "---:", "---:", "---:", "---"]),
            ...prompts.map(promptRow),
          ],
    ),
    ...section(
      "Replaced, and still in use",
      leftovers.map((one) => `- ${text(leftoverText(one))}`),
    ),
    ...section(
      "Without traffic",
      withoutTraffic.length === 0 ? [] : [withoutTraffic.map(text).join(", ")],
    ),
    "",
    ...(content.omitted > 0
      ? [`${plural(content.omitted, "prompt")} more are not in this report.`, ""]
      : []),
    ...methodText(content).map((line) => `_${text(line)}_`),
    "",
  ].join("\n");
}
