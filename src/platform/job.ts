import type { Env } from "./env.ts";

/**
 * Work that cron does. A run may be missed, doubled or cut short: each leaves the data right and
 * the next run goes on. A run is bounded; `more` says that there is work left for the next one.
 */
export type Job = {
  name: string;
  /** Due at every minute since 1970 that this divides. */
  everyMinutes: number;
  run: (env: Env, now: Date) => Promise<{ more: boolean }>;
};
