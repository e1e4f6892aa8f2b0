import type { Job } from "../../../../platform/job.ts";
import { publishChanged } from "./actions.ts";

export const webhookJobs: Job[] = [{ name: "sources", everyMinutes: 1, run: publishChanged }];
