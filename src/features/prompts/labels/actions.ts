import type { z } from "zod";

import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { currentSettings } from "../../projects/index.ts";
import { changePrompt, notFound, requirePrompt } from "../actions.ts";
import { type PromptState, withLabels, withoutLabel } from "../change.ts";
import { findLastMove } from "../deployments/store.ts";
import { LATEST } from "../model.ts";
import type { LabelState, MovedLabel } from "./contract.ts";
import { type Expectation, isAsExpected } from "./expect.ts";
import { listLabels } from "./store.ts";

export type LabelName = { name: string; label: string };
type Terms = { reason: string | null; expected: readonly Expectation[]; force?: boolean };

function requireOurs({ label }: LabelName): void {
  if (label !== LATEST) return;
  const message = `${LATEST} moves with each new version; it cannot be moved or removed by hand`;
  throw new Refusal("invalid_request", `path label: ${message}`, {
    issues: [{ path: "label", message }],
  });
}

const forced = ({ force = false }: Pick<Terms, "force">) => ({ force });

const placed = (version: number | null): string =>
  version === null ? "on no version" : `on version ${version}`;

/** @throws Refusal not_found for a prompt without versions, conflict when somebody moved the label */
function requireExpected(
  before: PromptState | undefined,
  { name, label }: LabelName,
  { expected }: Terms,
): { state: PromptState; current: number | null } {
  if (!before || before.versions.length === 0) throw notFound(name);
  const current = before.labels.get(label) ?? null;
  const broken = expected.find((expectation) => !isAsExpected(expectation, current));
  if (broken !== undefined) {
    const wanted =
      broken === "exists" ? "on any" : broken.map((version) => placed(version)).join(" or ");
    throw new Refusal(
      "conflict",
      `label '${label}' of '${name}' is ${placed(current)}, not ${wanted}: somebody moved it`,
    );
  }
  return { state: before, current };
}

const moved = (at: LabelName, from: number | null, to: number | null): MovedLabel => ({
  ...at,
  version: to,
  previousVersion: from,
  moved: from !== to,
});

/** Moves a label to a version: a deployment. */
export async function moveLabel(
  scope: Scope,
  at: LabelName,
  { version, ...terms }: Terms & { version: number },
): Promise<MovedLabel> {
  requireOurs(at);
  return changePrompt(scope, at.name, (before) => {
    const { state, current } = requireExpected(before, at, terms);
    const after = withLabels(state, version, [at.label]);
    if (!after) throw notFound(at.name, { version });
    return { after, ...forced(terms), reason: terms.reason, result: moved(at, current, version) };
  });
}

/** Takes a label away. */
export async function removeLabel(scope: Scope, at: LabelName, terms: Terms): Promise<MovedLabel> {
  requireOurs(at);
  return changePrompt(scope, at.name, (before) => {
    const { state, current } = requireExpected(before, at, terms);
    if (current === null) throw notFound(at.name, { label: at.label });
    const after = withoutLabel(state, at.label);
    return { after, ...forced(terms), reason: terms.reason, result: moved(at, current, null) };
  });
}

/**
 * Returns a label to where it was before its last move. Done twice, it is back where it began,
 * because the first was a move too.
 *
 * @throws Refusal conflict when there is nothing to go back to
 */
export async function rollBackLabel(
  scope: Scope,
  at: LabelName,
  { reason, expected, ...terms }: Terms,
): Promise<MovedLabel> {
  requireOurs(at);
  const { name, label } = at;
  return changePrompt(scope, name, async (before) => {
    const { state, current } = requireExpected(before, at, { reason, expected });
    // Read after the state: a move in between makes the save fail, and the decision begins again.
    const last = await findLastMove(scope, name, label);
    if (!last) throw notFound(name, { label });
    if (last.from === null) {
      throw new Refusal(
        "conflict",
        `label '${label}' of '${name}' was on no version before; remove it instead`,
      );
    }
    const after = withLabels(state, last.from, [label]);
    if (!after) {
      throw new Refusal(
        "conflict",
        `label '${label}' of '${name}' was on version ${last.from}, which was deleted`,
      );
    }
    const told =
      reason ?? `rolled back from ${current === null ? "nowhere" : `version ${current}`}`;
    return { after, ...forced(terms), reason: told, result: moved(at, current, last.from) };
  });
}

type Shown = z.infer<typeof LabelState>;

/** Every label of a prompt, `latest` included. */
export async function readLabels(scope: Scope, name: string): Promise<Shown[]> {
  await requirePrompt(scope, name);
  const [rows, { protectedLabels }] = await Promise.all([
    listLabels(scope, name),
    currentSettings(scope),
  ]);
  return rows.map(({ label, version, movedAt }) => ({
    name,
    label,
    version,
    movedAt: movedAt.toISOString(),
    protected: protectedLabels.includes(label),
  }));
}

export async function readLabel(scope: Scope, { name, label }: LabelName): Promise<Shown> {
  const found = (await readLabels(scope, name)).find((state) => state.label === label);
  if (!found) throw notFound(name, { label });
  return found;
}
