import { type Endpoint, endpoint, json } from "../../platform/http.ts";
import { addLabels, createVersion, readList, removeVersions } from "./actions.ts";
import { catalogEndpoints } from "./catalog/routes.ts";
import {
  CreatedPrompt,
  CreatePrompt,
  ForceQuery,
  ListQuery,
  NamedPath,
  PatchLabels,
  PromptAnswer,
  PromptList,
  RemoveQuery,
  VersionPath,
} from "./contract.ts";
import { importDeployments, readDeployments } from "./deployments/actions.ts";
import {
  DeploymentImport,
  DeploymentPage,
  DeploymentQuery,
  ImportAnswer,
} from "./deployments/contract.ts";
import { dotPromptEndpoints } from "./dotprompt/routes.ts";
import { labelEndpoints } from "./labels/routes.ts";
import { langfuseEndpoints } from "./langfuse/routes.ts";
import { splitEndpoints } from "./splits/routes.ts";

/** The registry. The fetch of one prompt is delivery's. */
export const promptEndpoints: Endpoint[] = [
  ...labelEndpoints,
  ...catalogEndpoints,
  ...langfuseEndpoints,
  ...dotPromptEndpoints,
  ...splitEndpoints,
  endpoint({
    method: "GET",
    path: "/api/public/v2/prompts",
    access: "read",
    tag: "Prompts",
    summary: "List prompts with the versions that match",
    query: ListQuery,
    answers: { 200: PromptList },
    handle: async (scope, { query }) => json(await readList(scope, query)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/v2/prompts",
    access: "write",
    tag: "Prompts",
    summary: "Create a prompt, or the next version of one",
    query: ForceQuery,
    body: CreatePrompt,
    answers: { 201: CreatedPrompt, 409: "a label to move is split" },
    handle: async (scope, { body, query }) => json(await createVersion(scope, body, query), 201),
  }),
  endpoint({
    method: "PATCH",
    // The name may hold raw slashes, and "/versions/" itself: the last one counts.
    path: "/api/public/v2/prompts/:name{.+}/versions/:version",
    access: "write",
    tag: "Prompts",
    summary: "Move labels to a version",
    params: VersionPath,
    query: ForceQuery,
    body: PatchLabels,
    answers: { 200: PromptAnswer, 409: "a label to move is split" },
    handle: async (scope, { params, query, body }) =>
      json(await addLabels(scope, params, body.newLabels, query)),
  }),
  endpoint({
    method: "DELETE",
    path: "/api/public/v2/prompts/:name{.+}",
    access: "write",
    tag: "Prompts",
    summary: "Delete a prompt, one version, or the version at a label",
    params: NamedPath,
    query: RemoveQuery,
    answers: { 204: "deleted", 409: "a label is split and would lose a version" },
    handle: async (scope, { params, query }) => {
      await removeVersions(scope, params.name, query, query);
      return new Response(null, { status: 204 });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name/deployments",
    access: "read",
    tag: "Deployments",
    summary: "The ledger of a prompt's labels, newest move first",
    params: NamedPath,
    query: DeploymentQuery,
    answers: { 200: DeploymentPage },
    handle: async (scope, { params, query }) =>
      json(await readDeployments(scope, params.name, query)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/import/deployments",
    access: "admin",
    tag: "Deployments",
    summary: "Rewrite the ledger of labels with a history that leads to where they point now",
    body: DeploymentImport,
    answers: { 200: ImportAnswer },
    handle: async (scope, { body }) => {
      await importDeployments(scope, body);
      return json({ deployments: body.deployments.length, versions: body.versions.length });
    },
  }),
];
