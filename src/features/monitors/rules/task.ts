import type { Scope } from "../../../platform/scope.ts";
import type { Rule } from "./contract.ts";
import type { Watch, Window } from "./look.ts";

/** Windows of one rule that are to be looked at. */
export type Task<R extends Rule = Rule> = {
  scope: Scope;
  /** The project's. */
  timeZone: string;
  rule: R;
  /** Oldest first; some between may be missing. */
  windows: readonly Window[];
  /** What is watched already; null: whatever there is. */
  known: readonly Watch[] | null;
};
