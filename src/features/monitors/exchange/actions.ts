import { z } from "zod";

import { diffJson } from "../../../lib/json-diff.ts";
import { Refusal } from "../../../platform/errors.ts";
import { offer } from "../../../platform/exchange.ts";
import type { Scope } from "../../../platform/scope.ts";
import { createMonitor, giveBuiltIn, replaceMonitor } from "../actions.ts";
import { BUILT_IN } from "../model.ts";
import { Rule } from "../rules/contract.ts";
import { findMonitor, selectMonitors } from "../store.ts";

const MonitorLine = z.strictObject({ id: z.string().min(1).max(100), rule: Rule });

/** As many as a project may have, and the one that it has always. */
const ALL = 501;

async function* lines(scope: Scope): AsyncGenerator<z.input<typeof MonitorLine>> {
  await giveBuiltIn(scope.db, [scope.tenant], scope.now);
  for (const { id, rule } of await selectMonitors(scope, { limit: ALL })) yield { id, rule };
}

/**
 * Monitors as a project's export holds them: their rules, not what they saw, nor whether they are
 * muted. A file's takes the place of the one of its id.
 */
export const monitorOffer = offer({
  kind: "monitor",
  reads: "read",
  writes: "write",
  lines,
  schema: MonitorLine,
  take: async (scope, { id, rule }) => {
    if (id === BUILT_IN) await giveBuiltIn(scope.db, [scope.tenant], scope.now);
    const here = await findMonitor(scope, id);
    if (!here) {
      await createMonitor(scope, rule, id);
      return { changed: true };
    }
    if (diffJson(here.rule, rule).length === 0) return { changed: false };
    if (here.kind !== rule.kind || here.prompt !== (rule.prompt ?? null)) {
      throw new Refusal("conflict", `there is another monitor ${id} here; delete it first`);
    }
    await replaceMonitor(scope, here, rule);
    return { changed: true };
  },
});
