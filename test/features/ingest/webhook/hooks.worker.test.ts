import { createMessageBatch } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { describe, it } from "vitest";

import { consumeQueue } from "../../../../src/features/ingest/index.ts";
import { publishChanged } from "../../../../src/features/ingest/webhook/publish/actions.ts";
import { changeSettings } from "../../../../src/features/projects/index.ts";
import type { Env, IngestMessage } from "../../../../src/platform/env.ts";
import { type Answer, call, type CallOptions } from "../../../support/call.ts";
import { freshProject } from "../../../support/project.ts";
import { broken } from "../../../support/registry.ts";

const NOW = new Date();
const US = NOW.getTime() * 1000;

/** A project, its sources, and what of their deliveries ended in rows. */
async function lab() {
  const project = await freshProject(NOW);
  const queued: string[] = [];
  const env: Env = {
    ...project.scope.env,
    INGEST: {
      send: async ({ object }: IngestMessage) => void queued.push(object),
    } as unknown as Env["INGEST"],
  };
  const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, `/api/public/sources${path}`, { authorization: project.basic, body, env });
  const create = async (body: object): Promise<{ id: string; secret: string; path: string }> => {
    const answer = await admin("POST", "", { name: "ours", ...body });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.json as { id: string; secret: string; path: string };
  };
  const settle = async (): Promise<void> => {
    const messages = queued.splice(0).map((object, i) => ({
      id: String(i),
      timestamp: NOW,
      attempts: 9,
      body: { object },
    }));
    await consumeQueue(createMessageBatch<IngestMessage>("promptside-ingest", messages), env);
  };
  const rows = async (table: "obs" | "score" | "trace"): Promise<Record<string, unknown>[]> => {
    await settle();
    const parts = await Promise.all(
      project.scope.shards.map((shard) =>
        shard
          .prepare(`SELECT * FROM ${table} WHERE project = ?1 ORDER BY id`)
          .bind(project.scope.tenant)
          .all<Record<string, unknown>>(),
      ),
    );
    return parts
      .flatMap(({ results }) => results)
      .map((row) => ({ ...row, v: (JSON.parse(String(row["doc"])) as { v: unknown }).v }));
  };
  const send = (path: string, options: CallOptions, method = "POST"): Promise<Answer> =>
    call(method, path, { env, ...options });
  return { project, env, admin, create, rows, send };
}

const signed = (secret: string, id: string, body: string, at = new Date()) => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
  "webhook-signature": new Webhook(secret).sign(id, at, body),
});

const event = (over: object = {}) => ({
  type: "generation",
  timestamp: NOW.toISOString(),
  data: {
    id: "g1",
    traceId: "t1",
    startTime: new Date(NOW.getTime() - 1000).toISOString(),
    endTime: NOW.toISOString(),
    model: "gpt-4o",
    provider: "openai",
    usageDetails: { input: 1000, output: 10 },
    promptName: "greet",
    promptVersion: 3,
    ...over,
  },
});

