import type { MetricLine } from "../../../features/comparisons/contract.ts";
import type { Answer } from "../../api/client.ts";
import { type Unit, shownIn } from "../../charts/units.ts";
import { number, percent, type Shown } from "../../format/number.ts";

export type ComparedLine = Answer<typeof MetricLine>;
type Effect = NonNullable<ComparedLine["effect"]>;
type Margin = NonNullable<ComparedLine["margin"]>;
export type Verdict = NonNullable<ComparedLine["verdict"]>;

const UNITS: Partial<Record<string, Unit>> = { ms: "ms", USD: "USD", tokens: "tokens" };

/** An arm's value in the unit of its metric; a share in percent. */
export function armText(line: ComparedLine, value: number | null): Shown {
  const isShare = line.control.statistic === "share";
  return shownIn(isShare ? "share" : (UNITS[line.unit] ?? "score"), value);
}

const sign = (value: number, text: string): string => (value > 0 ? `+${text}` : text);

/** An effect in the words of its unit: +8 %, −2.1 points, 1.4 times. */
export function effectText({ unit }: Pick<Effect, "unit">, value: number | null): string {
  if (value === null) return "no bound";
  switch (unit) {
    case "relative":
      return sign(value, percent(value).text);
    case "points":
      return `${sign(value, number(value * 100).text)} points`;
    case "ratio":
      return `${number(value).text} times`;
    case "unit":
      return sign(value, number(value).text);
  }
}

export const intervalText = (effect: Effect): string =>
  [effect.interval.low, effect.interval.high].map((end) => effectText(effect, end)).join(" to ");

/** The largest difference that does not matter, in the words of its scale. */
export function marginText({ scale, margin }: Margin): string {
  if (scale === "log") return percent(margin - 1).text;
  if (scale === "relative") return percent(margin).text;
  return scale === "events" ? `${number(margin).text} times` : number(margin).text;
}

/** How sure a test is, never as "p = 0". */
export const pText = (p: number): string => (p < 0.001 ? "< 0.001" : number(p).text);

/** A version's template as text to be compared: messages below each other, each under its role. */
export function templateText(prompt: unknown): string {
  if (typeof prompt === "string") return prompt;
  if (!Array.isArray(prompt)) return JSON.stringify(prompt, null, 2) ?? "";
  return prompt
    .map((item: unknown) => {
      const { role, content, name } = item as Partial<Record<"role" | "content" | "name", string>>;
      return content === undefined ? `[placeholder ${name ?? ""}]` : `[${role ?? ""}]\n${content}`;
    })
    .join("\n\n");
}

const isEmpty = (config: unknown): boolean =>
  config === null ||
  config === undefined ||
  (typeof config === "object" && Object.keys(config).length === 0);

/** Template and config as one text, so that a change of either is seen. */
export const versionText = ({ prompt, config }: { prompt: unknown; config: unknown }): string =>
  isEmpty(config)
    ? templateText(prompt)
    : `${templateText(prompt)}\n\n[config]\n${JSON.stringify(config, null, 2)}`;
