import type { Emission } from "./contract.ts";

/** What filters look at: null where the event is about no prompt, or about no label. */
export function subjectOf({ data }: Emission): { prompt: string | null; labels: string[] | null } {
  const prompt = "prompt" in data ? data.prompt : null;
  if ("labels" in data) return { prompt, labels: data.labels };
  const label = "label" in data ? data.label : null;
  return { prompt, labels: label === null ? null : [label] };
}
