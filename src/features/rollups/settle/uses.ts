import type { ScoreItem } from "../../ingest/index.ts";
import { promptVersionOf } from "../../ingest/model.ts";

/** A session as one text, for maps. */
export const sessionId = (project: number, session: string): string => `${project}/${session}`;

/** A live score of a session. */
export type SessionScore = {
  project: number;
  session: string;
  score: string;
  name: string;
  source: string;
  type: string;
  num: number | null;
  cat: string | null;
};

/**
 * Where a version first meets a session: its earliest counted generation there, of those that named
 * it, or where none did, of those that a label led to it.
 */
export type Meeting = {
  project: number;
  session: string;
  prompt: string;
  version: number;
  start: number;
  id: string;
  trace: string;
  env: string;
  model: string;
};

/** What one score of a session contributes to one version: a row of `session_use`. */
export type SessionUse = SessionScore & Omit<Meeting, "id" | "trace">;

/** The version behind a stored one; a fallback and an unresolved label are met as what they are. */
const versionMet = ({ version }: { version: number }): number =>
  promptVersionOf(version) ?? version;

const isNamed = ({ version }: Meeting): boolean => version >= 0;

const byOrder = (a: Meeting, b: Meeting): number => {
  if (isNamed(a) !== isNamed(b)) return isNamed(a) ? -1 : 1;
  if (a.start !== b.start) return a.start - b.start;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.trace < b.trace ? -1 : 1;
};

/** The earliest meeting of each version over all shards, ties by ids. */
export function earliest(meetings: readonly Meeting[]): Meeting[] {
  const first = new Map<string, Meeting>();
  for (const meeting of [...meetings].sort(byOrder)) {
    const key = JSON.stringify([meeting.prompt, versionMet(meeting)]);
    if (!first.has(key)) first.set(key, meeting);
  }
  return [...first.values()];
}

const useKey = (use: SessionUse): string =>
  JSON.stringify([use.score, use.prompt, versionMet(use)]);

/**
 * What a session's scores contribute: each once to every version used in the session. What was
 * contributed to a slot whose rows may be gone stays as it is, or it would move to a later
 * generation and count again.
 */
export function usesOf(
  scores: readonly SessionScore[],
  meetings: readonly Meeting[],
  { stored, closedUs }: { stored: readonly SessionUse[]; closedUs: number },
): SessionUse[] {
  const uses = new Map<string, SessionUse>();
  for (const { prompt, version, env, model, start } of meetings) {
    for (const score of scores) {
      const use = { ...score, prompt, version, env, model, start };
      uses.set(useKey(use), use);
    }
  }
  for (const use of stored) if (use.start < closedUs) uses.set(useKey(use), use);
  return [...uses.values()];
}

/** A use as the log and the buckets count it. */
export const itemOf = (use: SessionUse): ScoreItem => [
  "S",
  use.project,
  use.prompt,
  use.version,
  use.start,
  use.env,
  use.model,
  "S",
  use.source,
  use.type,
  use.name,
  use.num,
  use.cat,
];

/** Canonical JSON of uses, to see whether anything changed. */
export const textOf = (uses: readonly SessionUse[]): string =>
  JSON.stringify(
    uses.map((use) => [useKey(use), itemOf(use)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
