import type { Margin } from "../../../lib/stats/margins.ts";
import { DEFAULT_OF_SCORE, USUAL_MARGINS } from "../metrics.ts";
import type { Margins } from "./contract.ts";

type Set = Readonly<Record<string, number>>;

/** What was set, the prompt's own before the project's, by metric. */
export const setMargins = (project: Set, prompt: Set): Map<string, number> =>
  new Map(Object.entries({ ...project, ...prompt }));

/** Every margin that is known without data, and who set it. */
export function effectiveMargins(project: Set, prompt: Set): Margins["data"] {
  const set = setMargins(project, prompt);
  const scores = [...set.keys()].filter((metric) => !USUAL_MARGINS.has(metric)).sort();
  return [...USUAL_MARGINS.keys(), ...scores].map((metric) => {
    const usual: Margin = USUAL_MARGINS.get(metric) ?? DEFAULT_OF_SCORE;
    return {
      metric,
      ...usual,
      margin: set.get(metric) ?? usual.margin,
      setBy: metric in prompt ? "prompt" : metric in project ? "project" : "default",
    };
  });
}
