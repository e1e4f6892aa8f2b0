import { z } from "zod";

import { SLOTS } from "../../../lib/split/split.ts";
import { ForceQuery } from "../contract.ts";
import { LabelPath } from "../labels/contract.ts";

const MAX_ARMS = 20;
const Version = z.int().min(1);
const Reason = z.string().trim().max(500).nullish();

export const SplitPath = LabelPath;

/** Arms of a label. Weights are hundredths of a per cent. */
export const PutSplit = z.object({
  arms: z
    .array(
      z.object({
        version: Version,
        weight: z.int().min(0).max(SLOTS).describe(`Of ${SLOTS}: 100 is one per cent.`),
      }),
    )
    .min(2)
    .max(MAX_ARMS)
    .superRefine((arms, context) => {
      for (const [index, { version }] of arms.entries()) {
        if (arms.findIndex((arm) => arm.version === version) === index) continue;
        const message = `version ${version} is there twice`;
        context.addIssue({ code: "custom", path: [index, "version"], message });
      }
      const sum = arms.reduce((total, { weight }) => total + weight, 0);
      if (sum !== SLOTS) {
        const message = `the weights must sum to ${SLOTS}; they sum to ${sum}`;
        context.addIssue({ code: "custom", message });
      }
    }),
  reason: Reason,
});
export type PutSplit = z.infer<typeof PutSplit>;

export const EndSplit = ForceQuery.extend({ reason: Reason });

export const SlotRanges = z
  .array(z.object({ version: z.int(), from: z.int(), to: z.int() }))
  .describe(`Slots from \`from\` up to, not including, \`to\`; together 0 to ${SLOTS}.`);

/** A live split. `version` is the control: where the label points. */
export const Split = z.object({
  name: z.string(),
  label: z.string(),
  version: z.int(),
  id: z
    .string()
    .describe("Hashed with a targeting key to its slot; it stays while weights change."),
  arms: z.array(z.object({ version: z.int(), weight: z.int() })),
  ranges: SlotRanges,
  startedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  owner: z
    .string()
    .optional()
    .describe("The rollout that steers it: changed or ended by hand with force=true only."),
});
export type Split = z.infer<typeof Split>;

export const EndedSplit = Split.extend({ endedAt: z.iso.datetime() });
