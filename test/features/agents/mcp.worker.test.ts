import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { beforeEach, describe, it } from "vitest";

import { app } from "../../../src/app.ts";
import { forgetAll } from "../../../src/features/delivery/store.ts";
import { call } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { type FreshProject, freshProject } from "../../support/project.ts";

const V2 = "/api/public/v2/prompts";

beforeEach(forgetAll);

/** The official client, whose HTTP goes straight into the Worker. */
async function connect(authorization: string, query = "", headers = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(
    new URL(`http://promptside.test/mcp${query}`),
    {
      requestInit: { headers: { authorization, ...headers } },
      fetch: async (url, init) => {
        const context = createExecutionContext();
        const request = new Request(url, init);
        const response = await app.fetch(request, testEnv(), context);
        const copy = new Response(await response.arrayBuffer(), response);
        await waitOnExecutionContext(context);
        return copy;
      },
    },
  );
  await client.connect(transport);
  return client;
}

async function project(): Promise<FreshProject> {
  const fresh = await freshProject();
  const create = (body: object) => call("POST", V2, { authorization: fresh.bearer, body });
  await create({
    name: "team/chat",
    type: "chat",
    prompt: [
      { role: "system", content: "You know {{domain}}." },
      { type: "placeholder", name: "history" },
      { role: "assistant", content: "Ask, {{ user name }}" },
    ],
    labels: ["production"],
    commitMessage: "the first",
  });
  await create({ name: "text", prompt: "Hello {{name}}", labels: ["production"] });
  await create({ name: "text", prompt: "Good day {{name}}", labels: ["staging"] });
  await create({ name: "unreleased", prompt: "x" });
  return fresh;
}

type Result = { content: { type: string; text: string }[]; isError?: boolean };

const use = async (client: Client, name: string, args: Record<string, unknown>) =>
  (await client.callTool({ name, arguments: args })) as unknown as Result;

const read = ({ content }: Result): unknown => JSON.parse(content[0]?.text ?? "null");

describe("MCP prompts", () => {
  it("lists the prompts at the label with the arguments they take", async ({ expect }) => {
    const client = await connect((await project()).bearer);
    const { prompts, nextCursor } = await client.listPrompts();
    expect(nextCursor).toBeUndefined();
    expect(prompts.map(({ name }) => name)).toEqual(["team/chat", "text"]);
    expect(prompts[0]).toMatchObject({
      description: "chat prompt, version 1: the first",
      arguments: [
        { name: "domain", required: true },
        { name: "user name", required: true },
        { name: "history", required: false },
      ],
    });
  });

  it("lists in pages of 50", async ({ expect }) => {
    const { bearer: authorization } = await freshProject();
    for (let i = 100; i < 153; i++) {
      const body = { name: `p${i}`, prompt: "x", labels: ["production"] };
      await call("POST", V2, { authorization, body });
    }
    const client = await connect(authorization);
    const first = await client.listPrompts();
    expect(first.prompts).toHaveLength(50);
    const second = await client.listPrompts({ cursor: first.nextCursor ?? "" });
    expect(second.prompts.map(({ name }) => name)).toEqual(["p150", "p151", "p152"]);
    expect(second.nextCursor).toBeUndefined();
  });

  it("fills arguments in: placeholders first, variables in what was inserted too, none twice", async ({
    expect,
  }) => {
    const client = await connect((await project()).bearer);
    const history = JSON.stringify([{ role: "user", content: "about {{domain}}" }]);
    const filled = await client.getPrompt({
      name: "team/chat",
      arguments: { domain: "{{user name}} $&", "user name": "Ann", history },
    });
    expect(filled.messages).toEqual([
      { role: "user", content: { type: "text", text: "You know {{user name}} $&." } },
      { role: "user", content: { type: "text", text: "about {{user name}} $&" } },
      { role: "assistant", content: { type: "text", text: "Ask, Ann" } },
    ]);
    expect(filled).toMatchObject({ _meta: { "promptside/version": 1 } });
    const without = await client.getPrompt({
      name: "team/chat",
      arguments: { domain: "", "user name": "Ann" },
    });
    expect(without.messages).toHaveLength(2);
  });

  it.for([
    ["nobody", {}, "Prompt not found: 'nobody' with label 'production'"],
    ["unreleased", {}, "Prompt not found: 'unreleased' with label 'production'"],
    ["text", {}, "the argument name is missing"],
    [
      "team/chat",
      { domain: "d", "user name": "u", history: "no list" },
      "the argument history is not a JSON list of {role, content}",
    ],
  ] as const)("of %s with %j says what is wrong", async ([name, args, message], { expect }) => {
    const client = await connect((await project()).bearer);
    await expect(client.getPrompt({ name, arguments: args })).rejects.toThrow(message);
  });

  it("take the label from the URL, and draw an arm only for a targeting key", async ({
    expect,
  }) => {
    const { bearer } = await project();
    const text = async (client: Client) =>
      (await client.getPrompt({ name: "text", arguments: { name: "Ann" } })).messages[0]?.content;
    expect(await text(await connect(bearer, "?label=staging"))).toMatchObject({
      text: "Good day Ann",
    });
    const body = {
      arms: [
        { version: 1, weight: 0 },
        { version: 2, weight: 10_000 },
      ],
    };
    await call("PUT", "/api/public/prompts/text/labels/production/split", {
      authorization: bearer,
      body,
    });
    expect(await text(await connect(bearer))).toMatchObject({ text: "Hello Ann" });
    for (const client of [
      await connect(bearer, "?targetingKey=u"),
      await connect(bearer, "", { "x-promptside-key": "u" }),
    ]) {
      expect(await text(client)).toMatchObject({ text: "Good day Ann" });
    }
  });
});