describe("a standard source", () => {
  it("takes a signed event once", async ({ expect }) => {
    const { create, rows, send } = await lab();
    const { secret, path } = await create({ kind: "standard" });
    expect(secret).toMatch(/^whsec_/);
    const body = JSON.stringify(event());
    const headers = signed(secret, "msg_1", body);
    expect(await send(path, { body, headers })).toMatchObject({
      status: 200,
      json: { accepted: 1, errors: [] },
    });
    expect(await send(path, { body, headers })).toMatchObject({
      status: 409,
      json: { message: "webhook-id msg_1 was accepted before" },
    });
    expect(await rows("obs")).toMatchObject([
      { id: "g1", trace: "t1", prompt: "greet", version: 3, tin: 1000, cost_in: 2_500_000 },
    ]);
  });

  it("refuses what is not signed, signed for another body, or long ago", async ({ expect }) => {
    const { create, rows, send } = await lab();
    const { secret, path } = await create({ kind: "standard" });
    const body = JSON.stringify(event());
    const post = (headers: Record<string, string>, said = body) =>
      send(path, { body: said, headers });
    const long = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    for (const [headers, said] of [
      [{}, body],
      [signed(secret, "m", body), `${body} `],
      [{ ...signed(secret, "m", body), "webhook-id": "other" }, body],
      [signed(secret, "m", body, long(-6)), body],
      [signed(secret, "m", body, long(6)), body],
      [{ ...signed(secret, "m", body), "webhook-signature": "v1,AAAA" }, body],
      [signed(`whsec_${btoa("another secret of 24 b")}`, "m", body), body],
    ] as const) {
      expect((await post(headers, said)).status).toBe(401);
    }
    expect(await rows("obs")).toEqual([]);
  });

  it("keeps the good events and names the bad", async ({ expect }) => {
    const { create, rows, send } = await lab();
    const { secret, path, id } = await create({ kind: "standard" });
    const body = JSON.stringify({ events: [event(), { type: "nonsense", data: {} }, 7] });
    const answer = await send(path, { body, headers: signed(secret, "m2", body) });
    expect(answer.status).toBe(207);
    expect(answer.json).toEqual({
      accepted: 1,
      errors: [
        { id: `${id}:m2:1`, status: 400, message: "type: nonsense is not known" },
        { id: "", status: 400, message: "[2] the event must be an object" },
      ],
    });
    expect(await rows("obs")).toHaveLength(1);
    const none = JSON.stringify([{ type: "nonsense", data: {} }]);
    expect(await send(path, { body: none, headers: signed(secret, "m3", none) })).toMatchObject({
      status: 400,
      json: { title: "invalid_request" },
    });
  });

  it("takes signatures while D1 is down, and replays only then", async ({ expect }) => {
    const { create, env, send } = await lab();
    const { secret, path } = await create({ kind: "standard" });
    const down: Env = { ...env, DB: broken("D1") };
    const body = JSON.stringify(event());
    const headers = signed(secret, "m4", body);
    for (const _ of [1, 2]) {
      expect((await send(path, { body, headers, env: down })).status).toBe(200);
    }
    expect((await send(path, { body, headers, env })).status).toBe(200);
    expect((await send(path, { body, headers, env })).status).toBe(409);
  });
});

describe("while neither KV nor D1 answers", () => {
  it("a delivery is put off, not refused", async ({ expect }) => {
    const { create, env, send, project } = await lab();
    const { path, id, secret } = await create({ kind: "feedback" });
    await project.scope.env.PROMPTS.delete(`source/${id}`);
    const down: Env = { ...env, DB: broken("D1"), PROMPTS: broken("KV") };
    const body = { traceId: "t", name: "thumb", value: true };
    const authorization = `Bearer ${secret}`;
    const put = await send(path, { body, authorization, env: down });
    expect([put.status, put.headers.get("retry-after")]).toEqual([503, "5"]);
    expect((await send(path, { body, authorization })).status).toBe(200);
  });
});

