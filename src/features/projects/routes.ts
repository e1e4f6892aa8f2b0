import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import {
  changeSettings,
  createProject,
  currentSettings,
  issueKey,
  revokeKey,
  shownKey,
} from "./actions.ts";
import {
  AuditList,
  AuditQuery,
  CreatedKey,
  CreatedProject,
  CreateKey,
  CreateProject,
  KeyList,
  KeyPath,
  Page,
  PatchSettings,
  ProjectList,
  RevokedKey,
  SettingsContract,
} from "./contract.ts";
import { REVOCATION_SECONDS } from "./identity/store.ts";
import { sessionEndpoints } from "./sessions/routes.ts";
import { findProject, selectAudit, selectKeys } from "./store.ts";

const tag = "Projects and keys";

/** The cursor of the next page: the last id of a full page, else nothing follows. */
const nextCursor = (rows: { id: string }[], limit: number): string | null =>
  (rows.length === limit ? rows.at(-1)?.id : undefined) ?? null;

export const projectEndpoints: Endpoint[] = [
  ...sessionEndpoints,
  endpoint({
    method: "POST",
    path: "/api/public/projects",
    access: "deployment",
    tag,
    summary: "Create a project and its first keys",
    body: CreateProject,
    answers: { 201: CreatedProject },
    handle: async (scope, { body }) => json(await createProject(scope, body), 201),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/projects",
    access: "read",
    tag,
    summary: "The project of this key",
    answers: { 200: ProjectList },
    handle: async (scope) => {
      const project = await findProject(scope);
      const organization = { id: "promptside", name: "Promptside" };
      const own = project && {
        id: project.projectId,
        name: project.name,
        organization,
        metadata: {},
      };
      return json({ data: own ? [own] : [] });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/keys",
    access: "admin",
    tag,
    summary: "Keys of the project, revoked ones included",
    query: Page,
    answers: { 200: KeyList },
    handle: async (scope, { query: { cursor = "", limit } }) => {
      const rows = await selectKeys(scope, cursor, limit);
      return json({ data: rows.map(shownKey), nextCursor: nextCursor(rows, limit) });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/public/keys",
    access: "admin",
    tag,
    summary: "Issue a key; the answer is the only place that says its secret",
    body: CreateKey,
    answers: { 201: CreatedKey },
    handle: async (scope, { body: { kind, label, scopes } }) => {
      const issued = await issueKey(scope, { kind, label, grants: scopes });
      const createdAt = scope.now.toISOString();
      return json({ ...issued, kind, label, scopes, createdAt, revokedAt: null }, 201);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/public/keys/:id",
    access: "admin",
    tag,
    summary: "Revoke a key, both halves of a pair",
    params: KeyPath,
    answers: { 200: RevokedKey },
    handle: async (scope, { params: { id } }) => {
      const revokedAt = (await revokeKey(scope, id)).toISOString();
      return json({ id, revokedAt, everywhereWithinSeconds: REVOCATION_SECONDS });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/settings",
    access: "read",
    tag,
    summary: "The project's settings",
    answers: { 200: SettingsContract },
    handle: async (scope) => json(await currentSettings(scope)),
  }),
  endpoint({
    method: "PATCH",
    path: "/api/public/settings",
    access: "admin",
    tag,
    summary: "Change some of the project's settings",
    body: PatchSettings,
    answers: { 200: SettingsContract },
    handle: async (scope, { body }) => json(await changeSettings(scope, body)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/audit",
    access: "admin",
    tag,
    summary: "Who did what to keys, settings, labels, versions and rules, newest first",
    query: AuditQuery,
    answers: { 200: AuditList },
    handle: async (scope, { query }) => {
      const { limit } = query;
      const rows = await selectAudit(scope, query);
      const data = rows.map(({ id, actor, action, target, detail, createdAt }) => ({
        id,
        actor,
        action,
        target,
        detail,
        createdAt: createdAt.toISOString(),
      }));
      return json({ data, nextCursor: nextCursor(rows, limit) });
    },
  }),
];
