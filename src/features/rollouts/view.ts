import type { CheckView } from "./check.ts";
import type { Rollout, RolloutForecast, RolloutSummary } from "./contract.ts";
import type { RolloutState } from "./model.ts";
import { shareNow } from "./progress.ts";
import type { Progress, Start } from "./record.ts";
import type { Actor, RolloutEventType } from "./record.ts";
import { type Guardrail, percent } from "./terms.ts";

/** A rollout as it is stored. */
export type Stored = {
  id: string;
  prompt: string;
  label: string;
  control: number;
  candidate: number;
  state: RolloutState;
  startedAt: Date;
  checkedAt: Date | null;
  endedAt: Date | null;
  start: Start;
  progress: Progress;
  last: CheckView | null;
};

export type StoredEvent = {
  at: Date;
  event: RolloutEventType;
  stage: number | null;
  share: number | null;
  reason: string | null;
  actorKind: Actor["kind"];
  actorId: string;
};

const iso = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : new Date(ms).toISOString();

/** A guardrail as it was frozen. */
export const guardrailView = ({
  metric,
  kind,
  margin: { scale, margin, better },
  unit,
  required,
  threshold,
  baseline,
  bad,
  note,
}: Guardrail): RolloutForecast["guardrails"][number] => ({
  metric,
  kind,
  scale,
  margin,
  better,
  unit,
  required,
  threshold,
  baseline,
  bad,
  note,
});

export function summaryView(row: Stored): RolloutSummary {
  const { start, progress } = row;
  const { terms } = start;
  const { course, periods } = progress;
  return {
    id: row.id,
    prompt: row.prompt,
    label: row.label,
    control: row.control,
    candidate: row.candidate,
    environment: terms.environment,
    unit: terms.unit,
    state: row.state,
    isLive: row.endedAt === null,
    because: course.because,
    stage: course.stage,
    share: percent(shareNow(terms, progress)),
    stages: terms.stages.map(({ share, minMinutes, requires }, stage) => ({
      share: percent(share),
      minMinutes,
      requires,
      startedAt: iso(stageStart(periods, stage)),
    })),
    startedAt: row.startedAt.toISOString(),
    endedAt: iso(row.endedAt?.getTime()),
    checkedAt: iso(row.checkedAt?.getTime()),
  };
}

/** When a stage's cohort opened first. */
const stageStart = (periods: Progress["periods"], stage: number): number | undefined =>
  periods.find((period) => period.stage === stage)?.eventsFromMs;

const eventView = ({ at, actorKind, actorId, share, ...event }: StoredEvent) => ({
  ...event,
  at: at.toISOString(),
  share: share === null ? null : percent(share),
  actor: { kind: actorKind, id: actorId },
});

const pointView = ({ at, view }: { at: Date; view: CheckView }) => ({
  at: at.toISOString(),
  stage: view.stage,
  guardrails: view.guardrails.map(
    ({ metric, estimate, interval, inMargins, lnHarm, lnSafe, candidate }) => ({
      metric,
      estimate,
      interval,
      inMargins,
      lnHarm,
      lnSafe,
      n: candidate.n,
    }),
  ),
});

/** A rollout in full. */
export function rolloutView(
  row: Stored,
  events: readonly StoredEvent[],
  history: readonly { at: Date; view: CheckView }[],
): Rollout {
  const { start, progress, last } = row;
  const { terms } = start;
  const { holdback } = terms;
  return {
    ...summaryView(row),
    split: progress.split,
    startedBy: start.by,
    reason: start.reason,
    warmupMinutes: terms.warmupMinutes,
    maxHours: terms.maxMinutes / 60,
    onInconclusive: terms.onInconclusive,
    holdback: holdback && {
      share: percent(holdback.share),
      hours: holdback.minutes / 60,
      until: iso(progress.holdbackUntilMs),
    },
    method: terms.method,
    forecast: start.forecast,
    guardrails: terms.guardrails.map((guardrail) => ({
      ...guardrailView(guardrail),
      evidence: evidenceOf(last, guardrail.metric),
    })),
    leftOut: start.leftOut,
    sampleRatio: last?.sampleRatio ?? null,
    events: events.map(eventView),
    history: history.map(pointView),
  };
}

function evidenceOf(last: CheckView | null, metric: string) {
  const found = last?.guardrails.find((one) => one.metric === metric);
  if (!found) return null;
  const { metric: _, ...evidence } = found;
  return evidence;
}
