import type { SplitEvent, SplitStage } from "../stages.ts";
import { SETTLING_MS, stagesOf } from "../stages.ts";
import type { AbDefinition } from "./model.ts";

/** A stretch in which no share changed; shares in the order of the arms, null where undeclared. */
export type AbStage = { fromMs: number; toMs: number; shares: number[] | null };

/** How a test went until now. Instants in ms. */
export type Course = {
  startedMs: number | null;
  /** When it ended other than by its plan: the split ended or changed its arms, a label moved; null while it goes on. */
  stoppedMs: number | null;
  /** The split it began, where a label is split. */
  split: string | null;
  stages: AbStage[];
  notes: string[];
};

export type Told = {
  /** Splits of the label, oldest first. */
  splits: readonly SplitEvent[];
  /** Moves of the app's labels after the test was set up, oldest first. */
  moves: readonly { label: string; at: Date }[];
};

const sharesOf = (weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

/** A stage's shares in the order of the arms; null when an arm has none, and is not served. */
function armShares({ weights }: SplitStage, { arms }: AbDefinition): number[] | null {
  const own = arms.map(({ version }) => weights.get(version) ?? 0);
  return own.every((weight) => weight > 0) ? sharesOf(own) : null;
}

type Setup = { createdMs: number; split: string | null };

function splitCourse(
  definition: AbDefinition,
  { createdMs, split }: Setup,
  { splits }: Told,
  untilMs: number,
): Course {
  const of = stagesOf(splits).filter(
    (stage) =>
      stage.label === definition.label &&
      (split === null ? stage.fromMs >= createdMs : stage.split === split),
  );
  const [first] = of;
  if (!first) return { startedMs: null, stoppedMs: null, split, stages: [], notes: [] };
  const own = of.filter((stage) => stage.split === first.split);
  const last = own.at(-1);
  const notes = own.some((stage) => armShares(stage, definition) === null)
    ? ["In some stages an arm had no share; they are left out."]
    : [];
  const stages = own.flatMap((stage) => {
    const shares = armShares(stage, definition);
    const fromMs = stage.fromMs + SETTLING_MS;
    const toMs = Math.min(stage.toMs ?? untilMs, untilMs);
    return shares && fromMs < toMs ? [{ fromMs, toMs, shares }] : [];
  });
  return {
    startedMs: first.fromMs,
    stoppedMs: last?.toMs ?? null,
    split: first.split,
    stages,
    notes,
  };
}

const NO_WEIGHTS =
  "The app chooses between the labels and declared no weights: there is no sample ratio check and no count test of events.";

function labelCourse(
  { weights, arms }: AbDefinition,
  { createdMs }: Setup,
  { moves }: Told,
  untilMs: number,
): Course {
  const labels = new Set(arms.map(({ label }) => label));
  const moved = moves.find(({ label }) => labels.has(label));
  const stoppedMs = moved ? moved.at.getTime() : null;
  const fromMs = createdMs + SETTLING_MS;
  const toMs = Math.min(stoppedMs ?? untilMs, untilMs);
  const shares = weights && sharesOf(weights);
  return {
    startedMs: createdMs,
    stoppedMs,
    split: null,
    stages: fromMs < toMs ? [{ fromMs, toMs, shares }] : [],
    notes: [
      ...(weights ? [] : [NO_WEIGHTS]),
      ...(moved
        ? [
            `Label '${moved.label}' moved to another version at ${moved.at.toISOString()}: the test counts until then.`,
          ]
        : []),
    ],
  };
}

/**
 * The arms of a test that left them to its split: the control, then the others that the split began
 * with; the control alone while it waits.
 */
export function withArms(
  definition: AbDefinition,
  { createdMs, split }: Setup,
  splits: readonly SplitEvent[],
): AbDefinition {
  const [control] = definition.arms;
  if (!control || definition.arms.length > 1 || definition.label === null) return definition;
  const first = stagesOf(splits).find(
    (stage) =>
      stage.label === definition.label &&
      (split === null ? stage.fromMs >= createdMs : stage.split === split),
  );
  const others = [...(first?.weights.keys() ?? [])].filter(
    (version) => version !== control.version,
  );
  return {
    ...definition,
    arms: [control, ...others.map((version) => ({ version, label: null }))],
  };
}

/**
 * What the ledger makes of a test.
 *
 * @param untilMs now, or the planned end when it has come
 */
export const courseOf = (
  definition: AbDefinition,
  setup: Setup,
  told: Told,
  untilMs: number,
): Course =>
  definition.label === null
    ? labelCourse(definition, setup, told, untilMs)
    : splitCourse(definition, setup, told, untilMs);
