import { z } from "zod";

import { MAX_CATEGORIES } from "../../projects/model.ts";
import { MAX_SCORE_NAME } from "../model.ts";

const Name = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(MAX_SCORE_NAME, `at most ${MAX_SCORE_NAME} characters`);
const Description = z.string().max(1000, "at most 1000 characters");
const Category = z.object({
  label: z.string().min(1, "must not be empty").max(200, "at most 200 characters"),
  value: z.number(),
});
const Categories = z
  .array(Category)
  .min(1, "at least one category")
  .max(MAX_CATEGORIES, `at most ${MAX_CATEGORIES} categories`);

const Direction = z
  .enum(["higher", "lower"], "must be higher or lower")
  .nullish()
  .describe("Which way is better, of NUMERIC and BOOLEAN: then the score can guard a rollout.");
const BadCategories = z
  .array(z.string().min(1, "must not be empty").max(200, "at most 200 characters"))
  .max(MAX_CATEGORIES, `at most ${MAX_CATEGORIES} categories`)
  .nullish()
  .describe("Labels of the categories that are bad: then the score can guard a rollout.");

export const NewScoreConfig = z.object({
  name: Name,
  dataType: z.enum(["NUMERIC", "BOOLEAN", "CATEGORICAL"]),
  minValue: z.number().nullish(),
  maxValue: z.number().nullish(),
  categories: Categories.nullish(),
  direction: Direction,
  badCategories: BadCategories,
  description: Description.nullish(),
});
export type NewScoreConfig = z.infer<typeof NewScoreConfig>;

/** What is absent stays as it is; null takes a bound or the description away. */
export const ScoreConfigChange = z.object({
  name: Name.optional(),
  minValue: z.number().nullish(),
  maxValue: z.number().nullish(),
  categories: Categories.nullish(),
  direction: Direction,
  badCategories: BadCategories,
  description: Description.nullish(),
  isArchived: z.boolean().optional(),
});
export type ScoreConfigChange = z.infer<typeof ScoreConfigChange>;

export const ConfigPath = z.object({ id: z.string().min(1).max(200) });

export const ConfigPage = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const ScoreConfigView = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  projectId: z.string(),
  dataType: z.enum(["NUMERIC", "BOOLEAN", "CATEGORICAL"]),
  isArchived: z.boolean(),
  minValue: z.number().nullable(),
  maxValue: z.number().nullable(),
  categories: z.array(Category).nullable(),
  description: z.string().nullable(),
  direction: z.enum(["higher", "lower"]).optional().describe("Absent where nobody said."),
  badCategories: z.array(z.string()).optional().describe("Absent where nobody said."),
});

export const ScoreConfigList = z.object({
  data: z.array(ScoreConfigView),
  meta: z.object({ page: z.int(), limit: z.int(), totalItems: z.int(), totalPages: z.int() }),
});
