import type { Scope } from "../../../platform/scope.ts";
import { readServed, type Served } from "../../prompts/index.ts";
import { readCohorts } from "../../rollups/index.ts";
import { checkView } from "../check.ts";
import { decide, isLive } from "../decide.ts";
import { evidenceOf, inputsOf } from "../evidence.ts";
import { follow, giveUp } from "../follow/actions.ts";
import { interferenceOf } from "../interference.ts";
import { countedPeriods, isKept, needsRegistry, turnOf } from "../progress.ts";
import type { Pending, Progress } from "../record.ts";
import { type RolloutRow, saveProgress } from "../store.ts";
import { emissionsOf, happeningOf } from "../tell.ts";

/** One check: what the cohorts say, what the rules make of it, and what is written of it. */
async function check(scope: Scope, row: RolloutRow): Promise<RolloutRow | undefined> {
  const { start, progress, prompt, id } = row;
  const { terms } = start;
  const nowMs = scope.now.getTime();
  const counted = countedPeriods(progress);
  const cohorts = await readCohorts(scope, { prompt, rollout: id });
  const inputs = inputsOf(
    terms,
    cohorts.filter(({ plan }) => counted.has(plan.stage)),
  );
  const decided = decide(terms, progress.course, evidenceOf(terms, inputs), nowMs);
  const { course } = decided;
  const view = checkView(terms, inputs, decided);
  const event = turnOf(progress.course, course);
  const kept = event !== null || isKept(progress, nowMs);
  const pending: Pending | null =
    event && needsRegistry(event) ? { event, actor: scope.actor, reason: course.because } : null;
  const next: Progress = { ...progress, course, pending, keptMs: kept ? nowMs : progress.keptMs };
  const seen = { ...row, last: view };
  // What the registry has to follow is told when it has.
  const told = event && !pending ? { event, reason: course.because } : undefined;
  const saved = await saveProgress(scope, row, next, {
    check: { turned: event !== null, view, inputs, isKept: kept },
    happening: told && happeningOf(row, next, { ...told, actor: scope.actor }),
    emissions: told && emissionsOf(seen, next, told),
  });
  return saved && follow(scope, saved);
}

/** Whether a holdback's time has come. */
const isDue = ({ holdbackUntilMs }: Progress, now: Date): boolean =>
  holdbackUntilMs !== null && holdbackUntilMs <= now.getTime();

async function endHoldback(scope: Scope, row: RolloutRow): Promise<RolloutRow | undefined> {
  const pending: Pending = { event: "holdback_ended", actor: scope.actor, reason: null };
  const saved = await saveProgress(scope, row, { ...row.progress, pending });
  return saved && follow(scope, saved);
}

const servedOf = (scope: Scope, { prompt, label }: RolloutRow): Promise<Served> =>
  readServed(scope, { name: prompt, label });

/**
 * Brings a rollout one minute further: first the registry follows what was decided before, else
 * the evidence is judged. Doubled or cut short it changes nothing twice: each write is guarded by
 * the rollout's revision, and each act by what the registry says.
 *
 * @returns the rollout as it is then; undefined when somebody else was faster
 */
export async function step(scope: Scope, row: RolloutRow): Promise<RolloutRow | undefined> {
  if (row.progress.pending) return follow(scope, row);
  const because = interferenceOf(row, row.progress, await servedOf(scope, row));
  if (because !== undefined) return giveUp(scope, row, because);
  if (isLive(row.progress.course.state)) return check(scope, row);
  return isDue(row.progress, scope.now) ? endHoldback(scope, row) : row;
}

/** Ends a rollout at once whose label or split somebody took over. */
export async function notice(scope: Scope, row: RolloutRow): Promise<void> {
  if (row.progress.pending) return;
  const because = interferenceOf(row, row.progress, await servedOf(scope, row));
  if (because !== undefined) await giveUp(scope, row, because);
}