describe("MCP tools", () => {
  it("have schemas and hints", async ({ expect }) => {
    const client = await connect((await project()).bearer);
    const { tools } = await client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ["list_versions", true],
      ["diff", true],
      ["deploy", false],
      ["rollback", false],
      ["metrics", true],
      ["compare", true],
      ["rollouts", true],
      ["rollout", true],
      ["forecast_rollout", true],
      ["start_rollout", false],
      ["steer_rollout", false],
    ]);
    const start = tools.find(({ name }) => name === "start_rollout");
    expect(start?.inputSchema.required).toEqual(["prompt", "label", "candidate"]);
    const deploy = tools.find(({ name }) => name === "deploy");
    expect(deploy?.inputSchema.required).toEqual(["name", "version"]);
  });

  it("release and roll back, and the next fetch shows it", async ({ expect }) => {
    const { bearer: authorization } = await project();
    const client = await connect(authorization);
    expect(read(await use(client, "list_versions", { name: "text" }))).toEqual({
      name: "text",
      type: "text",
      versions: [
        { version: 1, labels: ["production"] },
        { version: 2, labels: ["latest", "staging"] },
      ],
    });
    const diff = read(await use(client, "diff", { name: "text", from: 1, to: "staging" }));
    expect(JSON.stringify(diff)).toContain('{"op":"added","text":"Good"}');
    const served = async () =>
      ((await call("GET", `${V2}/text`, { authorization })).json as { version: number }).version;

    const moved = read(await use(client, "deploy", { name: "text", version: 2, reason: "kinder" }));
    expect(moved).toMatchObject({ version: 2, previousVersion: 1 });
    expect(await served()).toBe(2);
    const back = read(await use(client, "rollback", { name: "text", reason: "too stiff" }));
    expect(back).toMatchObject({ version: 1, previousVersion: 2 });
    expect(await served()).toBe(1);

    const { json } = await call("GET", "/api/public/prompts/text/deployments", { authorization });
    const { data } = json as { data: { reason: string | null }[] };
    expect(data.slice(0, 2).map(({ reason }) => reason)).toEqual(["too stiff", "kinder"]);
  });

  it("forecast, start, follow and abort a rollout", async ({ expect }) => {
    const client = await connect((await project()).bearer);
    const wish = { prompt: "text", label: "production", candidate: 2 };
    const told = read(await use(client, "forecast_rollout", wish));
    expect(told).toMatchObject({ control: 1, problem: null, forecast: { finishes: false } });
    const started = read(await use(client, "start_rollout", wish)) as { id: string };
    expect(started).toMatchObject({ state: "warming", share: 5 });
    const list = read(await use(client, "rollouts", { name: "text", live: true }));
    expect(list).toMatchObject({ data: [{ id: started.id }], nextCursor: null });
    const refused = await use(client, "deploy", { name: "text", version: 2 });
    expect(refused).toMatchObject({ isError: true });
    expect(refused.content[0]?.text).toContain(started.id);
    const aborted = { id: started.id, hand: "abort", reason: "not now" };
    expect(read(await use(client, "steer_rollout", aborted))).toMatchObject({ state: "aborted" });
    const shown = read(await use(client, "rollout", { id: started.id }));
    expect(shown).toMatchObject({ state: "aborted", because: "not now", isLive: false });
    expect(shown).not.toHaveProperty("history");
    const unknown = await use(client, "rollout", { id: "rol_none" });
    expect(unknown).toMatchObject({ isError: true });
  });

  it("say the metrics of each version", async ({ expect }) => {
    const client = await connect((await project()).bearer);
    const metrics = read(await use(client, "metrics", { name: "text", version: 1 }));
    expect(metrics).toMatchObject({
      data: [{ version: 1, count: 0, latencyMs: { n: 0, p50: null } }],
    });
  });

  it("compare versions, and take their numbers in quotes", async ({ expect }) => {
    const client = await connect((await project()).bearer);
    const told = read(await use(client, "compare", { name: "text", control: 1, candidate: 2 }));
    expect(told).toMatchObject({
      design: { kind: "before/after, not randomised" },
      control: { version: 1, count: 0 },
    });
    const [first] = (told as { metrics: Record<string, unknown>[] }).metrics;
    expect(first).toMatchObject({ metric: "latencyMs", verdict: "not enough data", test: null });
    expect(first).not.toHaveProperty("inputs");
    expect(read(await use(client, "diff", { name: "text", from: "1", to: "2" }))).toMatchObject({
      from: { version: 1 },
      to: { version: 2 },
    });
  });

  it.for([
    ["compare", { name: "text", control: 1, candidate: 9 }, "'text' has no version 9"],
    ["compare", { name: "text", control: 1, candidate: 1 }, "candidate: "],
    ["deploy", { name: "text", version: 9 }, "Prompt not found: 'text' with version 9"],
    ["deploy", { name: "text" }, "version: "],
    ["deploy", { name: "text", version: 2, expectedVersion: 2 }, "somebody moved it"],
    ["deploy", { name: "text", version: 2, label: "latest" }, "latest moves with each new version"],
    ["rollback", { name: "text" }, "was on no version before"],
    ["list_versions", { name: "nobody" }, "Prompt not found: 'nobody'"],
    ["metrics", { name: "text", from: "yesterday" }, "from: "],
    [
      "metrics",
      { name: "text", from: "2026-11-02T00:00:00Z", to: "2026-11-01T00:00:00Z" },
      "from: ",
    ],
  ] as const)("%s of %j is an error that says why", async ([name, args, message], { expect }) => {
    const client = await connect((await project()).bearer);
    const result = await use(client, name, args);
    expect(result.isError).toBe(true);
    expect(result.content[0]?.text).toContain(message);
  });

  it("that release need the scope write", async ({ expect }) => {
    const { bearer } = await project();
    const made = await call("POST", "/api/public/keys", {
      authorization: bearer,
      body: { kind: "bearer", label: "reader", scopes: ["read"] },
    });
    const { abvKey } = made.json as { abvKey: string };
    const client = await connect(`Bearer ${abvKey}`);
    const result = await use(client, "deploy", { name: "text", version: 2 });
    expect(result).toMatchObject({ isError: true });
    expect(result.content[0]?.text).toContain("scope write");
    expect((await use(client, "list_versions", { name: "text" })).isError).toBeUndefined();
  });

  it("does not know others", async ({ expect }) => {
    const client = await connect((await project()).bearer);
    await expect(client.callTool({ name: "drop", arguments: {} })).rejects.toThrow("no tool drop");
  });
});