describe("secrets", () => {
  it("are said once, kept sealed or hashed, and rotated with an overlap", async ({ expect }) => {
    const { project, admin, create, send } = await lab();
    const { secret: first, path, id } = await create({ kind: "standard" });
    const body = JSON.stringify(event());
    const status = async (secret: string, delivery: string) =>
      (await send(path, { body, headers: signed(secret, delivery, body) })).status;
    const rotated = await admin("POST", `/${id}/rotate`);
    const { secret: second, secrets } = rotated.json as { secret: string; secrets: unknown[] };
    expect(secrets).toHaveLength(2);
    expect([await status(first, "r1"), await status(second, "r2")]).toEqual([200, 200]);

    const third = (await admin("POST", `/${id}/rotate`, { overlapHours: 0 })).json as {
      secret: string;
    };
    expect(await status(third.secret, "r3")).toBe(200);
    expect([await status(first, "r4"), await status(second, "r5")]).toEqual([401, 401]);

    const { secret: token } = await create({ kind: "litellm" });
    const shown = [(await admin("GET", "")).text, (await admin("GET", `/${id}`)).text].join();
    const kept = await project.scope.env.DB.prepare("SELECT * FROM source WHERE project = ?1")
      .bind(project.scope.tenant)
      .all();
    const edge = await project.scope.env.PROMPTS.get(`source/${id}`);
    const audit = await call("GET", "/api/public/audit", { authorization: project.basic });
    for (const text of [shown, JSON.stringify(kept.results), edge ?? "", audit.text]) {
      for (const secret of [first, second, third.secret, token]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(secret.replace("whsec_", ""));
      }
    }
    expect(audit.text).toContain("source.rotate");
  });

  it("of the sender's choice are taken", async ({ expect }) => {
    const { create, admin, send } = await lab();
    const given = `whsec_${btoa("chosen by somebody else!")}`;
    const { secret, path } = await create({ kind: "standard", secret: given });
    expect(secret).toBe(given);
    const body = JSON.stringify(event());
    expect((await send(path, { body, headers: signed(given, "g", body) })).status).toBe(200);
    const bad = { name: "x", kind: "standard", secret: "whsec_not base64 at all" };
    expect(await admin("POST", "", bad)).toMatchObject({
      status: 400,
      json: { issues: [{ path: "secret" }] },
    });
  });
});

describe("sources", () => {
  it("are listed, renamed, and refused once deleted", async ({ expect }) => {
    const { admin, create, env, project, send } = await lab();
    const { id, path, secret } = await create({ kind: "litellm" });
    const named = await admin("PATCH", `/${id}`, { name: "gateway" });
    expect(named).toMatchObject({ status: 200, json: { id, name: "gateway", kind: "litellm" } });
    const second = await create({ kind: "feedback" });
    const page = (await admin("GET", "?limit=1")).json as { data: object[]; nextCursor: string };
    expect(page).toMatchObject({ data: [{ id, name: "gateway" }], nextCursor: id });
    expect((await admin("GET", `?cursor=${page.nextCursor}`)).json).toMatchObject({
      data: [{ id: second.id }],
      nextCursor: null,
    });
    const authorization = `Bearer ${secret}`;
    expect((await send(path, { body: [], authorization })).status).toBe(200);
    expect((await admin("DELETE", `/${id}`)).status).toBe(204);
    expect((await send(path, { body: [], authorization })).status).toBe(404);
    expect((await admin("GET", `/${id}`)).status).toBe(404);
    const stranger = await freshProject(NOW);
    const theirs = await call("GET", `/api/public/sources/${second.id}`, {
      authorization: stranger.basic,
    });
    expect(theirs.status).toBe(404);

    await project.scope.env.PROMPTS.delete(`source/${second.id}`);
    await project.scope.env.DB.prepare("UPDATE source SET published = 0 WHERE id = ?1")
      .bind(second.id)
      .run();
    await publishChanged(env, NOW);
    expect(await env.PROMPTS.get(`source/${second.id}`)).toContain(second.id);
    expect(await env.PROMPTS.get(`source/${id}`)).toBe('{"deleted":true}');
  });

  it("are refused when they contradict themselves", async ({ expect }) => {
    const { admin } = await lab();
    const refused = async (body: object) => {
      const { status, json } = await admin("POST", "", { name: "x", ...body });
      return [status, (json as { issues?: { path: string }[] }).issues?.[0]?.path];
    };
    expect(await refused({ kind: "mapped" })).toEqual([400, "mapping"]);
    expect(await refused({ kind: "standard", mapping: "@" })).toEqual([400, "mapping"]);
    expect(await refused({ kind: "litellm", auth: "signature" })).toEqual([400, "auth"]);
    expect(await refused({ kind: "mapped", mapping: "a[" })).toEqual([400, "mapping"]);
    expect(await refused({ kind: "carrier pigeon" })).toEqual([400, "kind"]);
  });
});

