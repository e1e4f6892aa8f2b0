import type { ScorePatch } from "../model.ts";
import { hasOwnPlace } from "../names.ts";

/** Kinds that a project may use at a time: each is up to three metrics of every bucket it falls into. */
export const MAX_KINDS = 200;
/** Days after which a kind that nobody used makes room for another. */
export const KEPT_DAYS = 30;

export type KindOf = Pick<ScorePatch, "name" | "source" | "dataType" | "deleted">;

/**
 * What a score counts as: its name, source and data type. Null for what makes no metric of its own:
 * a deletion, and names that share places in buckets anyway.
 */
export const kindOf = ({ name, source, dataType, deleted }: KindOf): string | null =>
  deleted || !hasOwnPlace(name) ? null : JSON.stringify([name, source, dataType]);
