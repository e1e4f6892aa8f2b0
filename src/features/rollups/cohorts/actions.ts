import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { NetChange } from "../fold/items.ts";
import { type Span, US_PER_HOUR } from "../slots.ts";
import { encodeSums } from "./cohort-text.ts";
import { type Cohort, emptyCohort, mergeCohortInto } from "./cohort.ts";
import { countInCohort } from "./count.ts";
import type { CohortPlan } from "./plan.ts";
import {
  type Contributions,
  contributionsIn,
  cohortsOf,
  cohortsWithin,
  type FoldState,
  moveRevision,
  NEVER_US,
  newestStart,
  type Reach,
  readState,
  saveCohort,
  stateGuard,
  type StoredCohort,
} from "./store.ts";

/** Attempts at a shard that is folded again and again meanwhile. */
const MAX_ATTEMPTS = 10;

const promptId = (project: number, prompt: string): string => `${project}/${prompt}`;

/** Which prompts the changes are of, and between which instants. */
function reachesOf(changes: readonly NetChange[]): Reach[] {
  const reaches = new Map<string, Reach>();
  for (const { removed, added } of changes) {
    for (const items of [removed, added]) {
      for (const [, project, prompt, , start] of items) {
        const id = promptId(project, prompt);
        const { from = start, to = start } = reaches.get(id) ?? {};
        reaches.set(id, { project, prompt, from: Math.min(from, start), to: Math.max(to, start) });
      }
    }
  }
  return [...reaches.values()];
}

/** The cohorts of a shard that changes of its log change, as they are afterwards. */
export async function cohortsAfter(
  shard: D1Database,
  changes: readonly NetChange[],
): Promise<StoredCohort[]> {
  const stored = await cohortsWithin(shard, reachesOf(changes));
  const byPrompt = Map.groupBy(stored, ({ project, cohort }) =>
    promptId(project, cohort.plan.prompt),
  );
  const before = stored.map(({ cohort }) => encodeSums(cohort));
  for (const { removed, added } of changes) {
    for (const [items, sign] of [
      [removed, -1],
      [added, 1],
    ] as const) {
      for (const item of items) {
        for (const { cohort } of byPrompt.get(promptId(item[1], item[2])) ?? []) {
          countInCohort(cohort, item, sign);
        }
      }
    }
  }
  return stored.filter(({ cohort }, i) => encodeSums(cohort) !== before[i]);
}

/** A span hour by hour; the last part has all that is younger than what is stored. */
function hoursOf({ from, to }: Span, newest: number | null): Span[] {
  const hours: Span[] = [];
  for (let start = from; ;) {
    const next = (Math.floor(start / US_PER_HOUR) + 1) * US_PER_HOUR;
    if (next >= to || newest === null || next > newest) return [...hours, { from: start, to }];
    hours.push({ from: start, to: next });
    start = next;
  }
}

const isSame = (a: FoldState, b: FoldState): boolean =>
  a.foldedTo === b.foldedTo && a.revision === b.revision;

/** What is folded of the rows: what they contribute, less what the log still says of them. */
function countFolded(cohort: Cohort, { rows, before, after }: Contributions, sign: 1 | -1): void {
  const opposite = sign === 1 ? -1 : 1;
  for (const [items, of] of [
    [rows, sign],
    [before, sign],
    [after, opposite],
  ] as const) {
    for (const item of items) if (item[0] !== "Z") countInCohort(cohort, item, of);
  }
}

/** Adds or takes away all that a span of a cohort has to do with. @returns false when a fold came between */
async function countSpan(
  shard: D1Database,
  { project, cohort, state }: StoredCohort & { state: FoldState },
  { span, sign }: { span: Span; sign: 1 | -1 },
): Promise<boolean> {
  const newest = await newestStart(shard, project, cohort.plan);
  for (const hour of hoursOf(span, newest)) {
    const found = await contributionsIn(shard, { project, plan: cohort.plan, span: hour });
    if (!isSame(found.state, state)) return false;
    countFolded(cohort, found, sign);
  }
  return true;
}

