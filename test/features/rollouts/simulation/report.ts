import { ended, type Ending, medianMinutes, shareOf } from "./play.ts";
import type { Named } from "./worlds.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function timeOf(minutes: number | null): string {
  if (minutes === null) return "–";
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

export const HEADER = [
  "| truth and traffic (400 generations an hour) | runs | rolled back (half by) | held | promoted (half by) | undecided at 48 h | must be |",
  "| --- | --- | --- | --- | --- | --- | --- |",
].join("\n");

/** A world's line of the table. */
export function lineOf({ name, limits }: Named, endings: readonly Ending[]): string {
  const shareAndTime = (state: Ending["state"]): string => {
    const those = endings.filter(ended(state));
    const share = percent(those.length / endings.length);
    return those.length === 0 ? share : `${share} (${timeOf(medianMinutes(those))})`;
  };
  const verdicts = limits.map(({ text, holds }) => (holds(endings) ? text : `**not ${text}**`));
  return `| ${[
    name,
    endings.length,
    shareAndTime("rolled_back"),
    percent(shareOf(endings, ended("held"))),
    shareAndTime("promoted"),
    percent(shareOf(endings, ended("inconclusive"))),
    verdicts.join(", "),
  ].join(" | ")} |`;
}
