import { numberOf, textOf } from "../metrics/search.ts";

/** What the address of a comparison says, beside the window. */
export type CompareSearch = {
  prompt?: string | undefined;
  control?: number | undefined;
  candidate?: number | undefined;
};

export const readCompareSearch = (search: Record<string, unknown>): CompareSearch => ({
  prompt: textOf(search["prompt"]),
  control: numberOf(search["control"]),
  candidate: numberOf(search["candidate"]),
});
