import { openRegistry } from "../../platform/db.ts";
import type { Job } from "../../platform/job.ts";
import { renewAsked } from "./edge/actions.ts";

export const projectJobs: Job[] = [
  {
    name: "projects.renew-documents",
    everyMinutes: 1,
    run: (env, now) => renewAsked(env, openRegistry(env.DB), now),
  },
];