describe("POST /mcp", () => {
  const HEADERS = {
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
  };

  it("is stateless, refuses strangers and other methods, and says what is no JSON-RPC", async ({
    expect,
  }) => {
    const { bearer: authorization, publicBearer } = await project();
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const post = (body: unknown, who: string | undefined = authorization) =>
      call("POST", "/mcp", { authorization: who, body, headers: HEADERS });
    const answer = await post(list);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("mcp-session-id")).toBeNull();
    expect(answer.json).toMatchObject({ id: 1, result: { tools: expect.any(Array) as unknown[] } });
    expect((await call("POST", "/mcp", { body: list, headers: HEADERS })).status).toBe(401);
    expect((await post(list, publicBearer)).status).toBe(403);
    expect((await post("{no json")).status).toBe(400);
    expect((await post({ hello: "world" })).status).toBe(400);
    for (const method of ["GET", "DELETE"]) {
      const refused = await call(method, "/mcp", { authorization });
      expect(refused.status).toBe(405);
      expect(refused.headers.get("allow")).toBe("POST");
    }
  });

  it("shows nothing of another project", async ({ expect }) => {
    await project();
    const client = await connect((await freshProject()).bearer);
    expect((await client.listPrompts()).prompts).toEqual([]);
    expect((await use(client, "list_versions", { name: "text" })).isError).toBe(true);
  });
});
