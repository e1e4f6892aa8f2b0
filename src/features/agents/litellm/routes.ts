import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { drawOf, fetchServed } from "../../delivery/index.ts";
import { notFound } from "../../prompts/index.ts";
import { DEFAULT_LABEL, type PromptContent } from "../../prompts/model.ts";
import { LiteLlmAnswer, LiteLlmQuery } from "../contract.ts";
import { toLiteLlm } from "./template.ts";

export const liteLlmEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/beta/litellm_prompt_management",
    access: "read",
    tag: "Gateways",
    summary: "A prompt for LiteLLM's generic prompt management",
    query: LiteLlmQuery,
    answers: { 200: LiteLlmAnswer },
    handle: async (scope, { query }, c) => {
      const { prompt_id: name, label = DEFAULT_LABEL, version } = query;
      const selector = version === undefined ? { label } : { version };
      // LiteLLM keeps what it gets for good: a random arm would be frozen for everybody behind it.
      const draw = drawOf(c, query, "control");
      const served = await fetchServed(scope, name, { selector, draw });
      if (!served) throw notFound(name, selector);
      const { document, arm } = served;
      const { prompt, config } = JSON.parse(new TextDecoder().decode(document.body)) as {
        prompt: PromptContent;
        config: unknown;
      };
      return json(toLiteLlm(name, prompt, config), 200, {
        "cache-control": arm === undefined ? "private, no-cache" : "private, no-store",
        ...(arm === undefined ? {} : { "x-promptside-arm": String(arm) }),
      });
    },
  }),
];
