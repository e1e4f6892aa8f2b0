import type { ScoreConfig } from "../../projects/model.ts";
import type { NewScoreConfig, ScoreConfigChange } from "./contract.ts";

/** The first thing that makes no sense about a config. `path` names the field. */
export type ConfigProblem = { path: string; message: string };

const BOOLEAN_CATEGORIES = [
  { label: "True", value: 1 },
  { label: "False", value: 0 },
];

function boundsProblem({ dataType, minValue, maxValue }: ScoreConfig): ConfigProblem | undefined {
  if (dataType !== "NUMERIC") {
    const path = minValue === null ? "maxValue" : "minValue";
    if (minValue === null && maxValue === null) return undefined;
    return { path, message: `only a NUMERIC config has a range, not ${dataType}` };
  }
  if (minValue === null || maxValue === null || minValue < maxValue) return undefined;
  return { path: "maxValue", message: `must be greater than minValue, which is ${minValue}` };
}

function categoriesProblem({ dataType, categories }: ScoreConfig): ConfigProblem | undefined {
  const path = "categories";
  if (dataType !== "CATEGORICAL") {
    if (categories.length === 0) return undefined;
    return { path, message: `only a CATEGORICAL config has categories, not ${dataType}` };
  }
  if (categories.length === 0) return { path, message: "are required for CATEGORICAL" };
  for (const [i, { label, value }] of categories.entries()) {
    const before = categories.slice(0, i);
    if (before.some((other) => other.label === label)) {
      return { path: `${path}.${i}.label`, message: `${label} is used twice` };
    }
    if (before.some((other) => other.value === value)) {
      return { path: `${path}.${i}.value`, message: `${value} is used twice` };
    }
  }
  return undefined;
}

function judgementProblem(config: ScoreConfig): ConfigProblem | undefined {
  const { dataType, direction, badCategories = [], categories } = config;
  if (direction && dataType === "CATEGORICAL") {
    return { path: "direction", message: "of a CATEGORICAL config, say badCategories instead" };
  }
  if (badCategories.length > 0 && dataType !== "CATEGORICAL") {
    return {
      path: "badCategories",
      message: `only a CATEGORICAL config has them, not ${dataType}`,
    };
  }
  const unknown = badCategories.findIndex((bad) => !categories.some(({ label }) => label === bad));
  if (unknown < 0) return undefined;
  return { path: `badCategories.${unknown}`, message: "is none of the categories" };
}

/** What is wrong with a config as a whole, if anything is. */
export const problemOf = (config: ScoreConfig): ConfigProblem | undefined =>
  boundsProblem(config) ?? categoriesProblem(config) ?? judgementProblem(config);

/** Only what was said: a config that judges nothing looks as it always did. */
const judgementOf = ({
  direction,
  badCategories,
}: Pick<NewScoreConfig, "direction" | "badCategories">): Pick<
  ScoreConfig,
  "direction" | "badCategories"
> => ({
  ...(direction === undefined ? {} : { direction }),
  ...(badCategories === undefined ? {} : { badCategories: badCategories ?? [] }),
});

export function newConfig(
  input: NewScoreConfig,
  { id, now }: { id: string; now: Date },
): ScoreConfig {
  const { name, dataType, minValue = null, maxValue = null, categories, description } = input;
  const at = now.toISOString();
  return {
    id,
    name,
    dataType,
    minValue,
    maxValue,
    categories: categories ?? [],
    ...judgementOf(input),
    description: description ?? null,
    isArchived: false,
    createdAt: at,
    updatedAt: at,
  };
}

export function changedConfig(
  config: ScoreConfig,
  change: ScoreConfigChange,
  now: Date,
): ScoreConfig {
  const { categories, direction, badCategories, ...rest } = change;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...config,
    ...(Object.fromEntries(given) as Partial<ScoreConfig>),
    ...(categories === undefined ? {} : { categories: categories ?? [] }),
    ...judgementOf({ direction, badCategories }),
    updatedAt: now.toISOString(),
  };
}

/** When a config began that came with the settings as a whole, which do not say it. */
const BEGINNING = "1970-01-01T00:00:00.000Z";

/** A config as the API shows it; a BOOLEAN one has the categories that it cannot change. */
export const configView = (config: ScoreConfig, projectId: string) => ({
  id: config.id,
  name: config.name,
  createdAt: config.createdAt ?? BEGINNING,
  updatedAt: config.updatedAt ?? config.createdAt ?? BEGINNING,
  projectId,
  dataType: config.dataType,
  isArchived: config.isArchived ?? false,
  minValue: config.minValue,
  maxValue: config.maxValue,
  categories:
    config.dataType === "BOOLEAN"
      ? BOOLEAN_CATEGORIES
      : config.dataType === "CATEGORICAL"
        ? config.categories
        : null,
  description: config.description ?? null,
  ...(config.direction ? { direction: config.direction } : {}),
  ...(config.badCategories?.length ? { badCategories: config.badCategories } : {}),
});
