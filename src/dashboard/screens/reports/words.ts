import type { ReportKind, ReportState } from "../../../features/reports/model.ts";

export const STATE_COLOURS: Record<ReportState, string> = {
  running: "blue",
  ready: "green",
  failed: "red",
  skipped: "gray",
};

export const KIND_NAMES: Record<ReportKind, string> = {
  daily: "Daily",
  weekly: "Weekly",
  custom: "On demand",
};

/** The days of a period, both inclusive. */
export const daysText = ({ firstDay, lastDay }: { firstDay: string; lastDay: string }): string =>
  firstDay === lastDay ? firstDay : `${firstDay} – ${lastDay}`;
