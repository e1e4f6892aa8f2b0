import type { ScorePatch } from "../../scores/model.ts";
import type { ObservationPatch, Payload, TracePatch } from "../model.ts";
import type { PayloadRef } from "./payload.ts";

/** A patch as the R2 object and the rows keep it: payloads replaced by where they lie. */
type Referenced<T> = Omit<T, keyof Payload> & {
  input?: PayloadRef;
  output?: PayloadRef;
  metadata?: PayloadRef[];
  /** Where inputs and outputs lie that later ones replaced. Only rows have it. */
  replaced?: PayloadRef[];
};

export type StoredObservation = Referenced<ObservationPatch>;
export type StoredTrace = Referenced<TracePatch>;

/** What an adapter hands over, and what an accepted request is worth. */
export type Accepted = {
  observations: ObservationPatch[];
  traces: TracePatch[];
  scores: ScorePatch[];
};

/** The rows member of an object. `v` is the version of this shape. */
export type StoredRows = {
  v: 1;
  observations: StoredObservation[];
  traces: StoredTrace[];
  scores: ScorePatch[];
};

const isSaid = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** Which member of the object holds each payload field of a patch. */
type Places = { input?: number; output?: number; metadata?: number };

/** Members that hold a value already, by the value. */
type Seen = { input: Map<unknown, number>; output: Map<unknown, number> };
const nothingSeen = (): Seen => ({ input: new Map(), output: new Map() });

/**
 * Sorts the payloads of a request into members of its object. A value that was said twice in a
 * trace, as the input of a root span is for its trace, is kept once. Traces share nothing: each can
 * be erased by itself.
 *
 * @param capture false: payloads are dropped, for projects that switched them off
 * @returns the members in order, and the rows once it is known where each member lies
 */
export function layOut(
  accepted: Accepted,
  capture: boolean,
): { members: Payload[]; rows: (refs: PayloadRef[]) => StoredRows } {
  const members: Payload[] = [];
  const seenIn = new Map<string | null, Seen>();

  function place(trace: string | null, { input, output, metadata }: Payload): Places {
    const places: Places = {};
    const member: Payload = {};
    if (!capture) return places;
    // Nobody knows yet whose it is: it shares with nothing.
    const seen = (trace === null ? undefined : seenIn.get(trace)) ?? nothingSeen();
    seenIn.set(trace, seen);
    for (const [field, value] of [
      ["input", input],
      ["output", output],
    ] as const) {
      // Empty is "not said": input and output keep what was last said and not empty.
      if (value === undefined || !isSaid(value)) continue;
      const known = seen[field].get(value);
      places[field] = known ?? members.length;
      if (known !== undefined) continue;
      member[field] = value;
      seen[field].set(value, members.length);
    }
    if (metadata && Object.keys(metadata).length > 0) {
      places.metadata = members.length;
      member.metadata = metadata;
    }
    if (Object.keys(member).length > 0) members.push(member);
    return places;
  }

  const observations = accepted.observations.map((patch) => ({
    patch,
    places: place(patch.traceId, patch),
  }));
  const traces = accepted.traces.map((patch) => ({ patch, places: place(patch.id, patch) }));
  return {
    members,
    rows: (refs) => ({
      v: 1,
      observations: observations.map(({ patch, places }) => withReferences(patch, places, refs)),
      traces: traces.map(({ patch, places }) => withReferences(patch, places, refs)),
      scores: accepted.scores,
    }),
  };
}

function withReferences<T extends Payload>(
  patch: T,
  places: Places,
  refs: PayloadRef[],
): Referenced<T> {
  const { input: _input, output: _output, metadata: _metadata, ...rest } = patch;
  const stored = rest as Referenced<T>;
  const at = (place: number | undefined) => (place === undefined ? undefined : refs[place]);
  const [input, output, metadata] = [at(places.input), at(places.output), at(places.metadata)];
  if (input !== undefined) stored.input = input;
  if (output !== undefined) stored.output = output;
  if (metadata !== undefined) stored.metadata = [metadata];
  return stored;
}
