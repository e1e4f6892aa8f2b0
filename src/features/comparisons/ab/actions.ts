import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import {
  endSplit,
  findSplit,
  moveLabel,
  newestDeployments,
  notFound,
  putSplit,
  requirePrompt,
} from "../../prompts/index.ts";
import { marginsOf } from "../margins/actions.ts";
import { alphaOf, METHOD_VERSION } from "../model.ts";
import { readBaseline, splitEvents } from "../reads/actions.ts";
import type { AbReport, AbTest, Promote, PutAb } from "./contract.ts";
import { type Course, courseOf, withArms } from "./course.ts";
import type { AbDefinition } from "./model.ts";
import { readReport } from "./report/actions.ts";
import { armsOf, isFault } from "./setup.ts";
import {
  addTest,
  endTest,
  findTest,
  listTests,
  removeTest,
  setSplit,
  type StoredTest,
} from "./store.ts";

const MAX_MOVES = 1000;

/** When a test's data end: now, its planned end, or when it was promoted. */
const untilOf = ({ definition: { plannedEndMs }, endedAt }: StoredTest, now: Date): number =>
  Math.min(now.getTime(), plannedEndMs ?? Infinity, endedAt?.getTime() ?? Infinity);

/** A test with the arms that its split gave it, and how it went. */
type Followed = { test: StoredTest; course: Course };

async function follow(scope: Scope, test: StoredTest): Promise<Followed> {
  const to = new Date(scope.now.getTime() + 1);
  const { definition, createdAt, prompt, split } = test;
  const [splits, moves] = await Promise.all([
    definition.label === null ? [] : splitEvents(scope, prompt, to),
    definition.label === null
      ? newestDeployments(scope, prompt, {
          from: new Date(createdAt.getTime() + 1),
          to,
          kind: "move",
          limit: MAX_MOVES,
        })
      : [],
  ]);
  const setup = { createdMs: createdAt.getTime(), split };
  const whole = { ...test, definition: withArms(definition, setup, splits) };
  const told = { splits, moves };
  const course = courseOf(whole.definition, setup, told, untilOf(test, scope.now));
  return { test: whole, course };
}

