import { z } from "zod";

import { TracesQuery as LegacyTracesQuery } from "../contract.ts";
import { BEHIND_FILTERS, checkBehind } from "../generations/contract.ts";

/** Filters that look behind a trace. With one of them, or with `cursor`, a list is walked. */
const WALK_FILTERS = Object.keys(BEHIND_FILTERS) as (keyof typeof BEHIND_FILTERS)[];

export const TracesQuery = LegacyTracesQuery.extend({
  ...BEHIND_FILTERS,
  page: LegacyTracesQuery.shape.page.removeDefault().optional(),
  cursor: z
    .string()
    .max(4000)
    .optional()
    .describe("nextCursor of the answer before; empty begins such a list"),
}).superRefine((query, context) => {
  checkBehind(query, context);
  if (!isWalk(query)) return;
  const not = "goes with the filters of the SDKs only; go on with nextCursor";
  if (query.page !== undefined) {
    context.addIssue({ code: "custom", path: ["page"], message: not });
  }
  if (query.orderBy === "timestamp.asc") {
    const message = "is timestamp.desc with cursor, prompt, model, failed and score filters";
    context.addIssue({ code: "custom", path: ["orderBy"], message });
  }
});
export type TracesQuery = z.infer<typeof TracesQuery>;

/** Whether the list is walked by a cursor instead of counted in pages. */
export const isWalk = (query: { [K in (typeof WALK_FILTERS)[number] | "cursor"]?: unknown }) =>
  query.cursor !== undefined || WALK_FILTERS.some((name) => query[name] !== undefined);