describe("a litellm source", () => {
  const payload = (over: object = {}) => ({
    id: "chatcmpl-1",
    trace_id: "lite-trace",
    call_type: "acompletion",
    stream: true,
    status: "success",
    startTime: NOW.getTime() / 1000 - 2,
    endTime: NOW.getTime() / 1000 - 1,
    completionStartTime: NOW.getTime() / 1000 - 1.5,
    model: "gpt-4o",
    custom_llm_provider: "openai",
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
    response_cost: 0.0042,
    cost_breakdown: { input_cost: 0.003, output_cost: 0.0012 },
    messages: [{ role: "user", content: "hi" }],
    response: {
      choices: [{ message: { role: "assistant", content: "hello" } }],
      usage: { prompt_tokens: 100, prompt_tokens_details: { cached_tokens: 40 } },
    },
    request_tags: ["beta"],
    end_user: "u-7",
    metadata: {
      user_api_key_hash: "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
      requester_metadata: { prompt_name: "greet", prompt_version: "v2", session_id: "s-1" },
    },
    ...over,
  });

  it("takes an array, lines and a single payload, of success and of failure", async ({
    expect,
  }) => {
    const { create, rows, send } = await lab();
    const { path, secret } = await create({ kind: "litellm" });
    const authorization = `Bearer ${secret}`;
    const failed = payload({
      id: "chatcmpl-2",
      status: "failure",
      response_cost: 0,
      cost_breakdown: null,
      response: null,
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
      error_str: "RateLimitError: slow down",
    });
    const third = payload({ id: "chatcmpl-3", stream: false, model: "openai/gpt-4o" });
    const fourth = payload({ id: "emb-1", call_type: "aembedding", response: {} });
    const lines = `${JSON.stringify(failed)}\n${JSON.stringify(third)}\n`;
    for (const [body, accepted] of [
      [[payload()], 2],
      [lines, 4],
      [fourth, 2],
    ] as const) {
      expect(await send(path, { body, authorization })).toMatchObject({
        status: 200,
        json: { accepted },
      });
    }
    const found = await rows("obs");
    const by = Object.fromEntries(found.map((row) => [row["id"], row]));
    expect(by["chatcmpl-1"]).toMatchObject({
      trace: "lite-trace",
      type: "GENERATION",
      prompt: "greet",
      version: 2,
      tin: 100,
      tout: 20,
      cost: 4_200_000,
      cost_in: 3_000_000,
      cost_out: 1_200_000,
      err: 0,
      v: { provider: "openai", usage: { input: 60, input_cached_tokens: 40, output: 20 } },
    });
    expect(Number(by["chatcmpl-1"]?.["first"]) - Number(by["chatcmpl-1"]?.["start"])).toBe(500_000);
    expect(by["chatcmpl-2"]).toMatchObject({
      err: 1,
      v: { statusMessage: "RateLimitError: slow down" },
    });
    expect(by["chatcmpl-3"]).toMatchObject({ first: null, model: "gpt-4o" });
    expect(JSON.stringify(found)).not.toContain("88dc28d0");
    expect(await rows("trace")).toMatchObject([
      // A parentless call that is no generation lives in its trace's row.
      { id: "lite-trace", session: "s-1", root_id: "emb-1", v: { userId: "u-7", tags: ["beta"] } },
    ]);
  });

  it("refuses a wrong token, and names a line that is no JSON", async ({ expect }) => {
    const { create, send } = await lab();
    const { path, secret } = await create({ kind: "litellm" });
    expect((await send(path, { body: [] })).status).toBe(401);
    expect((await send(path, { body: [], authorization: "Bearer hook-ps-wrong" })).status).toBe(
      401,
    );
    const body = `${JSON.stringify(payload())}\n{broken\n{"some": "JSON"}\n`;
    const headers = { "x-webhook-token": secret };
    expect(await send(path, { body, headers })).toMatchObject({
      status: 207,
      json: {
        accepted: 2,
        errors: [
          { id: expect.stringMatching(/:1$/), message: "body: must be an object" },
          {
            id: expect.stringMatching(/:2$/),
            message: "body.startTime: must be an ISO 8601 instant",
          },
        ],
      },
    });
    expect((await send(path, { body: [], headers }, "PUT")).status).toBe(405);
  });
});

