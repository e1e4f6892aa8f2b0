import { newId } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { changeScoreConfigs, currentSettings } from "../../projects/index.ts";
import type { ScoreConfig } from "../../projects/model.ts";
import { changedConfig, newConfig, problemOf } from "./config.ts";
import type { NewScoreConfig, ScoreConfigChange } from "./contract.ts";

/** All of them are in the settings document, which ingestion reads. */
const MAX_CONFIGS = 200;

/** @throws Refusal invalid_request naming the field */
function checked(config: ScoreConfig): ScoreConfig {
  const problem = problemOf(config);
  if (!problem) return config;
  throw new Refusal("invalid_request", `body ${problem.path}: ${problem.message}`, {
    issues: [problem],
  });
}

const missing = (id: string): Refusal => new Refusal("not_found", `there is no score config ${id}`);

/** @throws Refusal invalid_request, conflict beyond 200 configs */
export async function createConfig(scope: Scope, input: NewScoreConfig): Promise<ScoreConfig> {
  const config = checked(newConfig(input, { id: newId("scc", scope.now), now: scope.now }));
  return changeScoreConfigs(scope, (configs) => {
    if (configs.length >= MAX_CONFIGS) {
      throw new Refusal("conflict", `a project may have at most ${MAX_CONFIGS} score configs`);
    }
    return { configs: [...configs, config], told: config, target: config.id };
  });
}

/**
 * Changes a config. What was scored under it before stays as it is.
 *
 * @throws Refusal not_found, invalid_request
 */
export const changeConfig = (
  scope: Scope,
  id: string,
  change: ScoreConfigChange,
): Promise<ScoreConfig> =>
  changeScoreConfigs(scope, (configs) => {
    const known = configs.find((config) => config.id === id);
    if (!known) throw missing(id);
    const changed = checked(changedConfig(known, change, scope.now));
    const all = configs.map((config) => (config.id === id ? changed : config));
    return { configs: all, told: changed, target: id };
  });

/** Newest first. */
export async function listConfigs(scope: Scope): Promise<ScoreConfig[]> {
  const { scoreConfigs } = await currentSettings(scope);
  return scoreConfigs.toReversed();
}

/** @throws Refusal not_found */
export async function findConfig(scope: Scope, id: string): Promise<ScoreConfig> {
  const { scoreConfigs } = await currentSettings(scope);
  const config = scoreConfigs.find((one) => one.id === id);
  if (!config) throw missing(id);
  return config;
}
