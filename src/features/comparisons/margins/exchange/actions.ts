import { z } from "zod";

import { diffJson } from "../../../../lib/json-diff.ts";
import { Refusal } from "../../../../platform/errors.ts";
import { offer } from "../../../../platform/exchange.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { PromptName } from "../../../prompts/contract.ts";
import { putMargins } from "../actions.ts";
import { MarginValues } from "../contract.ts";
import { selectAllMargins, selectMargins, WHOLE_PROJECT } from "../store.ts";

const MarginsLine = z.strictObject({
  prompt: PromptName.nullable().describe("null: of all prompts that have none of their own."),
  byMetric: MarginValues,
});

async function* lines(scope: Scope): AsyncGenerator<z.input<typeof MarginsLine>> {
  for (const { prompt, byMetric } of await selectAllMargins(scope)) {
    yield { prompt: prompt === WHOLE_PROJECT ? null : prompt, byMetric };
  }
}

/** Margins as a project's export holds them; a file's take the place of those that are here. */
export const marginsOffer = offer({
  kind: "margins",
  reads: "read",
  writes: "write",
  lines,
  schema: MarginsLine,
  take: async (scope, { prompt, byMetric }) => {
    const set = await selectMargins(scope, prompt);
    const here = prompt === null ? set.project : set.prompt;
    if (diffJson(here, byMetric).length === 0) return { changed: false };
    if (prompt === null && !scope.grants.includes("admin")) {
      const message = "margins of the project are changed by keys with the scope admin only";
      throw new Refusal("forbidden", message);
    }
    await putMargins(scope, prompt, { margins: byMetric });
    return { changed: true };
  },
});
