import { normaliseModel, type Price } from "../../pricing/model.ts";
import type { ScorePatch, ScoreType } from "../../scores/model.ts";
import type { Stamped } from "../merge.ts";
import {
  type Clock,
  FALLBACK_VERSION,
  type ObservationPatch,
  throughLabel,
  type TracePatch,
  UNRESOLVED_VERSION,
} from "../model.ts";
import { tokensOf } from "../normalise.ts";
import { type LabelUse, type LabelVersions, versionAt } from "./labels.ts";

/** Columns of a row beside its keys, `rev` and `doc`: what queries and the fold look at. */
export type ObservationColumns = {
  type: string;
  start: number | null;
  stop: number | null;
  first: number | null;
  env: string;
  model: string | null;
  prompt: string | null;
  version: number | null;
  split: string | null;
  user_cell: number | null;
  err: 0 | 1;
  tin: number | null;
  tout: number | null;
  ttot: number | null;
  cost: number | null;
  cost_in: number | null;
  cost_out: number | null;
  cost_cached: number | null;
  dead: 0 | 1;
  at: number;
};

const DEFAULT_ENVIRONMENT = "default";

/** Milliseconds of the newest clock, as microseconds: when the row was last spoken of. */
export function newestUs({ clocks }: Stamped): number {
  let newest = 0;
  // Mostly all fields have one event's clock.
  let last = "";
  const look = (clock: Clock): void => {
    if (clock === last) return;
    last = clock;
    newest = Math.max(newest, Number(clock.slice(1, 15)) * 1000);
  };
  for (const clock of Object.values(clocks)) {
    if (typeof clock === "string") look(clock);
    else clock.forEach(look);
  }
  return newest;
}

type Link = { prompt: string | null; version: number | null };

const NO_LINK: Link = { prompt: null, version: null };

function versionThrough(use: LabelUse, versions: LabelVersions): number {
  const version = versionAt(versions, use);
  return version === null ? UNRESOLVED_VERSION : throughLabel(version);
}

/** The version a generation is linked to, as `model.ts` says it is kept; null for none. */
function linkOf(o: Partial<ObservationPatch>, versions: LabelVersions): Link {
  const { promptName: prompt, promptLabel: label, startUs } = o;
  if (o.type !== "GENERATION" || prompt === undefined) return NO_LINK;
  if (o.promptFallback) return { prompt, version: FALLBACK_VERSION };
  if (o.promptVersion !== undefined) return { prompt, version: o.promptVersion };
  if (label === undefined || startUs === undefined) return NO_LINK;
  return { prompt, version: versionThrough({ prompt, label, startUs }, versions) };
}

/**
 * @param price what a call costs, in nano-USD; null parts are unknown
 * @param versions where the labels pointed that the state's link may name
 */
export function observationColumns(
  state: Stamped,
  price: (observation: Partial<ObservationPatch>) => Price,
  versions: LabelVersions,
): ObservationColumns {
  const o = state.values as Partial<ObservationPatch>;
  const tokens = tokensOf(o.usage);
  const cost = price(o);
  return {
    type: o.type ?? "SPAN",
    start: o.startUs ?? null,
    stop: o.endUs ?? null,
    first: o.firstTokenUs ?? null,
    env: o.environment ?? DEFAULT_ENVIRONMENT,
    model: o.model === undefined ? null : normaliseModel(o.model),
    ...linkOf(o, versions),
    split: o.split ?? null,
    user_cell: o.userCell ?? null,
    err: o.level === "ERROR" ? 1 : 0,
    tin: tokens.input,
    tout: tokens.output,
    ttot: tokens.total,
    cost: cost.total,
    cost_in: cost.input,
    cost_out: cost.output,
    cost_cached: cost.cached,
    dead: o.deleted ? 1 : 0,
    at: Math.max(newestUs(state), o.startUs ?? 0),
  };
}

export type TraceColumns = { session: string | null; dead: 0 | 1; at: number };

export function traceColumns(state: Stamped): TraceColumns {
  const t = state.values as Partial<TracePatch>;
  return {
    session: t.sessionId ?? null,
    dead: t.deleted ? 1 : 0,
    at: Math.max(newestUs(state), t.timestampUs ?? 0),
  };
}

export type ScoreColumns = {
  level: "O" | "T" | "S";
  obs: string | null;
  name: string;
  source: string;
  type: ScoreType;
  num: number | null;
  cat: string | null;
  dead: 0 | 1;
  at: number;
};

const MILLIONTHS = 1_000_000;

const levelOf = ({ observationId, traceId }: Partial<ScorePatch>): ScoreColumns["level"] =>
  observationId !== undefined ? "O" : traceId !== undefined ? "T" : "S";

const millionths = ({ dataType, value }: Partial<ScorePatch>): number | null =>
  dataType === "NUMERIC" && value !== undefined ? Math.round(value * MILLIONTHS) : null;

const isCategory = (type: ScoreType): boolean => type === "BOOLEAN" || type === "CATEGORICAL";

/** A score's deletion may come before the score: what it does not say is as good as anything. */
export function scoreColumns(state: Stamped): ScoreColumns {
  const s = state.values as Partial<ScorePatch>;
  const { name = "", source = "API", dataType = "TEXT" } = s;
  return {
    level: levelOf(s),
    obs: s.observationId ?? null,
    name,
    source,
    type: dataType,
    num: millionths(s),
    cat: isCategory(dataType) ? (s.stringValue ?? null) : null,
    dead: s.deleted ? 1 : 0,
    at: Math.max(newestUs(state), s.timestampUs ?? 0),
  };
}
