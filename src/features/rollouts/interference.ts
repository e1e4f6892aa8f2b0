import type { Served } from "../prompts/index.ts";
import { isLive } from "./decide.ts";
import type { Progress } from "./record.ts";

type Rollout = { id: string; label: string; control: number; candidate: number };

/**
 * What somebody did to the label or the split of a rollout that the registry had followed;
 * undefined when all is as the rollout left it.
 */
export function interferenceOf(
  { id, label, control, candidate }: Rollout,
  { course }: Progress,
  { version, split }: Served,
): string | undefined {
  const expected = isLive(course.state) ? control : candidate;
  if (version === undefined) return `Label ${label} was taken away by hand`;
  if (version !== expected) return `Label ${label} was moved to version ${version} by hand`;
  if (!split) return "Its split was ended by hand";
  return split.owner === id ? undefined : "Its split was taken over by hand";
}
