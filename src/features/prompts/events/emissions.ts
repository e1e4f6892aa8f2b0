import type { Emission } from "../../notifications/contract.ts";
import type { Move, PromptState } from "../change.ts";
import { LATEST } from "../model.ts";

/** Longest text of an event. */
const MAX_TEXT = 2000;

const clipped = (text: string | null): string | null =>
  text === null ? null : text.slice(0, MAX_TEXT).toWellFormed();

type Actor = { kind: "key" | "person" | "system"; id: string };
type NewVersion = { version: number; commitMessage: string | null; createdAt?: Date | undefined };

type Told = {
  name: string;
  before: { state: PromptState } | undefined;
  after: PromptState;
  added?: readonly NewVersion[];
  /** The ledger that an import brought. */
  history?: object;
  reason: string | null;
};

function versionEvent(
  { name, before, after }: Told,
  { version, commitMessage }: NewVersion,
  { isFirst, actor }: { isFirst: boolean; actor: Actor },
): Emission {
  const labels = [...after.labels].filter(([label, v]) => v === version && label !== LATEST);
  return {
    type: isFirst && !before?.state.versions.length ? "prompt.created" : "prompt.version.created",
    data: {
      prompt: name,
      version,
      type: after.type,
      labels: labels.map(([label]) => label).sort(),
      tags: after.tags,
      commitMessage: clipped(commitMessage),
      actor,
    },
  };
}

/**
 * What the listeners of a project are told about a change of a name: versions that are new, and
 * labels that moved. Not `latest`, which moves with each version, and not what happened elsewhere
 * at another time and was imported.
 */
export function emissionsOf(change: Told, moves: readonly Move[], actor: Actor): Emission[] {
  const { name, added = [], history, reason } = change;
  const written = added.filter(({ createdAt }) => createdAt === undefined);
  const versions = written.map((content, i) =>
    versionEvent(change, content, { isFirst: i === 0 && written.length === added.length, actor }),
  );
  if (history) return versions;
  const moved = moves.filter(({ label }) => label !== LATEST);
  return [
    ...versions,
    ...moved.map(({ label, from, to }): Emission => {
      const data = { prompt: name, label, from, to, reason: clipped(reason), actor };
      return { type: "prompt.deployed", data };
    }),
  ];
}
