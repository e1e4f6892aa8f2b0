import { type Endpoint, endpoint, json } from "../../../platform/http.ts";
import { NamedPath } from "../contract.ts";
import { readDiff } from "../diff/actions.ts";
import { DiffQuery, VersionDiff } from "../diff/contract.ts";
import {
  duplicate,
  readDependants,
  readFolders,
  readVersionList,
  search,
  setTags,
} from "./actions.ts";
import {
  DependantList,
  Duplicate,
  Duplicated,
  FolderList,
  FolderQuery,
  SearchPage,
  SearchQuery,
  SetTags,
  TagsAnswer,
  VersionPage,
  VersionsQuery,
} from "./contract.ts";

const tag = "Prompts";

/** Finding prompts, and what is done with whole prompts. */
export const catalogEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/api/public/prompts/search",
    access: "read",
    tag,
    summary: "Prompts by name prefix, folder, tag, label and text, with versions and labels",
    query: SearchQuery,
    answers: { 200: SearchPage },
    handle: async (scope, { query }) => json(await search(scope, query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/folders",
    access: "read",
    tag,
    summary: "Folders right under one, with the number of prompts in each",
    query: FolderQuery,
    answers: { 200: FolderList },
    handle: async (scope, { query }) => json(await readFolders(scope, query.parent)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name/versions",
    access: "read",
    tag,
    summary: "Versions of a prompt, newest first, with labels and commit messages",
    params: NamedPath,
    query: VersionsQuery,
    answers: { 200: VersionPage },
    handle: async (scope, { params, query }) =>
      json(await readVersionList(scope, params.name, query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name/diff",
    access: "read",
    tag,
    summary: "What changed between two versions: words, messages, config, variables, placeholders",
    params: NamedPath,
    query: DiffQuery,
    answers: { 200: VersionDiff },
    handle: async (scope, { params, query }) => json(await readDiff(scope, params.name, query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/public/prompts/:name/dependants",
    access: "read",
    tag,
    summary: "Versions of other prompts that insert this one",
    params: NamedPath,
    answers: { 200: DependantList },
    handle: async (scope, { params }) => json(await readDependants(scope, params.name)),
  }),
  endpoint({
    method: "PUT",
    path: "/api/public/prompts/:name/tags",
    access: "write",
    tag,
    summary: "Give a prompt other tags; they belong to the name, not to a version",
    params: NamedPath,
    body: SetTags,
    answers: { 200: TagsAnswer },
    handle: async (scope, { params, body }) => json(await setTags(scope, params.name, body.tags)),
  }),
  endpoint({
    method: "POST",
    path: "/api/public/prompts/:name/duplicate",
    access: "write",
    tag,
    summary: "Copy one version, or all, to a new name",
    params: NamedPath,
    body: Duplicate,
    answers: { 201: Duplicated, 409: "the new name was used before" },
    handle: async (scope, { params, body }) => json(await duplicate(scope, params.name, body), 201),
  }),
];
