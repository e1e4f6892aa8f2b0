import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { currentSettings } from "../../projects/index.ts";
import type { Move } from "../change.ts";
import { LATEST } from "../model.ts";

/**
 * Lets a change go on unless it moves a label that the project protects. Asks D1, not the edge's
 * copy of the settings: a label is protected from the moment on which somebody said so.
 *
 * @throws Refusal forbidden that names the label
 */
export async function requireMovable(
  scope: Scope,
  name: string,
  moves: readonly Move[],
): Promise<void> {
  const ours = moves.filter(({ label }) => label !== LATEST);
  if (scope.grants.includes("admin") || ours.length === 0) return;
  const { protectedLabels } = await currentSettings(scope);
  const move = ours.find(({ label }) => protectedLabels.includes(label));
  if (!move) return;
  const where = move.from === null ? "" : ` from version ${move.from}`;
  throw new Refusal(
    "forbidden",
    `label '${move.label}' of '${name}' is protected in this project: only a key with the scope admin moves it${where}`,
  );
}
