import type { DayLine, Incident, Movement, PromptReport } from "../contract.ts";

/** A metric's test before it is seen beside all others of the report. */
export type Tested = Omit<Movement, "adjustedP">;

/** What is worked out for one prompt; the report is composed of these. */
export type Section = Omit<PromptReport, "movers"> & {
  tests: Tested[];
  previousDays: DayLine[];
  isExact: boolean;
};

/** What is said beside the sections. */
export type Aside = {
  withoutTraffic: string[];
  /** Prompts beyond those that one report holds. */
  omitted: number;
  /** Those that are about no single prompt. */
  incidents: Incident[];
};

/** A version in the order in which days are written. */
export type VersionPlace = { prompt: string; version: number };
