import type { Scope } from "../../../platform/scope.ts";
import { auditing } from "../../projects/index.ts";
import type { Move, PromptState } from "../change.ts";
import { LATEST } from "../model.ts";

type Changed = {
  name: string;
  before: PromptState | undefined;
  after: PromptState;
  reason: string | null;
};

/** One row of the project's audit for every label that was moved, and one for versions that are gone. */
export function auditChange(
  scope: Scope,
  { name, before, after, reason }: Changed,
  moves: readonly Move[],
) {
  const rows = moves
    .filter(({ label }) => label !== LATEST)
    .map(({ label, from, to }) =>
      auditing(scope, {
        action: to === null ? "label.remove" : "label.move",
        target: `${name}@${label}`,
        detail: { prompt: name, label, from, to, reason },
      }),
    );
  const versions = (before?.versions ?? []).filter((version) => !after.versions.includes(version));
  if (versions.length > 0) {
    const detail = { prompt: name, versions, left: after.versions.length };
    rows.push(auditing(scope, { action: "version.delete", target: name, detail }));
  }
  return rows;
}

/** That somebody wrote the past of labels anew. */
export const auditRewrite = (scope: Scope, names: readonly string[], moves: number) =>
  auditing(scope, {
    action: "ledger.rewrite",
    target: names.join(", ").slice(0, 500),
    detail: { prompts: names.slice(0, 100), moves },
  });
