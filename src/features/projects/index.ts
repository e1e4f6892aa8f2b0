import { openRegistry } from "../../platform/db.ts";
import type { Env } from "../../platform/env.ts";
import type { Scope } from "../../platform/scope.ts";
import type { Project, Settings } from "./model.ts";
import { readSettings } from "./settings/store.ts";
import { selectProjects } from "./store.ts";

export { createProject } from "./actions.ts";
export { authenticate, scopeOfTenant, systemScope } from "./identity/index.ts";

/** The project's settings without D1, as ingestion needs them. May be two minutes old. */
export const settingsOf = (scope: Scope): Promise<Settings> => readSettings(scope);

/** Every project of the deployment, oldest first. For jobs. */
export const listProjects = (env: Env): Promise<Project[]> => selectProjects(openRegistry(env.DB));