const endOf = ({ untilUs }: CohortPlan): number => untilUs ?? NEVER_US;

/**
 * The cohort that a shard has to have for a plan, counted from where the stored one differs.
 *
 * @returns undefined when a fold came between
 */
async function wantedCohort(
  shard: D1Database,
  plan: CohortPlan,
  { project, stored, state }: { project: number; stored: Cohort | undefined; state: FoldState },
): Promise<Cohort | undefined> {
  const from = Math.min(plan.fromUs, plan.eventsFromUs);
  const cohort = stored ?? emptyCohort(plan);
  const [was, is] = [stored ? endOf(stored.plan) : from, endOf(plan)];
  const span = { from: Math.min(was, is), to: Math.max(was, is) };
  // Counted while the later of both ends holds: what lies beyond an end counts nowhere.
  cohort.plan = { ...cohort.plan, untilUs: is > was ? plan.untilUs : cohort.plan.untilUs };
  const isCounted = await countSpan(
    shard,
    { project, cohort, state },
    { span, sign: is > was ? 1 : -1 },
  );
  cohort.plan = { ...cohort.plan, untilUs: plan.untilUs };
  return isCounted ? cohort : undefined;
}

type Kept = { project: number; plans: readonly CohortPlan[] };

/** One attempt. @returns whether the shard now counts the plans */
async function tryToKeep(shard: D1Database, { project, plans }: Kept): Promise<boolean> {
  const state = await readState(shard);
  const changed: StoredCohort[] = [];
  for (const [rollout, ofRollout] of Map.groupBy(plans, (plan) => plan.rollout)) {
    const prompt = ofRollout[0]?.prompt ?? "";
    const stored = await cohortsOf(shard, { project, prompt, rollout });
    for (const plan of ofRollout) {
      const known = stored.find((cohort) => cohort.plan.stage === plan.stage);
      if (known && known.plan.untilUs === plan.untilUs) continue;
      const cohort = await wantedCohort(shard, plan, { project, stored: known, state });
      if (!cohort) return false;
      changed.push({ project, cohort });
    }
  }
  if (changed.length === 0) return true;
  const guard = stateGuard(state);
  const results = await shard.batch([
    ...changed.map((cohort) => saveCohort(shard, cohort, guard)),
    moveRevision(shard, state),
  ]);
  return results.at(-1)?.results.length === 1;
}

/**
 * Makes every shard count these cohorts, with exactly what its rows say, whatever was folded
 * already. Repeated it does nothing, and a call that was cut short is made good by the next. Of a
 * cohort that is kept already only the end may change: it counts as it was first said, because what
 * was added has to be taken away alike.
 *
 * @throws Refusal unavailable when a shard is folded all the time
 */
export async function keepCohorts(
  { shards, tenant }: Scope,
  plans: readonly CohortPlan[],
): Promise<void> {
  for (const shard of shards) {
    let isKept = false;
    for (let attempt = 0; attempt < MAX_ATTEMPTS && !isKept; attempt++) {
      isKept = await tryToKeep(shard, { project: tenant, plans });
    }
    if (!isKept) {
      throw new Refusal(
        "unavailable",
        "rows are folded faster than they can be counted; try again",
        {
          retryAfterSeconds: 60,
        },
      );
    }
  }
}

/** What the stages of a rollout counted so far, in their order, all shards together. */
export async function readCohorts(
  { shards, tenant }: Scope,
  { prompt, rollout }: { prompt: string; rollout: string },
): Promise<Cohort[]> {
  const parts = await Promise.all(
    shards.map((shard) => cohortsOf(shard, { project: tenant, prompt, rollout })),
  );
  const stages = new Map<number, Cohort>();
  for (const part of parts.flat()) {
    const known = stages.get(part.plan.stage);
    if (known) mergeCohortInto(known, part);
    else stages.set(part.plan.stage, part);
  }
  return [...stages.values()].sort((a, b) => a.plan.stage - b.plan.stage);
}
