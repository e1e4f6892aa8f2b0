import { pricingEndpoints } from "./features/pricing/routes.ts";
import { authenticate } from "./features/projects/index.ts";
import { projectEndpoints } from "./features/projects/routes.ts";
import { preflight, withCors } from "./platform/cors.ts";
import type { Env } from "./platform/env.ts";
import { type Endpoint, mount } from "./platform/http.ts";
import { systemEndpoints } from "./system.ts";

const slices: Endpoint[] = [...projectEndpoints, ...pricingEndpoints];

/** Every route of the system. Where two paths match, the first in this list wins. */
export const endpoints: Endpoint[] = [...slices, ...systemEndpoints(slices)];

const routes = mount(endpoints, authenticate);

export const app = {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    if (request.method === "OPTIONS") return preflight(request);
    return withCors(await routes.fetch(request, env, ctx));
  },
};
