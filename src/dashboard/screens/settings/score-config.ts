import type { ScoreConfigView } from "../../../features/scores/configs/contract.ts";
import type { Answer } from "../../api/client.ts";
import { number } from "../../format/number.ts";

export type ScoreConfig = Answer<typeof ScoreConfigView>;
export type DataType = ScoreConfig["dataType"];

/** The field names of the API, which its refusals name. */
export const FIELDS = [
  "name",
  "description",
  "minValue",
  "maxValue",
  "categories",
  "direction",
  "badCategories",
];

/** A category while it is written. `id` stays with it while others are put before it. */
export type DraftCategory = { id: number; label: string; value: number | string; isBad: boolean };

/** A config while it is written: nothing has to be right yet. An empty bound is none. */
export type Draft = {
  name: string;
  description: string;
  dataType: DataType;
  minValue: number | string;
  maxValue: number | string;
  direction: "higher" | "lower" | "unsaid";
  categories: DraftCategory[];
};

const FIRST_CATEGORIES: DraftCategory[] = [
  { id: 0, label: "", value: 1, isBad: false },
  { id: 1, label: "", value: 0, isBad: false },
];

export const EMPTY: Draft = {
  name: "",
  description: "",
  dataType: "NUMERIC",
  minValue: "",
  maxValue: "",
  direction: "unsaid",
  categories: FIRST_CATEGORIES,
};

export const draftOf = (config: ScoreConfig): Draft => ({
  name: config.name,
  description: config.description ?? "",
  dataType: config.dataType,
  minValue: config.minValue ?? "",
  maxValue: config.maxValue ?? "",
  direction: config.direction ?? "unsaid",
  categories:
    config.dataType === "CATEGORICAL"
      ? (config.categories ?? []).map((category, id) => ({
          id,
          ...category,
          isBad: (config.badCategories ?? []).includes(category.label),
        }))
      : FIRST_CATEGORIES,
});

const boundOf = (bound: number | string): number | null => (bound === "" ? null : Number(bound));

/** What a request says of the values that a score may have, by its data type. */
function valuesOf({ dataType, minValue, maxValue, direction, categories }: Draft): object {
  if (dataType === "CATEGORICAL") {
    return {
      categories: categories.map(({ label, value }) => ({ label, value: Number(value) })),
      badCategories: categories.filter(({ isBad }) => isBad).map(({ label }) => label),
    };
  }
  const judged = { direction: direction === "unsaid" ? null : direction };
  if (dataType === "BOOLEAN") return judged;
  return { ...judged, minValue: boundOf(minValue), maxValue: boundOf(maxValue) };
}

/** What creates a config, but for its data type, and what changes one. */
export const requestOf = (draft: Draft): object => ({
  name: draft.name.trim(),
  description: draft.description.trim() || null,
  ...valuesOf(draft),
});

const rangeText = (min: number | null, max: number | null): string => {
  if (min !== null && max !== null) return `${number(min).text} to ${number(max).text}`;
  if (min !== null) return `from ${number(min).text}`;
  return max === null ? "any number" : `up to ${number(max).text}`;
};

/** What a score may be, in words. */
export function valuesText({ dataType, minValue, maxValue, categories }: ScoreConfig): string {
  if (dataType === "BOOLEAN") return "true or false";
  if (dataType === "NUMERIC") return rangeText(minValue, maxValue);
  return (categories ?? []).map(({ label, value }) => `${label} (${value})`).join(", ");
}

/** Which way is better, in words; null where nobody said. */
export function judgementText({ dataType, direction, badCategories }: ScoreConfig): string | null {
  if (dataType === "CATEGORICAL") {
    return badCategories === undefined ? null : `bad: ${badCategories.join(", ")}`;
  }
  if (direction === undefined) return null;
  if (dataType === "BOOLEAN") return `${direction === "higher" ? "true" : "false"} is better`;
  return `${direction} is better`;
}
