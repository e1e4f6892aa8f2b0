import type { ChatMessage, PromptContent } from "../../prompts/model.ts";

/** LiteLLM's shape of a prompt. */
export type LiteLlmPrompt = {
  prompt_id: string;
  prompt_template: ChatMessage[];
  prompt_template_model: string | null;
  prompt_template_optional_params: Record<string, unknown> | null;
};

/**
 * LiteLLM replaces `{x}` before `{{x}}`, which leaves a brace on either side of the value; so
 * variables are written the way it fills in well.
 */
const withSingleBraces = (text: string): string =>
  text.replaceAll(/\{\{\s*([^{}]*?)\s*\}\}/g, (all, name: string) =>
    name === "" ? all : `{${name}}`,
  );

/** A text prompt is a system message, as in LiteLLM's own Langfuse integration; placeholders have no counterpart. */
function messagesOf(content: PromptContent): ChatMessage[] {
  const messages =
    typeof content === "string"
      ? [{ role: "system", content }]
      : content.filter((item) => "content" in item);
  return messages.map(({ role, content }) => ({ role, content: withSingleBraces(content) }));
}

/** A version in LiteLLM's shape: its config's `model`, and the rest of the config as parameters of the call. */
export function toLiteLlm(id: string, prompt: PromptContent, config: unknown): LiteLlmPrompt {
  const isRecord = typeof config === "object" && config !== null && !Array.isArray(config);
  const { model, ...params } = isRecord ? (config as Record<string, unknown>) : {};
  return {
    prompt_id: id,
    prompt_template: messagesOf(prompt),
    prompt_template_model: typeof model === "string" ? model : null,
    prompt_template_optional_params: Object.keys(params).length > 0 ? params : null,
  };
}
