/** `daily` and `weekly` come by the calendar of the project, `custom` when somebody asks. */
export const REPORT_KINDS = ["daily", "weekly", "custom"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** `skipped`: a scheduled one that would have told of nothing. */
export const REPORT_STATES = ["running", "ready", "failed", "skipped"] as const;
export type ReportState = (typeof REPORT_STATES)[number];

/** The rules by which reports are made. A change of any rule, limit or default is a new number. */
export const REPORT_METHOD = "report/1";
