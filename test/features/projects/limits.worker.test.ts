import { describe, it } from "vitest";

import { call } from "../../support/call.ts";
import { broken } from "../../support/registry.ts";
import { ago, event, lab } from "../ingest/reads/lab.ts";

const OTLP = "/api/public/otel/v1/traces";
const EXPORT = { headers: { "content-type": "application/json" }, body: { resourceSpans: [] } };
/** What is not named has no limit of its own. */
const limits = (limits: object) => ({ limits });

/** A minute of its own: the count of a window begins anew. */
async function house(settings: object) {
  const made = await lab();
  const answer = await made.request("PATCH", "/api/public/settings", settings);
  if (answer.status !== 200) throw new Error(answer.text);
  return made;
}

describe("rate limits of a key", () => {
  it("answer reads beyond them with 429 and Retry-After, prompts never", async ({ expect }) => {
    const { request } = await house(limits({ readsPerMinute: 3 }));
    const read = () => request("GET", "/api/public/v2/scores");
    const answers = [];
    for (let i = 0; i < 8; i++) answers.push(await read());
    const refused = answers.filter(({ status }) => status !== 200);
    // A minute may end in between.
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const { status, headers, json } of refused) {
      expect(status).toBe(429);
      expect(json).toMatchObject({ error: "RateLimitError" });
      const seconds = Number(headers.get("retry-after"));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    expect((await request("GET", "/api/public/v2/prompts/none")).status).toBe(404);
    expect((await request("POST", "/api/public/ingestion", { batch: [] })).status).toBe(207);
  });

  it("answer ingestion with 503, which every exporter sends again", async ({ expect }) => {
    const { request, basic, env } = await house(limits({ ingestPerMinute: 2 }));
    const otlp = () => call("POST", OTLP, { authorization: basic, env, ...EXPORT });
    const batch = () => request("POST", "/api/public/ingestion", { batch: [] });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await otlp(), await batch());
    const refused = answers.filter(({ status }) => status >= 400);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const { status, headers } of refused) {
      expect(status).toBe(503);
      expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    }
    expect((await request("GET", "/api/public/v2/scores")).status).toBe(200);
  });

  it("can differ for one key, and do not touch another's", async ({ expect }) => {
    const { request, env, ...project } = await house({});
    const made = await request("POST", "/api/public/keys", { kind: "bearer" });
    const { id, abvKey } = made.json as { id: string; abvKey: string };
    await request("PATCH", "/api/public/settings", { keys: { [id]: { readsPerMinute: 1 } } });
    const read = (authorization: string) =>
      call("GET", "/api/public/v2/scores", { authorization, env });
    const theirs = [];
    for (let i = 0; i < 4; i++) theirs.push((await read(`Bearer ${abvKey}`)).status);
    expect(theirs).toContain(429);
    for (let i = 0; i < 4; i++) expect((await read(project.basic)).status).toBe(200);
  });

  it("do not refuse while nobody can say what they are", async ({ expect }) => {
    const { basic, env } = await lab();
    const down = { ...env, PROMPTS: broken("KV"), DB: broken("D1") };
    // The key is in memory; settings never were.
    await call("GET", "/api/public/health", { env });
    await call("GET", "/api/public/v2/prompts/x", { authorization: basic, env });
    const answer = await call("GET", "/api/public/sessions", { authorization: basic, env: down });
    expect(answer.status).toBe(200);
  });

  it("refuse settings that make no sense", async ({ expect }) => {
    const { request } = await lab();
    for (const body of [
      limits({ readsPerMinute: 0 }),
      limits({ ingestPerMinute: "many" }),
      { keys: { key_x: { capturePayloads: "no" } } },
      { keys: { key_x: { unknown: 1 } } },
      { masks: ["("] },
      { masks: ["(?=x)y"] },
      { masks: ["$.input["] },
    ]) {
      const answer = await request("PATCH", "/api/public/settings", body);
      expect(answer.status, JSON.stringify(body)).toBe(400);
    }
    expect(
      (await request("PATCH", "/api/public/settings", { masks: ["$..email", "\\d{16}"] })).status,
    ).toBe(200);
  });
});

describe("capture", () => {
  it("can be off for one key only", async ({ expect }) => {
    const { request, env, get, settle, ...project } = await lab();
    const made = await request("POST", "/api/public/keys", { kind: "bearer" });
    const { id, abvKey } = made.json as { id: string; abvKey: string };
    await request("PATCH", "/api/public/settings", { keys: { [id]: { capturePayloads: false } } });
    const send = (authorization: string, name: string) =>
      call("POST", "/api/public/ingestion", {
        authorization,
        body: {
          batch: [
            event("generation-create", {
              id: name,
              traceId: name,
              startTime: ago(10),
              input: `words of ${name}`,
              metadata: { k: 1 },
            }),
          ],
        },
        env,
      });
    await send(`Bearer ${abvKey}`, "silent");
    await send(project.basic, "said");
    await settle();
    const path = "/api/public/observations";
    expect(await get(`${path}/silent`)).toMatchObject({ input: null, metadata: {} });
    expect(await get(`${path}/said`)).toMatchObject({ input: "words of said", metadata: { k: 1 } });
    const { objects } = await env.PAYLOADS.list();
    const own = objects.filter(({ key }) => key.includes(`-${project.scope.tenant}-`));
    expect(own.filter(({ key }) => key.endsWith("-0"))).toHaveLength(1);
  });
});
