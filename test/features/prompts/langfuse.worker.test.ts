import { createExecutionContext } from "cloudflare:test";
import { describe, it } from "vitest";

import { deliveryEndpoints } from "../../../src/features/delivery/routes.ts";
import { authenticate } from "../../../src/features/projects/index.ts";
import { importFromLangfuse } from "../../../src/features/prompts/langfuse/actions.ts";
import type { LangfuseReport } from "../../../src/features/prompts/langfuse/contract.ts";
import { promptEndpoints } from "../../../src/features/prompts/routes.ts";
import { Refusal } from "../../../src/platform/errors.ts";
import { mount } from "../../../src/platform/http.ts";
import { testEnv } from "../../support/env.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";
import { type Registry, registryOf } from "../../support/registry.ts";
import { at, create, type Fault, PROMPTS, say } from "./lab.ts";

const BASE = "https://source.example.com/langfuse";

/** Another Promptside that answers under BASE, keys and all, and a note of what it was asked. */
function instance(asked: string[] = []) {
  const other = mount([...promptEndpoints, ...deliveryEndpoints], authenticate);
  return (request: Request): Promise<Response> => {
    asked.push(request.url);
    const url = request.url.replace(BASE, "http://promptside.test");
    return Promise.resolve(
      other.fetch(
        new Request(url, { headers: request.headers }),
        testEnv(),
        createExecutionContext(),
      ),
    );
  };
}

const keysOf = ({ publicKey, secretKey }: FreshProject) => ({
  baseUrl: BASE,
  publicKey,
  secretKey,
});

/** Runs steps until the import is done. */
async function importAll(
  registry: Registry,
  body: ReturnType<typeof keysOf>,
  fetcher = instance(),
): Promise<LangfuseReport[]> {
  const steps: LangfuseReport[] = [];
  for (let cursor: string | undefined; ;) {
    const report = await importFromLangfuse(
      registry.scope,
      { ...body, ...(cursor === undefined ? {} : { cursor }) },
      { fetcher, clock: () => new Date() },
    );
    steps.push(report);
    if (report.cursor === null) return steps;
    cursor = report.cursor;
  }
}

async function filled(): Promise<{ project: FreshProject; source: Registry }> {
  const project = await freshProject();
  const source = registryOf(project.scope);
  await create(source, {
    name: "team/a b%c",
    prompt: "one {{x}}",
    labels: ["production"],
    tags: ["t"],
  });
  await create(source, {
    name: "team/a b%c",
    prompt: "two",
    commitMessage: "second",
    config: { k: [1] },
  });
  await create(source, { name: "team/a b%c", prompt: "three" });
  await say(source, "DELETE", `${PROMPTS}/${encodeURIComponent("team/a b%c")}?version=2`);
  await create(source, {
    name: "chat",
    type: "chat",
    prompt: [
      { role: "system", content: "@@@langfusePrompt:name=team/a b%c|label=production@@@" },
      { type: "placeholder", name: "history" },
    ],
    labels: ["staging"],
  });
  return { project, source };
}