function stateOf({ test, course }: Followed, now: Date): AbTest["state"] {
  if (test.outcome) return "promoted";
  const { plannedEndMs } = test.definition;
  if (course.stoppedMs !== null || (plannedEndMs !== null && plannedEndMs <= now.getTime())) {
    return "over";
  }
  return course.startedMs === null ? "waiting" : "running";
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function viewOf({ test, course }: Followed, now: Date): AbTest {
  const { definition } = test;
  const total = definition.weights?.reduce((sum, weight) => sum + weight, 0) ?? 0;
  return {
    id: test.id,
    prompt: test.prompt,
    name: test.name,
    state: stateOf({ test, course }, now),
    label: definition.label,
    arms: definition.arms.map(({ version, label }, i) => ({
      version,
      label,
      isControl: i === 0,
      share: definition.weights ? (definition.weights[i] ?? 0) / total : null,
    })),
    unit: definition.unit,
    primaryMetric: definition.primaryMetric,
    decisionMetrics: definition.decisionMetrics,
    plannedEnd: iso(definition.plannedEndMs),
    createdAt: test.createdAt.toISOString(),
    startedAt: iso(course.startedMs),
    endedAt: iso(test.endedAt?.getTime() ?? course.stoppedMs),
  };
}

const refuse = (path: string, message: string): Refusal =>
  new Refusal("invalid_request", `body ${path}: ${message}`, { issues: [{ path, message }] });

const labelsOf = ({ label, arms }: AbDefinition): string[] =>
  label === null ? arms.flatMap((arm) => arm.label ?? []) : [label];

/** @returns a test of the same name that waits, and gives way. @throws Refusal conflict for any other in the way */
async function requireFree(
  scope: Scope,
  prompt: string,
  name: string,
  definition: AbDefinition,
): Promise<StoredTest | undefined> {
  for (const label of labelsOf(definition)) {
    const live = await findSplit(scope, { name: prompt, label });
    if (!live) continue;
    throw new Refusal(
      "conflict",
      live.owner
        ? `rollout ${live.owner} steers label '${label}' of '${prompt}'; an A/B test beside it would confound both`
        : `label '${label}' of '${prompt}' is split already; an A/B test is set up before its start: end the split first`,
    );
  }
  const wanted = new Set(labelsOf(definition));
  let replaced: StoredTest | undefined;
  for (const test of await listTests(scope, prompt)) {
    const state = stateOf(await follow(scope, test), scope.now);
    if (state === "waiting" && test.name === name) replaced = test;
    else if (
      (state === "waiting" || state === "running") &&
      (test.name === name || labelsOf(test.definition).some((one) => wanted.has(one)))
    ) {
      throw new Refusal(
        "conflict",
        `A/B test '${test.name}' (${test.id}) is ${state} on '${prompt}'; two tests on one label confound each other`,
      );
    }
  }
  return replaced;
}

/** The A/B test that waits on a label or runs on it; undefined when none does. */
export async function openTestOn(
  scope: Scope,
  prompt: string,
  label: string,
): Promise<Pick<AbTest, "id" | "name" | "state"> | undefined> {
  for (const test of await listTests(scope, prompt)) {
    if (test.outcome || !labelsOf(test.definition).includes(label)) continue;
    const state = stateOf(await follow(scope, test), scope.now);
    if (state === "waiting" || state === "running") return { id: test.id, name: test.name, state };
  }
  return undefined;
}

async function startSplit(scope: Scope, test: StoredTest): Promise<StoredTest> {
  const { label, arms, weights } = test.definition;
  if (label === null || !weights) return test;
  const shares = arms.map(({ version }, i) => ({ version, weight: weights[i] ?? 0 }));
  try {
    const { id } = await putSplit(
      scope,
      { name: test.prompt, label },
      { arms: shares, reason: `A/B test ${test.name}` },
    );
    await setSplit(scope, test, id);
    return { ...test, split: id };
  } catch (error) {
    // A test whose split was refused never was.
    if (error instanceof Refusal) await removeTest(scope, test);
    throw error;
  }
}

/** Sets up a test before its start; with weights of a split label it starts at once. */
export async function putAb(scope: Scope, prompt: string, said: PutAb): Promise<AbTest> {
  const found = armsOf(said, await requirePrompt(scope, prompt));
  if (isFault(found)) throw refuse(found.path, found.message);
  if (said.plannedEnd && said.plannedEnd <= scope.now) {
    throw refuse("plannedEnd", "must be in the future");
  }
  const [control] = found.arms;
  const subject = { prompt, environment: null, model: null };
  const set = await marginsOf(scope, prompt);
  const definition: AbDefinition = {
    label: said.label ?? null,
    ...found,
    unit: said.unit,
    primaryMetric: said.primaryMetric,
    decisionMetrics: said.decisionMetrics.filter((metric) => metric !== said.primaryMetric),
    plannedEndMs: said.plannedEnd?.getTime() ?? null,
    margins: [...new Map([...set, ...Object.entries(said.margins)])],
    baseline: control
      ? await readBaseline(scope, subject, control.version, scope.now.getTime())
      : null,
    alpha: alphaOf(said.plannedEnd?.getTime() ?? null),
    method: METHOD_VERSION,
  };
  const replaced = await requireFree(scope, prompt, said.name, definition);
  if (replaced) await removeTest(scope, replaced);
  const test = await startSplit(
    scope,
    await addTest(scope, prompt, { name: said.name, definition }),
  );
  return viewOf(await follow(scope, test), scope.now);
}

async function requireTest(scope: Scope, prompt: string, id: string): Promise<StoredTest> {
  const test = await findTest(scope, prompt, id);
  if (!test) throw new Refusal("not_found", `'${prompt}' has no A/B test ${id}`);
  return test;
}

export async function readTests(scope: Scope, prompt: string): Promise<AbTest[]> {
  const tests = await listTests(scope, prompt);
  if (tests.length === 0) await requirePrompt(scope, prompt);
  return Promise.all(tests.map(async (test) => viewOf(await follow(scope, test), scope.now)));
}

/** Each variant against the control. @throws Refusal not_found */
export async function readAb(scope: Scope, prompt: string, id: string): Promise<AbReport> {
  const followed = await follow(scope, await requireTest(scope, prompt, id));
  return readReport(scope, followed.test, followed.course, viewOf(followed, scope.now));
}

/** Whom a promotion chooses, and which label moves. @throws Refusal when neither data nor caller say */
function choose(report: AbReport, { version, label }: Promote) {
  const versions = report.arms.map((arm) => arm.version);
  if (version !== undefined && !versions.includes(version)) {
    throw refuse("version", `must be one of the arms: ${versions.join(", ")}`);
  }
  const winner = version ?? report.winner;
  if (winner === null) {
    throw new Refusal(
      "conflict",
      `no variant has won by the data; name the version to promote, one of ${versions.join(", ")}`,
    );
  }
  if (report.label !== null && label !== undefined && label !== report.label) {
    throw refuse("label", `the test splits label ${report.label}`);
  }
  const moved = report.label ?? label;
  if (moved === undefined) throw refuse("label", "is required: the app chose between labels");
  return { winner, label: moved, chosenBy: version === undefined ? "data" : "caller" } as const;
}

type Taken = { present: number | undefined; winner: number; reason: string; force: boolean };

/** The label serves the winner alone. The test's own split ends; that of a rollout which came since, by force only. */
async function takeLabel(
  scope: Scope,
  at: { name: string; label: string },
  { present, winner, reason, force }: Taken,
): Promise<void> {
  const split = present === undefined ? undefined : await findSplit(scope, at);
  const mayEnd = { force: force || !split?.owner };
  // A label that is on the winner already does not move, and would keep its split.
  if (present !== winner) {
    await moveLabel(scope, at, { version: winner, reason, expected: [], ...mayEnd });
  } else if (split) await endSplit(scope, at, reason, mayEnd);
}

/** Moves the label to the winner, ends the split, and keeps what was decided with all it rests on. */
export async function promote(
  scope: Scope,
  prompt: string,
  id: string,
  said: Promote,
): Promise<AbReport> {
  const test = await requireTest(scope, prompt, id);
  if (test.outcome) {
    throw new Refusal(
      "conflict",
      `A/B test ${id} was promoted already, to version ${test.outcome.winner}`,
    );
  }
  const report = await readAb(scope, prompt, id);
  if (report.state === "waiting") throw new Refusal("conflict", `A/B test ${id} has not started`);
  const { winner, label, chosenBy } = choose(report, said);
  const reason = said.reason ?? `A/B test ${test.name}: version ${winner} won`;
  const at = { name: prompt, label };
  const overview = await requirePrompt(scope, prompt);
  const present = overview.versions.find(({ labels }) => labels.includes(label))?.version;
  if (present === undefined && report.label !== null) throw notFound(prompt, { label });
  await takeLabel(scope, at, { present, winner, reason, force: said.force === true });
  await endTest(scope, test, {
    winner,
    reason: said.reason ?? null,
    actor: scope.actor,
    label,
    chosenBy,
    analysis: report,
  });
  return readAb(scope, prompt, id);
}
