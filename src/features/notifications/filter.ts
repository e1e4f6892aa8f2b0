import type { Filter } from "./model.ts";

/** `rollout.*` and `support/*` stand for all that begins so. */
const matches = (pattern: string, text: string): boolean =>
  pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;

const admits = (patterns: readonly string[], text: string): boolean =>
  patterns.length === 0 || patterns.some((pattern) => matches(pattern, text));

type Subject = { type: string; prompt: string | null; labels: readonly string[] | null };

/**
 * Whether a destination with this filter is sent an event. A filter on prompts or labels holds back
 * nothing that is about none, such as a report.
 */
export function wants(filter: Filter, { type, prompt, labels }: Subject): boolean {
  return (
    admits(filter.events, type) &&
    (prompt === null || admits(filter.prompts, prompt)) &&
    (labels === null ||
      filter.labels.length === 0 ||
      labels.some((label) => filter.labels.includes(label)))
  );
}