describe("an openrouter source", () => {
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "openrouter" } }] },
        scopeSpans: [
          {
            scope: { name: "openrouter" },
            spans: [
              {
                traceId: "0af7651916cd43dd8448eb211c80319c",
                spanId: "b7ad6b7169203331",
                name: "chat",
                startTimeUnixNano: String(BigInt(US - 2_000_000) * 1000n),
                endTimeUnixNano: String(BigInt(US - 1_000_000) * 1000n),
                attributes: [
                  { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
                  { key: "gen_ai.request.model", value: { stringValue: "openai/gpt-4o" } },
                  { key: "gen_ai.usage.input_tokens", value: { intValue: "10" } },
                  { key: "gen_ai.usage.output_tokens", value: { intValue: "5" } },
                  { key: "trace.metadata.prompt_name", value: { stringValue: "greet" } },
                  { key: "trace.metadata.prompt_version", value: { intValue: 4 } },
                ],
              },
            ],
          },
        ],
      },
    ],
  };

  it("takes OTLP by POST and PUT, and answers its test", async ({ expect }) => {
    const { create, rows, send } = await lab();
    const { path, secret } = await create({ kind: "openrouter" });
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
    const probe = { ...headers, "x-test-connection": "true" };
    expect((await send(path, { body: {}, headers: probe })).status).toBe(200);
    expect((await send(path, { body: {}, headers: { "x-test-connection": "true" } })).status).toBe(
      401,
    );
    for (const method of ["POST", "PUT"]) {
      expect(await send(path, { body, headers }, method)).toMatchObject({
        status: 200,
        json: { accepted: 1, errors: [] },
      });
    }
    expect(await rows("obs")).toMatchObject([
      { id: "b7ad6b7169203331", prompt: "greet", version: 4, tin: 10, tout: 5 },
    ]);
    expect((await send(path, { body: { resourceSpans: 7 }, headers })).status).toBe(400);
  });
});

describe("a feedback source", () => {
  it("takes thumbs on traces and observations, and nothing but scores", async ({ expect }) => {
    const { create, rows, send } = await lab();
    const { path, secret } = await create({ kind: "feedback" });
    const authorization = `Bearer ${secret}`;
    const post = (body: unknown) => send(path, { body, authorization });
    const thumb = { traceId: "t1", name: "thumb", value: true };
    expect((await post(thumb)).json).toEqual({ accepted: 1, errors: [] });
    expect((await post(thumb)).status).toBe(200);
    expect((await post({ ...thumb, id: "mine", value: false })).status).toBe(200);
    expect((await post({ ...thumb, id: "mine", value: true, comment: "ok" })).status).toBe(200);
    expect((await post([{ observationId: "g9", name: "stars", value: 4 }])).status).toBe(200);
    const bad = await post({ traceId: "t1", value: 1 });
    expect(bad).toMatchObject({ status: 400, json: { title: "invalid_request" } });
    const scores = await rows("score");
    expect(scores.filter(({ name }) => name === "thumb")).toHaveLength(3);
    expect(scores.find(({ id }) => id === "mine")).toMatchObject({
      source: "API",
      type: "BOOLEAN",
      cat: "True",
      v: { comment: "ok" },
    });
    expect(scores.find(({ name }) => name === "stars")).toMatchObject({
      num: 4_000_000,
      obs: "g9",
    });
  });
});

