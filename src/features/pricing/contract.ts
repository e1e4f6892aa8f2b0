import { z } from "zod";

/** More than any price list says of one model. */
const MAX_KINDS = 32;

const ModelPattern = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, "must name a model")
  .max(200)
  .meta({ description: "A model name; `*` stands for any characters. Case does not matter." });

const ValidFrom = z.iso.datetime({ offset: true }).default("1970-01-01T00:00:00.000Z").meta({
  description: "Generations that start at or after this instant cost this. Default: all.",
});

/** One price that a project sets itself. */
export const PriceBody = z.object({
  model: ModelPattern,
  validFrom: ValidFrom,
  usdPerMillion: z
    .record(z.string().min(1).max(64), z.number().min(0).max(1e6))
    .refine((prices) => Object.keys(prices).length > 0, "must price at least one kind")
    .refine((prices) => Object.keys(prices).length <= MAX_KINDS, `at most ${MAX_KINDS} kinds`)
    .meta({
      description:
        "USD per million tokens by kind: `input`, `output`, and kinds of usage such as " +
        "`input_cached_tokens`, which otherwise cost what `input` costs.",
    }),
});
export type PriceBody = z.infer<typeof PriceBody>;

export const PriceKey = z.object({ model: ModelPattern, validFrom: ValidFrom });

export const PriceList = z.object({
  data: z.array(PriceBody.extend({ createdAt: z.string() })),
  nextCursor: z.string().nullable(),
});
