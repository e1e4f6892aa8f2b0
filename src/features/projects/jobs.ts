import { openRegistry } from "../../platform/db.ts";
import type { Job } from "../../platform/job.ts";
import { renewAsked } from "./edge/actions.ts";
import { deleteExpiredSessions } from "./sessions/store.ts";

export const projectJobs: Job[] = [
  {
    name: "projects.renew-documents",
    everyMinutes: 1,
    run: (env, now) => renewAsked(env, openRegistry(env.DB), now),
  },
  {
    name: "projects.forget-sessions",
    everyMinutes: 60,
    run: async (env, now) => {
      await deleteExpiredSessions(openRegistry(env.DB), now);
      return { more: false };
    },
  },
];
