import { agentEndpoints } from "./features/agents/routes.ts";
import { marginsOffer } from "./features/comparisons/margins/exchange/actions.ts";
import { comparisonEndpoints } from "./features/comparisons/routes.ts";
import { dashboardOffer } from "./features/dashboards/exchange/actions.ts";
import { dashboardEndpoints } from "./features/dashboards/routes.ts";
import { deliveryEndpoints, publishing } from "./features/delivery/routes.ts";
import { batchEndpoints } from "./features/ingest/batch/routes.ts";
import { otlpEndpoints } from "./features/ingest/otlp/routes.ts";
import { generationEndpoints } from "./features/ingest/reads/generations/routes.ts";
import { observationEndpoints } from "./features/ingest/reads/observations/routes.ts";
import { traceEndpoints } from "./features/ingest/reads/routes.ts";
import { scoreListEndpoints } from "./features/ingest/reads/scores/routes.ts";
import { sdkEndpoints } from "./features/ingest/reads/sdk/routes.ts";
import { sessionEndpoints } from "./features/ingest/reads/sessions/routes.ts";
import { replayEndpoints } from "./features/ingest/replay/routes.ts";
import { repriceEndpoints } from "./features/ingest/reprice/routes.ts";
import { sourceOffer } from "./features/ingest/webhook/exchange/actions.ts";
import { webhookEndpoints } from "./features/ingest/webhook/routes.ts";
import { monitorOffer } from "./features/monitors/exchange/actions.ts";
import { monitorEndpoints } from "./features/monitors/routes.ts";
import { destinationOffer } from "./features/notifications/destinations/exchange/actions.ts";
import { notificationEndpoints } from "./features/notifications/routes.ts";
import { pricingEndpoints } from "./features/pricing/routes.ts";
import { admit, authenticate } from "./features/projects/index.ts";
import { projectEndpoints } from "./features/projects/routes.ts";
import { exchangeEndpoints } from "./features/prompts/exchange/routes.ts";
import { promptEndpoints } from "./features/prompts/routes.ts";
import { reportEndpoints } from "./features/reports/routes.ts";
import { overriding, rolloutEndpoints } from "./features/rollouts/routes.ts";
import { rollupEndpoints } from "./features/rollups/routes.ts";
import { scoreConfigEndpoints } from "./features/scores/configs/routes.ts";
import { scoreEndpoints } from "./features/scores/routes.ts";
import { preflight, withCors } from "./platform/cors.ts";
import { dashboard, isDashboard } from "./platform/dashboard.ts";
import type { Env } from "./platform/env.ts";
import { type Endpoint, mount } from "./platform/http.ts";
import { systemEndpoints } from "./system.ts";

/** What an export holds besides prompts, in its order there. */
const offers = [marginsOffer, monitorOffer, dashboardOffer, destinationOffer, sourceOffer];

/**
 * Endpoints that may move labels. What they write says in the outbox what to publish, and may take
 * a label from its rollout: only here is it known who publishes, and who minds.
 */
const registry = (list: readonly Endpoint[]): Endpoint[] => overriding(publishing(list));

const slices: Endpoint[] = [
  ...registry(promptEndpoints),
  ...registry(exchangeEndpoints(offers)),
  ...deliveryEndpoints,
  ...agentEndpoints,
  ...rollupEndpoints,
  ...registry(comparisonEndpoints),
  ...publishing(rolloutEndpoints),
  ...otlpEndpoints,
  ...batchEndpoints,
  ...webhookEndpoints,
  ...repriceEndpoints,
  ...traceEndpoints,
  ...observationEndpoints,
  ...generationEndpoints,
  ...sessionEndpoints,
  ...scoreListEndpoints,
  ...scoreEndpoints,
  ...scoreConfigEndpoints,
  ...sdkEndpoints,
  ...replayEndpoints,
  ...projectEndpoints,
  ...pricingEndpoints,
  ...notificationEndpoints,
  ...registry(monitorEndpoints),
  ...reportEndpoints,
  ...dashboardEndpoints,
];

/** Every route of the system. Where two paths match, the first in this list wins. */
export const endpoints: Endpoint[] = [...slices, ...systemEndpoints(slices)];

/** Prompts are served whatever else a key does: applications stand still without them. */
const unlimited = new Set(deliveryEndpoints);

const routes = mount(endpoints, authenticate, (scope, route) =>
  unlimited.has(route) ? Promise.resolve() : admit(scope, route),
);

export const app = {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    if (request.method === "OPTIONS") return preflight(request);
    if (isDashboard(request)) return dashboard(request, env);
    return withCors(await routes.fetch(request, env, ctx));
  },
};
