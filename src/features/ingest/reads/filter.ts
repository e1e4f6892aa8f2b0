import { normaliseModel } from "../../pricing/model.ts";
import type { ObservationRecord, TraceSummary } from "./record.ts";

/** What a list of traces asks for; absent is anything. Instants in µs since 1970, `toUs` exclusive. */
export type TraceFilter = {
  name?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  version?: string | undefined;
  release?: string | undefined;
  /** The trace must have all of these. */
  tags?: readonly string[] | undefined;
  environments?: readonly string[] | undefined;
  fromUs?: number | undefined;
  toUs?: number | undefined;
};

export type ObservationFilter = {
  name?: string | undefined;
  type?: string | undefined;
  level?: string | undefined;
  version?: string | undefined;
  parentId?: string | undefined;
  /** As metrics name it: normalised. */
  model?: string | undefined;
  environments?: readonly string[] | undefined;
  fromUs?: number | undefined;
  toUs?: number | undefined;
};

const equals = (wanted: string | undefined, value: string | null | undefined): boolean =>
  wanted === undefined || wanted === value;

const among = (wanted: readonly string[] | undefined, value: string): boolean =>
  wanted === undefined || wanted.includes(value);

const within = (value: number | null, fromUs = -Infinity, toUs = Infinity): boolean =>
  (fromUs === -Infinity && toUs === Infinity) ||
  (value !== null && value >= fromUs && value < toUs);

export const matchesTrace = (trace: TraceSummary, filter: TraceFilter): boolean =>
  equals(filter.name, trace.name) &&
  equals(filter.userId, trace.userId) &&
  equals(filter.sessionId, trace.sessionId) &&
  equals(filter.version, trace.version) &&
  equals(filter.release, trace.release) &&
  (filter.tags ?? []).every((tag) => trace.tags.includes(tag)) &&
  among(filter.environments, trace.environment) &&
  within(trace.timestampUs, filter.fromUs, filter.toUs);

const isModel = (wanted: string, model: string | undefined): boolean =>
  model !== undefined && normaliseModel(model) === wanted;

export const matchesObservation = (
  { fields, type, environment, startUs }: ObservationRecord,
  filter: ObservationFilter,
): boolean =>
  equals(filter.name, fields.name) &&
  equals(filter.type, type) &&
  equals(filter.level, fields.level ?? "DEFAULT") &&
  equals(filter.version, fields.version) &&
  equals(filter.parentId, fields.parentId) &&
  (filter.model === undefined || isModel(filter.model, fields.model)) &&
  among(filter.environments, environment) &&
  within(startUs, filter.fromUs, filter.toUs);

export type Paging = { page: number; limit: number };

/** One page of a list, and what the legacy routes say about all of them. */
export function pageOf<T>(all: readonly T[], { page, limit }: Paging) {
  const data = all.slice((page - 1) * limit, page * limit);
  const totalItems = all.length;
  return { data, meta: { page, limit, totalItems, totalPages: Math.ceil(totalItems / limit) } };
}
