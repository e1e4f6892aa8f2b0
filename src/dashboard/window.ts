/** The stretch of time and the environment that a screen looks at, as its address says them. */
export type WindowSearch = {
  /** A stretch that ends now. Absent with `from`: then the stretch is fixed. */
  range?: Preset | undefined;
  /** ISO 8601 instants; `to` absent is now. */
  from?: string | undefined;
  to?: string | undefined;
  environment?: string | undefined;
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const PRESETS = {
  "1h": { label: "Last hour", ms: 60 * MINUTE_MS },
  "24h": { label: "Last 24 hours", ms: DAY_MS },
  "7d": { label: "Last 7 days", ms: 7 * DAY_MS },
  "30d": { label: "Last 30 days", ms: 30 * DAY_MS },
  "90d": { label: "Last 90 days", ms: 90 * DAY_MS },
} as const;
export type Preset = keyof typeof PRESETS;
export const DEFAULT_PRESET: Preset = "7d";

const isPreset = (value: unknown): value is Preset =>
  typeof value === "string" && Object.hasOwn(PRESETS, value);

const instantOf = (value: unknown): string | undefined => {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** Reads an address that anybody may have typed: what makes no sense is left out. */
export function readWindow(search: Record<string, unknown>): WindowSearch {
  const from = instantOf(search["from"]);
  const to = from === undefined ? undefined : instantOf(search["to"]);
  const isStretch = from !== undefined && (to === undefined || from < to);
  return {
    range: !isStretch && isPreset(search["range"]) ? search["range"] : undefined,
    from: isStretch ? from : undefined,
    to: isStretch ? to : undefined,
    environment: textOf(search["environment"]),
  };
}

/** A window whose ends are known. */
export type Window = { from: string; to: string; environment: string | undefined; label: string };

/**
 * The instants of a window. A preset ends at the full minute after now, so that everything on a
 * screen that is asked within one minute is asked for the same stretch.
 */
export function windowOf(search: WindowSearch, nowMs: number): Window {
  const endMs = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
  const { environment } = search;
  if (search.from !== undefined) {
    const to = search.to ?? new Date(endMs).toISOString();
    return { from: search.from, to, environment, label: "Chosen dates" };
  }
  const { ms, label } = PRESETS[search.range ?? DEFAULT_PRESET];
  const iso = (at: number): string => new Date(at).toISOString();
  return { from: iso(endMs - ms), to: iso(endMs), environment, label };
}
