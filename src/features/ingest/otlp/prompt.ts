import type { Json } from "../model.ts";
import { parsePromptVersion } from "../normalise.ts";
import { idOf, type SaidOfObservation } from "./said.ts";

type Link = Pick<
  SaidOfObservation,
  "promptName" | "promptVersion" | "promptLabel" | "promptFallback"
>;

/** What a prompt's name and version say together. A version without a name says nothing. */
export function promptLink(name: Json | undefined, version: Json | undefined): Link {
  const promptName = idOf(name);
  if (promptName === undefined) return {};
  const parsed = parsePromptVersion(version);
  if (parsed === undefined) return { promptName };
  return "version" in parsed
    ? { promptName, promptVersion: parsed.version }
    : { promptName, promptLabel: parsed.label };
}

/** The app used its own text for the prompt: no version made this generation. */
export const fallbackOf = (promptName: string): Link => ({ promptName, promptFallback: true });
