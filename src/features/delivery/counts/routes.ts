import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { pendingDocuments } from "../../prompts/index.ts";
import { DeliveryState } from "../contract.ts";
import { readCounts } from "./store.ts";

const DONE = {
  drain: ["published", "postponed"],
  reconcile: ["compared", "missing", "stale", "orphaned", "asked", "rounds"],
} as const;

type Rows = Awaited<ReturnType<typeof readCounts>>;

/** What a job has done in all, and when it last did anything. */
function stateOf(rows: Rows, job: keyof typeof DONE) {
  const own = rows.filter((row) => row.job === job);
  const last = Math.max(...own.map(({ lastAt }) => lastAt.getTime()));
  const counts = DONE[job].map((what) => [what, own.find((row) => row.what === what)?.count ?? 0]);
  return {
    ...Object.fromEntries(counts),
    lastAt: own.length > 0 ? new Date(last).toISOString() : null,
  };
}

export const deliveryStateEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/admin/delivery",
    access: "deployment",
    tag: "System",
    summary: "What waits for KV, and what draining and reconciling have done so far",
    answers: { 200: DeliveryState },
    handle: async ({ db }) => {
      const [rows, pending] = await Promise.all([readCounts(db), pendingDocuments(db)]);
      return json({
        pending: { count: pending.count, oldestAt: pending.oldestAt?.toISOString() ?? null },
        drain: stateOf(rows, "drain"),
        reconcile: stateOf(rows, "reconcile"),
      });
    },
  }),
];
