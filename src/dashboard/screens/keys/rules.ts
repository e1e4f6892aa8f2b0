import type { KeyRules } from "../../../features/projects/model.ts";
import { count } from "../../format/number.ts";

/** What a limit of a key may be: that of the project, none, or one of its own. */
export const LIMIT_KINDS = ["project", "none", "own"] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

export const limitKindOf = (limit: number | null | undefined): LimitKind => {
  if (limit === undefined) return "project";
  return limit === null ? "none" : "own";
};

export const perMinute = (limit: number | null): string =>
  limit === null ? "without limit" : `${count(limit).text} a minute`;

/** In what a key or a source differs from its project, in words. */
export function rulesText({
  capturePayloads,
  ingestPerMinute,
  readsPerMinute,
}: KeyRules): string[] {
  return [
    ...(capturePayloads === false ? ["payloads are dropped"] : []),
    ...(ingestPerMinute === undefined ? [] : [`ingestion ${perMinute(ingestPerMinute)}`]),
    ...(readsPerMinute === undefined ? [] : [`reads ${perMinute(readsPerMinute)}`]),
  ];
}

/** The exceptions of all keys, with one of them changed; rules that say nothing go. */
export function withRules(
  all: Record<string, KeyRules>,
  id: string,
  rules: KeyRules,
): Record<string, KeyRules> {
  const said = Object.fromEntries(
    Object.entries(rules).filter(([, value]) => value !== undefined && value !== true),
  );
  const { [id]: _before, ...others } = all;
  return Object.keys(said).length === 0 ? others : { ...others, [id]: said };
}
