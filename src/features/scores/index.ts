import type { Scope } from "../../platform/scope.ts";
import { selectByIds, selectByOwners } from "./store.ts";
import type { StoredScore } from "./view.ts";

export { refusedKinds } from "./kinds/actions.ts";
export { byNewest, matchesScore, type ScoreFilter } from "./filter.ts";
export { scoreView, scoreViewV3, type StoredScore } from "./view.ts";

/** Scores that one list looks at, per shard. */
export const SCORE_WINDOW = 2000;

/** Living scores with this id: more than one when it was given to several owners. */
export const findScores = (scope: Scope, id: string): Promise<StoredScore[]> =>
  selectByIds(scope, [id], SCORE_WINDOW);

export const scoresByIds = (scope: Scope, ids: readonly string[]): Promise<StoredScore[]> =>
  selectByIds(scope, ids, SCORE_WINDOW);

/** Living scores of traces and sessions, those on observations included. */
export const scoresOf = (scope: Scope, owners: readonly string[]): Promise<StoredScore[]> =>
  owners.length === 0 ? Promise.resolve([]) : selectByOwners(scope, owners, SCORE_WINDOW);
