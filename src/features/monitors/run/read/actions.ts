import { readBudget } from "../../budget/actions.ts";
import { readDrift } from "../../drift/actions.ts";
import type { Task } from "../../reading/actions.ts";
import { readRegression } from "../../regression/actions.ts";
import { readRelative } from "../../relative/actions.ts";
import type { Seen } from "../../rules/look.ts";
import { readThreshold } from "../../threshold/actions.ts";
import { readVolume } from "../../volume/actions.ts";

/** What windows say, whatever the kind of the rule. Live and in a preview the same. */
export function readLooks(task: Task): Promise<Seen[]> {
  const { rule } = task;
  switch (rule.kind) {
    case "threshold":
      return readThreshold({ ...task, rule });
    case "relative":
      return readRelative({ ...task, rule });
    case "drift":
      return readDrift({ ...task, rule });
    case "volume":
      return readVolume({ ...task, rule });
    case "budget":
      return readBudget({ ...task, rule });
    case "regression":
      return readRegression({ ...task, rule });
  }
}
