import type { Emission } from "../notifications/contract.ts";
import type { CheckView } from "./check.ts";
import { shareNow } from "./progress.ts";
import type { Actor, Progress, RolloutEventType } from "./record.ts";
import type { Terms } from "./terms.ts";

/** A rollout as those who are told of it know it. */
export type Subject = {
  id: string;
  prompt: string;
  label: string;
  last: CheckView | null;
  start: { terms: Terms };
};

type What = { event: RolloutEventType; reason: string | null };

/** What is told outside; the rest is only in the rollout's own history. */
const TYPES = {
  started: "rollout.started",
  stage_started: "rollout.stage_started",
  held: "rollout.held",
  released: "rollout.resumed",
  paused: "rollout.paused",
  resumed: "rollout.resumed",
  promoted: "rollout.promoted",
  rolled_back: "rollout.rolled_back",
  inconclusive: "rollout.inconclusive",
  aborted: "rollout.aborted",
} as const;

const isTold = (event: RolloutEventType): event is keyof typeof TYPES => event in TYPES;

/** The evidence of the last check in short: for the ledger and for who is told. */
export function evidenceInShort({ last }: Pick<Subject, "last">): Record<string, unknown> {
  if (!last) return {};
  return {
    decision: last.decision,
    sampleRatio: last.sampleRatio,
    guardrails: last.guardrails.map(
      ({ metric, control, candidate, estimate, interval, lnHarm, lnSafe, verdict }) => ({
        metric,
        verdict,
        estimate,
        interval,
        lnHarm,
        lnSafe,
        control,
        candidate,
      }),
    ),
  };
}

/** What listeners are told of something that happened. */
export function emissionsOf(
  { id, prompt, label, last, start: { terms } }: Subject,
  progress: Progress,
  { event, reason }: What,
): Emission[] {
  if (!isTold(event)) return [];
  const { control, candidate } = terms;
  return [
    {
      type: TYPES[event],
      data: {
        rolloutId: id,
        prompt,
        label,
        control,
        candidate,
        stage: progress.course.stage,
        share: shareNow(terms, progress),
        reason,
        ...(last ? { evidence: evidenceInShort({ last }) } : {}),
      },
    },
  ];
}

/** Something that happened, as the rollout's own history has it. */
export const happeningOf = (
  { start: { terms } }: Pick<Subject, "start">,
  progress: Progress,
  { event, reason, actor }: What & { actor: Actor },
) => ({
  event,
  reason,
  actor,
  stage: progress.course.stage,
  share: shareNow(terms, progress),
});

const WORDS: Partial<Record<RolloutEventType, string>> = {
  started: "started",
  stage_started: "next stage",
  promoted: "promoted",
  rolled_back: "rolled back",
  aborted: "aborted",
  holdback_ended: "holdback ended",
};

/** The ledger's reason, within its 500 characters. */
export const ledgerReason = (id: string, { event, reason }: What): string =>
  [`Rollout ${id} ${WORDS[event] ?? event}`, ...(reason ? [reason] : [])].join(": ").slice(0, 500);
