import { z } from "zod";

import { SEVERITIES, WEEKDAYS } from "../../model.ts";

const MAX_RENOTIFY_HOURS = 24 * 30;
const MAX_NO_DATA_MINUTES = 60 * 24 * 30;

const ClockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 08:30");

const ActiveHours = z
  .strictObject({
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1, "at least one day")
      .default([...WEEKDAYS]),
    from: ClockTime.default("00:00"),
    to: ClockTime.default("00:00").describe("Exclusive; not after from: it goes on over midnight."),
  })
  .describe("Windows that end at other times are not looked at. In the project's time zone.");

/** Of every rule. */
export const common = {
  name: z.string().trim().min(1, "must not be empty").max(200),
  severity: z.enum(SEVERITIES).default("warning"),
  environment: z.string().min(1).max(40).optional().describe("All when absent."),
  model: z.string().min(1).max(200).optional().describe("A normalised name; all when absent."),
  enabled: z.boolean().default(true),
  renotifyHours: z
    .number()
    .min(1, "at least an hour")
    .max(MAX_RENOTIFY_HOURS, "at most 30 days")
    .nullable()
    .default(24)
    .describe("How often an incident that nobody acknowledged is told again; null: never."),
};

/** Of rules that look window by window; the others must see everything. */
export const windowed = { activeHours: ActiveHours.optional().describe("Always when absent.") };

/** Of rules that need values; those of a volume are never missing. */
export const valued = {
  noDataMinutes: z
    .int()
    .min(1)
    .max(MAX_NO_DATA_MINUTES, "at most 30 days")
    .optional()
    .describe(
      "An incident begins after so long without enough values: three windows at least. Never when absent.",
    ),
};
