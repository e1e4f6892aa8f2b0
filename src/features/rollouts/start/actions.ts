import { newId } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import { logBug } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { openTestOn } from "../../comparisons/index.ts";
import { findPrompt, readServed } from "../../prompts/index.ts";
import { LATEST, type PromptOverview } from "../../prompts/model.ts";
import type { Rollout, RolloutForecast } from "../contract.ts";
import { begin } from "../decide.ts";
import { readFacts, recentTraffic } from "../facts/actions.ts";
import { follow } from "../follow/actions.ts";
import type { Fault } from "../plan/facts.ts";
import { forecastOf } from "../plan/forecast.ts";
import { planRollout } from "../plan/terms.ts";
import { unbegun } from "../progress.ts";
import { readRollout } from "../reads/actions.ts";
import type { Start } from "../record.ts";
import { insertRollout, removeRollout, type RolloutRow, selectLivingOf } from "../store.ts";
import { guardrailView } from "../view.ts";
import type { StartRollout } from "./contract.ts";

const invalid = ({ path, message }: Fault): Refusal =>
  new Refusal("invalid_request", `body ${path}: ${message}`, { issues: [{ path, message }] });

/** What cannot be about prompt, label and candidate. @returns the control */
function controlOf(
  { prompt, label, candidate }: StartRollout,
  overview: PromptOverview | undefined,
): number {
  if (!overview) throw invalid({ path: "prompt", message: `there is no prompt ${prompt}` });
  if (label === LATEST) {
    const message = `${LATEST} moves with each new version and can hold no rollout`;
    throw invalid({ path: "label", message });
  }
  const control = overview.versions.find(({ labels }) => labels.includes(label))?.version;
  if (control === undefined) {
    throw invalid({ path: "label", message: `'${prompt}' has no label ${label}` });
  }
  if (!overview.versions.some(({ version }) => version === candidate)) {
    throw invalid({ path: "candidate", message: `'${prompt}' has no version ${candidate}` });
  }
  if (candidate === control) {
    const message = `is version ${control}, where label ${label} points already`;
    throw invalid({ path: "candidate", message });
  }
  return control;
}

/** Why a rollout may not start now, though it makes sense; undefined when it may. */
async function obstacle(scope: Scope, said: StartRollout): Promise<string | undefined> {
  const { prompt, label, candidate, environment, force } = said;
  const at = `label '${label}' of '${prompt}'`;
  const [living] = await selectLivingOf(scope, { prompt, label });
  if (living) return `rollout ${living.id} steers ${at}; it must be over first`;
  const { split } = await readServed(scope, { name: prompt, label });
  if (split) return `${at} is split already; a rollout beside it would confound both`;
  const test = await openTestOn(scope, prompt, label);
  if (test) return `A/B test '${test.name}' (${test.id}) is ${test.state} on ${at}`;
  if (force) return undefined;
  const n = await recentTraffic(scope, { prompt, environment }, candidate);
  if (n === 0) return undefined;
  return `version ${candidate} had ${n} generations in environment ${environment} in the last hour, which would be counted as the rollout's; wait, or say force`;
}

async function plan(scope: Scope, said: StartRollout) {
  const control = controlOf(said, await findPrompt(scope, said.prompt));
  const { facts, traffic } = await readFacts(scope, said, control);
  const planned = planRollout(said, facts);
  if ("fault" in planned) throw invalid(planned.fault);
  const basedOn = {
    from: new Date(traffic.fromMs).toISOString(),
    to: scope.now.toISOString(),
    n: traffic.n,
  };
  return { ...planned, control, forecast: forecastOf(planned.terms, facts, basedOn) };
}

/** What a rollout would be at present traffic. Nothing is started. @throws Refusal invalid_request */
export async function forecastRollout(scope: Scope, said: StartRollout): Promise<RolloutForecast> {
  const { terms, leftOut, control, forecast } = await plan(scope, said);
  return {
    control,
    forecast,
    guardrails: terms.guardrails.map(guardrailView),
    leftOut,
    problem: (await obstacle(scope, said)) ?? null,
  };
}

function rowOf(scope: Scope, said: StartRollout, start: Start): RolloutRow {
  const { projectId: project, tenant, actor, now } = scope;
  const { control, candidate } = start.terms;
  const progress = unbegun(begin(start.terms, now.getTime()), actor, start.reason);
  return {
    project,
    id: newId("rol", now),
    tenant,
    prompt: said.prompt,
    label: said.label,
    control,
    candidate,
    state: progress.course.state,
    rev: 1,
    startedAt: now,
    checkedAt: null,
    endedAt: null,
    start,
    progress,
    last: null,
  };
}

/** Begins the split. What a minute's job can make good is left to it; what was refused never was. */
async function beginSplit(scope: Scope, row: RolloutRow): Promise<void> {
  const at = { name: row.prompt, label: row.label };
  try {
    const begun = await follow(scope, row);
    if (begun?.state !== "aborted") return;
    await removeRollout(scope, row.id);
    throw new Refusal("conflict", `the rollout could not begin: ${begun.progress.course.because}`);
  } catch (error) {
    const { split } = await readServed(scope, at);
    if (split?.owner === row.id) {
      logBug(error, { rollout: row.id });
      return;
    }
    await removeRollout(scope, row.id);
    throw error;
  }
}

/**
 * Freezes the terms, begins the split and the first cohort.
 *
 * @throws Refusal invalid_request that names the field, conflict, forbidden for a protected label
 */
export async function startRollout(scope: Scope, said: StartRollout): Promise<Rollout> {
  const { terms, leftOut, forecast } = await plan(scope, said);
  const because = await obstacle(scope, said);
  if (because !== undefined) throw new Refusal("conflict", because);
  const reason = said.reason ?? null;
  const row = rowOf(scope, said, { terms, leftOut, forecast, reason, by: scope.actor });
  if (!(await insertRollout(scope, row))) {
    throw new Refusal("conflict", `another rollout of label '${said.label}' began just now`);
  }
  await beginSplit(scope, row);
  return readRollout(scope, row.id);
}
