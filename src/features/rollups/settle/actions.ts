import { closedAt } from "../store.ts";
import {
  type Marked,
  PAGE_MARKS,
  readMarked,
  readMeetings,
  saveSettled,
  type Settled,
} from "./store.ts";
import { earliest, type Meeting, sessionId, textOf, usesOf } from "./uses.ts";

function groupBySession<T extends { project: number; session: string }>(
  rows: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const id = sessionId(row.project, row.session);
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  return groups;
}

/** When a project's rows begin to be all there, in every shard. */
async function closedEverywhere(
  shards: readonly D1Database[],
  projects: readonly number[],
): Promise<Map<number, number>> {
  const closed = new Map<number, number>();
  for (const part of await Promise.all(shards.map((shard) => closedAt(shard, projects)))) {
    for (const [project, us] of part) closed.set(project, Math.max(us, closed.get(project) ?? us));
  }
  return closed;
}

function settledSessions(
  { marks, scores, uses }: Marked,
  meetings: readonly Meeting[],
  closed: ReadonlyMap<number, number>,
): Settled[] {
  const scoresOf = groupBySession(scores);
  const usesIn = groupBySession(uses);
  const meetingsOf = groupBySession(meetings);
  return [...groupBySession(marks)].flatMap(([id, marked]): Settled[] => {
    const [first] = marked;
    if (!first) return [];
    const { project, session } = first;
    const before = usesIn.get(id) ?? [];
    const after = usesOf(scoresOf.get(id) ?? [], earliest(meetingsOf.get(id) ?? []), {
      stored: before,
      closedUs: closed.get(project) ?? -Infinity,
    });
    return [
      {
        project,
        session,
        first: first.seq,
        seqs: marked.map(({ seq }) => seq),
        before,
        after,
        isChanged: textOf(before) !== textOf(after),
      },
    ];
  });
}

/**
 * Counts the scores of the first marked sessions of a home shard again. Session scores span shards,
 * so no transaction can hold their images; what they contribute is stored beside them instead, and
 * the difference goes through the home's log. A change that comes after the rows were read leaves a
 * newer mark, which stays.
 *
 * @returns how many sessions were settled, and whether more may be marked
 */
export async function settleOnce(
  home: D1Database,
  shards: readonly D1Database[],
): Promise<{ sessions: number; more: boolean }> {
  const marked = await readMarked(home);
  if (marked.marks.length === 0) return { sessions: 0, more: false };
  const sessions = [...groupBySession(marked.scores).values()].flatMap(
    ([score]): [number, string][] => (score ? [[score.project, score.session]] : []),
  );
  const meetings =
    sessions.length === 0
      ? []
      : await Promise.all(shards.map((shard) => readMeetings(shard, sessions)));
  // After the rows: whatever was already missing from them is then known to be closed.
  const closed = await closedEverywhere(
    shards,
    marked.marks.map(({ project }) => project),
  );
  const settled = settledSessions(marked, meetings.flat(), closed);
  await saveSettled(home, settled);
  return { sessions: settled.length, more: marked.marks.length === PAGE_MARKS };
}