describe("importFromLangfuse", () => {
  it("keeps numbers, labels, tags, config, messages and references as they were written", async ({
    expect,
  }) => {
    const { project, source } = await filled();
    const target = registryOf((await freshProject()).scope);
    const steps = await importAll(target, keysOf(project));
    expect(steps).toEqual([
      {
        done: true,
        cursor: null,
        progress: { prompts: 2, of: 2 },
        versions: { added: 3, unchanged: 0 },
        labels: 2,
        errors: [],
      },
    ]);
    await target.settle();
    for (const path of ["chat?label=staging", "team%2Fa%20b%25c", "team%2Fa%20b%25c?version=3"]) {
      const [here, there] = await Promise.all(
        [target, source].map((side) =>
          say(side, "GET", `${PROMPTS}/${path}&resolve=false`.replace(/^([^?]*)&/, "$1?")),
        ),
      );
      const { id, projectId, updatedAt, ...said } = there?.json ?? {};
      expect(here?.json, path).toMatchObject(said);
      expect([id, projectId, updatedAt]).not.toContain(here?.json["id"]);
    }
    expect((await say(target, "GET", `${PROMPTS}/team%2Fa%20b%25c?version=2`)).status).toBe(404);
    expect((await create(target, { name: "chat", type: "chat", prompt: [] })).version).toBe(2);
  });

  it("changes nothing when it is done again", async ({ expect }) => {
    const { project } = await filled();
    const target = registryOf((await freshProject()).scope);
    await importAll(target, keysOf(project));
    const [again] = await importAll(target, keysOf(project));
    expect(again).toMatchObject({ versions: { added: 0, unchanged: 3 }, labels: 0, errors: [] });
  });

  it("goes in bounded steps, through pages and in the middle of a prompt", async ({ expect }) => {
    const project = await freshProject();
    const source = registryOf(project.scope);
    const line = (name: string, version: number) =>
      JSON.stringify({
        kind: "version",
        name,
        version,
        type: "text",
        prompt: `${name} ${version}`,
      });
    const lines = [
      ...Array.from({ length: 40 }, (_, i) => line("a-long", i + 1)),
      ...Array.from({ length: 55 }, (_, i) => line(`n${i}`, 1)),
    ];
    await say(source, "POST", "/api/public/import", lines.join("\n"));
    const target = registryOf((await freshProject()).scope);
    const asked: string[] = [];
    const steps = await importAll(target, keysOf(project), instance(asked));
    expect(steps.length).toBeGreaterThan(3);
    expect(asked.length / steps.length).toBeLessThanOrEqual(31);
    expect(steps.at(-1)?.progress).toEqual({ prompts: 56, of: 56 });
    const added = steps.map(({ versions }) => versions.added);
    expect(added.reduce((a, b) => a + b)).toBe(95);
    const { json } = await say<{ data: unknown[] }>(
      target,
      "GET",
      at("a-long", "/versions?limit=100"),
    );
    expect(json.data).toHaveLength(40);
  });

  it("goes on with other prompts when one cannot come, and says why", async ({ expect }) => {
    const { project } = await filled();
    const target = registryOf((await freshProject()).scope);
    await create(target, { name: "chat", prompt: "mine" });
    const [report] = await importAll(target, keysOf(project));
    expect(report?.errors).toEqual([
      {
        name: "chat",
        version: 1,
        message: "there is a version 1 of 'chat' that says something else",
      },
    ]);
    expect(report?.versions.added).toBe(2);
  });

  it("leaves a label that cannot be one here, and takes the version", async ({ expect }) => {
    const target = registryOf((await freshProject()).scope);
    const fetcher = (request: Request) =>
      Promise.resolve(
        Response.json(
          request.url.includes("limit=")
            ? { data: [{ name: "p", versions: [1] }], meta: { totalItems: 1, totalPages: 1 } }
            : { labels: ["Prod A", "eu", "latest"], tags: [], type: "text", prompt: "x" },
        ),
      );
    const keys = { baseUrl: BASE, publicKey: "pk", secretKey: "sk" };
    const [report] = await importAll(target, keys, fetcher);
    expect(report).toMatchObject({
      versions: { added: 1 },
      labels: 1,
      errors: [{ name: "p", version: 1, message: "label 'Prod A' cannot be a label here" }],
    });
  });

  const text =
    (status: number, body = "", headers = {}) =>
    () =>
      Promise.resolve(new Response(body, { status, headers }));
  it.for([
    {
      why: "wrong keys",
      fetcher: instance(),
      keys: { secretKey: "wrong" },
      code: "invalid_request",
    },
    {
      why: "a redirect",
      fetcher: text(302, "", { location: "http://10.0.0.1" }),
      code: "invalid_request",
    },
    { why: "no such API", fetcher: text(404), code: "invalid_request" },
    { why: "no JSON", fetcher: text(200, "<html>"), code: "invalid_request" },
    { why: "other JSON", fetcher: text(200, "{}"), code: "invalid_request" },
    {
      why: "an endless answer",
      fetcher: text(200, "x".repeat(5_000_001)),
      code: "invalid_request",
    },
    { why: "overload", fetcher: text(503), code: "unavailable" },
    { why: "silence", fetcher: () => Promise.reject(new Error("timed out")), code: "unavailable" },
  ])("refuses $why and does not say the secret", async ({ fetcher, keys, code }, { expect }) => {
    const { project } = await filled();
    const target = registryOf((await freshProject()).scope);
    const body = { ...keysOf(project), ...keys };
    const error = await importAll(target, body, fetcher).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code });
    expect((error as Refusal).message).not.toContain(body.secretKey);
  });
});

describe("POST /api/public/import/langfuse", () => {
  it.for([
    { why: "plain http", body: { baseUrl: "http://example.com" }, path: "baseUrl" },
    { why: "a private address", body: { baseUrl: "https://10.0.0.1" }, path: "baseUrl" },
    { why: "loopback in production", body: { baseUrl: "http://127.0.0.1:1" }, path: "baseUrl" },
    { why: "no key", body: { secretKey: "" }, path: "secretKey" },
    { why: "a cursor of another kind", body: { cursor: "x" }, path: "cursor" },
  ])("names the field with $why", async ({ body, path }, { expect }) => {
    const registry = registryOf((await freshProject()).scope);
    const keys = { baseUrl: BASE, publicKey: "pk", secretKey: "sk" };
    const res = await say<Fault>(registry, "POST", "/api/public/import/langfuse", {
      ...keys,
      ...body,
    });
    expect(res.status).toBe(400);
    expect(res.json.issues[0]?.path).toBe(path);
  });
});
