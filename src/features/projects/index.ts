import { openRegistry } from "../../platform/db.ts";
import type { Env } from "../../platform/env.ts";
import type { Scope } from "../../platform/scope.ts";
import type { Project, Settings } from "./model.ts";
import { readSettings } from "./settings/store.ts";
import { type AuditEntry, findProject, insertAudit, selectProjects } from "./store.ts";

export { changeScoreConfigs, changeSettings, createProject, currentSettings } from "./actions.ts";
export { admit, admitDelivery } from "./limits/actions.ts";
export { authenticate, scopeOfTenant, systemScope } from "./identity/index.ts";

/** The project's settings without D1, as ingestion needs them. May be two minutes old. */
export const settingsOf = (scope: Scope): Promise<Settings> => readSettings(scope);

/**
 * The id of the scope's project; a queue message's scope knows only its number.
 *
 * @throws Error when there is no such project
 */
export async function projectIdOf(scope: Scope): Promise<string> {
  if (scope.projectId !== "") return scope.projectId;
  const project = await findProject(scope);
  if (!project) throw new Error(`there is no project ${scope.tenant}`);
  return project.projectId;
}

/** Every project of the deployment, oldest first. For jobs. */
export const listProjects = (env: Env): Promise<Project[]> => selectProjects(openRegistry(env.DB));

/** The statement that writes into the project's audit; it belongs in the batch of what it tells. */
export const auditing = (scope: Scope, entry: AuditEntry) =>
  insertAudit(scope, entry, scope.tenant);
