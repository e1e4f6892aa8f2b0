import { movesBetween, type PromptState } from "../change.ts";
import type { DeploymentCause } from "../model.ts";
import type { Line } from "./contract.ts";
import type { LineFault } from "./lines.ts";

/** A line of one kind, and its place. */
export type Place<K extends Line["kind"]> = { line: number; entry: Extract<Line, { kind: K }> };

/** A move of a ledger elsewhere. */
export type Told = {
  label: string;
  from: number | null;
  to: number | null;
  id: string;
  reason: string | null;
  actorKind: "key" | "person" | "system";
  actorId: string;
  at: Date;
  cause: DeploymentCause | null;
};

const toTold = ({
  label,
  from,
  to,
  id,
  reason,
  actor,
  at,
  cause,
}: Place<"deployment">["entry"]): Told => ({
  label,
  from,
  to,
  id,
  reason,
  actorKind: actor.kind,
  actorId: actor.id,
  at,
  cause,
});

const placed = (version: number | null): string => (version === null ? "nowhere" : `on ${version}`);

/** What is wrong with a move, given where the one before it left the label and when. */
function faultOfMove(
  { label, name, from, at }: Place<"deployment">["entry"],
  previous: Place<"deployment">["entry"] | undefined,
  now: Date,
): string | undefined {
  const left = previous?.to ?? null;
  if (from !== left) {
    return `this move finds '${label}' of '${name}' ${placed(from)}, the one before left it ${placed(left)}`;
  }
  if (at > now) return "at: is in the future";
  return previous && at < previous.at ? "at: is before the move before it" : undefined;
}

/** What is wrong with a ledger that comes along: each label's moves are one chain, to where it is. */
export function faultsOfLedger(
  lines: readonly Place<"deployment">[],
  after: PromptState,
  now: Date,
): LineFault[] {
  const faults: LineFault[] = [];
  const last = new Map<string, Place<"deployment">>();
  for (const place of lines) {
    const message = faultOfMove(place.entry, last.get(place.entry.label)?.entry, now);
    if (message !== undefined) faults.push({ line: place.line, message });
    last.set(place.entry.label, place);
  }
  for (const { line, entry } of last.values()) {
    const { label, name, to } = entry;
    const present = after.labels.get(label) ?? null;
    if (to === present) continue;
    const message = `this ledger leaves '${label}' of '${name}' ${placed(to)}, not ${placed(present)}`;
    faults.push({ line, message });
  }
  return faults;
}

/** What is said of a move that the import itself makes. */
const ours = (id: string, at: Date) => ({
  id,
  reason: "import",
  actorKind: "system" as const,
  actorId: "import",
  at,
  cause: null,
});

/** Moves that the ledger which comes along does not tell. */
function untold(
  after: PromptState,
  told: ReadonlySet<string>,
  now: Date,
  ids: () => string,
): Told[] {
  return movesBetween(undefined, after)
    .filter(({ label }) => !told.has(label))
    .map((move) => ({
      ...ours(ids(), now),
      ...move,
    }));
}

/** The end of every split that was live there and does not come along. @param along ids of those that do */
function endings(
  told: readonly Told[],
  along: ReadonlySet<string>,
  { now, ids }: { now: Date; ids: () => string },
): Told[] {
  const live = new Map<string, Told>();
  for (const move of told) {
    if (!move.cause || !("split" in move.cause)) continue;
    if (move.cause.event === "ended" || along.has(move.cause.split)) live.delete(move.label);
    else live.set(move.label, move);
  }
  return [...live.values()].flatMap(({ label, cause }) => {
    const place = told.findLast((move) => move.label === label)?.to ?? null;
    if (!cause || !("split" in cause)) return [];
    return [
      {
        ...ours(ids(), now),
        label,
        from: place,
        to: place,
        cause: { ...cause, event: "ended" as const },
      },
    ];
  });
}

/**
 * A ledger that comes along, in full: with what it does not tell about where the labels are now.
 *
 * @param along ids of the live splits that come along
 */
export function tellLedger(
  lines: readonly Place<"deployment">[],
  after: PromptState,
  along: ReadonlySet<string>,
  { now, ids }: { now: Date; ids: () => string },
): Told[] {
  const told = lines.map(({ entry }) => toTold(entry));
  const moved = new Set(told.map(({ label }) => label));
  return [...told, ...endings(told, along, { now, ids }), ...untold(after, moved, now, ids)];
}
