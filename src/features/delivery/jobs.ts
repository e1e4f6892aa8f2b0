import { now } from "../../platform/clock.ts";
import { openRegistry } from "../../platform/db.ts";
import type { Job } from "../../platform/job.ts";
import { logEvent } from "../../platform/log.ts";
import { forgetPublished } from "../prompts/index.ts";
import { drain, drainerOf } from "./publish/actions.ts";

const BUDGET_MS = 40_000;
const FORGOTTEN_PER_RUN = 10_000;

export const deliveryJobs: Job[] = [
  {
    name: "drain-outbox",
    everyMinutes: 1,
    run: async (env) => {
      const { published, postponed, more } = await drain(drainerOf(env, now), {
        project: undefined,
        budgetMs: BUDGET_MS,
      });
      if (published + postponed > 0) logEvent("outbox drained", { published, postponed });
      await forgetPublished(openRegistry(env.DB), now(), FORGOTTEN_PER_RUN);
      return { more };
    },
  },
];
