import { diffJson } from "../../../../lib/json-diff.ts";
import type { ScoreConfig } from "../../../projects/model.ts";
import type { LineFault } from "../lines.ts";

/** Score configs that a project may have; the settings' contract says the same. */
const MAX_CONFIGS = 200;

type Line = { line: number; config: ScoreConfig };

/**
 * Score configs once those of a file are among them: each replaces the one of its id, or is added.
 * Those that only are here stay. `changed` counts what is not as it was.
 */
export function withConfigs(
  present: readonly ScoreConfig[],
  lines: readonly Line[],
): { configs: ScoreConfig[]; changed: number; faults: LineFault[] } {
  const configs = new Map(present.map((config) => [config.id, config]));
  const faults: LineFault[] = [];
  let changed = 0;
  for (const { line, config } of lines) {
    const here = configs.get(config.id);
    if (here && diffJson(here, config).length === 0) continue;
    if (here && here.dataType !== config.dataType) {
      const message = `score config ${config.id} is of type ${here.dataType} here, not ${config.dataType}`;
      faults.push({ line, message });
    } else if (!here && configs.size >= MAX_CONFIGS) {
      faults.push({ line, message: `a project may have at most ${MAX_CONFIGS} score configs` });
    } else {
      configs.set(config.id, config);
      changed++;
    }
  }
  return { configs: [...configs.values()], changed, faults };
}