describe("a mapped source", () => {
  const mapping =
    "runs[].{type: 'generation', data: {id: run_id, traceId: run_id, model: llm.name, " +
    "startTime: began, endTime: ended, usage: {input: llm.in, output: llm.out}, " +
    "promptName: prompt[0], promptVersion: prompt[1]}}";
  const body = {
    runs: [
      {
        run_id: "r1",
        began: new Date(NOW.getTime() - 3000).toISOString(),
        ended: NOW.toISOString(),
        llm: { name: "gpt-4o", in: 7, out: 3 },
        prompt: ["greet", "v5"],
      },
    ],
  };

  it("turns any JSON into our events", async ({ expect }) => {
    const { create, admin, rows, send } = await lab();
    const tried = await admin("POST", "/dry-run", { mapping, body });
    expect(tried.json).toMatchObject({
      accepted: 1,
      errors: [],
      events: [{ type: "generation-create", body: { id: "r1", promptVersion: "v5" } }],
    });
    expect(await rows("obs")).toEqual([]);
    const { path, secret } = await create({ kind: "mapped", mapping, auth: "token" });
    const authorization = `Bearer ${secret}`;
    expect((await send(path, { body, authorization })).status).toBe(200);
    expect(await rows("obs")).toMatchObject([
      { id: "r1", prompt: "greet", version: 5, tin: 7, tout: 3 },
    ]);
    expect((await send(path, { body: { other: 1 }, authorization })).json).toEqual({
      accepted: 0,
      errors: [],
    });
  });

  it("says what is wrong with the expression or the body, and takes no more than it may", async ({
    expect,
  }) => {
    const { create, admin, send } = await lab();
    expect(await admin("POST", "/dry-run", { mapping: "runs[", body })).toMatchObject({
      status: 400,
      json: { issues: [{ path: "mapping" }] },
    });
    const bomb = `[@,@]${" | [@,@]".repeat(40)} | to_string(@)`;
    expect((await admin("POST", "/dry-run", { mapping: bomb, body })).status).toBe(400);
    const { path, secret } = await create({ kind: "mapped", mapping, auth: "token" });
    const authorization = `Bearer ${secret}`;
    const huge = JSON.stringify({ runs: [], pad: "x".repeat(1_000_000) });
    expect((await send(path, { body: huge, authorization })).status).toBe(413);
    expect((await send(path, { body: "{nope", authorization })).status).toBe(400);
    const missing = { runs: [{ run_id: 7 }] };
    expect((await send(path, { body: missing, authorization })).status).toBe(400);
  });
});

describe("deliveries a minute", () => {
  const limited = async (settings: Parameters<typeof changeSettings>[1]) => {
    const own = await lab();
    await changeSettings(own.project.scope, settings);
    const source = await own.create({ kind: "feedback" });
    const deliver = (i: number, token = source.secret): Promise<Answer> =>
      own.send(source.path, {
        body: { traceId: `t${i}`, name: "thumb", value: 1 },
        headers: { authorization: `Bearer ${token}` },
      });
    return { ...own, source, deliver };
  };
  const limits = { eventsPerRequest: 100, readsPerMinute: null };

  it("are limited for each source as for a key: 503 and Retry-After beyond, nothing kept", async ({
    expect,
  }) => {
    const { deliver, rows, create, send } = await limited({
      limits: { ...limits, ingestPerMinute: 2 },
    });
    const strangers = await Promise.all([1, 2, 3].map((i) => deliver(i, "hook-ps-wrong")));
    expect(strangers.map(({ status }) => status)).toEqual([401, 401, 401]);
    const answers: Answer[] = [];
    for (let i = 0; i < 6; i++) answers.push(await deliver(i));
    expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([200, 200]);
    const refused = answers.filter(({ status }) => status !== 200);
    // A minute may end in between.
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const { status, headers, text } of refused) {
      expect(status).toBe(503);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      expect(text).toContain("may make 2 requests of ingestion a minute");
    }
    expect(await rows("score")).toHaveLength(6 - refused.length);
    // Each source has its own.
    const other = await create({ kind: "feedback" });
    const taken = await send(other.path, {
      body: { traceId: "t", name: "thumb", value: 1 },
      headers: { authorization: `Bearer ${other.secret}` },
    });
    expect(taken.status).toBe(200);
  });

  it("may be fewer for one source than for the project", async ({ expect }) => {
    const { deliver, source, project } = await limited({
      limits: { ...limits, ingestPerMinute: 50 },
    });
    await changeSettings(project.scope, { keys: { [source.id]: { ingestPerMinute: 1 } } });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await deliver(i)).status);
    expect(statuses[0]).toBe(200);
    expect(statuses).toContain(503);
  });
});
