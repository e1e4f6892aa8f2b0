import type { Json, ObservationPatch } from "./model.ts";
import { parsePromptVersion } from "./normalise.ts";

/**
 * The keys by which a gateway that only passes metadata on can say all that we need. Five, because
 * Cloudflare's AI Gateway keeps five entries a request. `prompt_fallback` is a sixth, for others.
 */
export const METADATA_KEYS = [
  "prompt_name",
  "prompt_version",
  "user_id",
  "session_id",
  "environment",
  "prompt_fallback",
] as const;
export type MetadataKey = (typeof METADATA_KEYS)[number];

/** How to find what one of the keys says. */
export type MetadataReader = (key: MetadataKey) => Json | undefined;

export type Link = Pick<
  ObservationPatch,
  "promptName" | "promptVersion" | "promptLabel" | "promptFallback"
>;

/** The key, an attribute's or one in metadata, by which our helpers name the split that chose a version. */
export const SPLIT_KEY = "promptside.split";
const MAX_SPLIT_LENGTH = 100;

/** A split's id; anything that cannot be one is not said. */
export const splitOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" && value.length <= MAX_SPLIT_LENGTH ? value : undefined;

const textOf = (value: Json | undefined): string | undefined => {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** What a prompt's name and version say together. A version without a name says nothing. */
export function promptLink(name: Json | undefined, version: Json | undefined): Link {
  const promptName = textOf(name);
  if (promptName === undefined) return {};
  const parsed = parsePromptVersion(version);
  if (parsed === undefined) return { promptName };
  return "version" in parsed
    ? { promptName, promptVersion: parsed.version }
    : { promptName, promptLabel: parsed.label };
}

export type SaidByMetadata = {
  link: Link;
  userId: string | undefined;
  sessionId: string | undefined;
  environment: string | undefined;
};

/** What metadata says of the call it came with. */
export function saidByMetadata(read: MetadataReader): SaidByMetadata {
  const link = promptLink(read("prompt_name"), read("prompt_version"));
  const fallback = read("prompt_fallback");
  const isFallback = fallback === true || fallback === "true";
  return {
    link:
      isFallback && link.promptName !== undefined
        ? { promptName: link.promptName, promptFallback: true }
        : link,
    userId: textOf(read("user_id")),
    sessionId: textOf(read("session_id")),
    environment: textOf(read("environment")),
  };
}
