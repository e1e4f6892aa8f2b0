import { z } from "zod";

import { ForceQuery, Label, NamedPath } from "../contract.ts";

const Version = z.int().min(1);
const Reason = z.string().trim().max(500).nullish();
const ExpectedVersion = Version.nullable()
  .optional()
  .describe("The version the label must be on now, null for none; 409 when it is not.");

const Force = z
  .boolean()
  .optional()
  .describe("Ends a split of the label, which otherwise stands in the way; also as a query.");

/** Any label can be read, but `latest` moves with new versions only: the action says so. */
export const LabelPath = NamedPath.extend({ label: Label });

export const MoveLabel = z.object({
  version: Version,
  reason: Reason,
  expectedVersion: ExpectedVersion,
  force: Force,
});
export type MoveLabel = z.infer<typeof MoveLabel>;

export const RollBack = z.object({
  reason: Reason,
  expectedVersion: ExpectedVersion,
  force: Force,
});
export type RollBack = z.infer<typeof RollBack>;

const QueryVersion = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "must be the number of a version")
  .transform(Number);

export const RemoveLabel = ForceQuery.extend({
  reason: Reason,
  expectedVersion: QueryVersion.optional(),
});

export const LabelState = z.object({
  name: z.string(),
  label: z.string(),
  version: z.int(),
  movedAt: z.iso.datetime(),
  protected: z.boolean().describe("Only keys with the scope admin move it."),
});
export const LabelStates = z.object({ data: z.array(LabelState) });

export const MovedLabel = z.object({
  name: z.string(),
  label: z.string(),
  version: z.int().nullable().describe("null when the label was removed"),
  previousVersion: z.int().nullable(),
  moved: z.boolean().describe("false when it was there already; nothing was written then"),
});
export type MovedLabel = z.infer<typeof MovedLabel>;
