import { beforeEach, describe, it } from "vitest";

import { changeSettings } from "../../../src/features/projects/index.ts";
import { freshProject } from "../../support/project.ts";
import { type Registry, registryOf } from "../../support/registry.ts";
import { at, create, type Fault, PROMPTS, say } from "./lab.ts";

const NAME = "team/greet";
const production = at(NAME, "/labels/production");

type Moved = { version: number | null; previousVersion: number | null; moved: boolean };
type Ledger = { data: { label: string; from: number | null; to: number | null; reason: string }[] };

const ledger = async (registry: Registry) =>
  (await say<Ledger>(registry, "GET", at(NAME, "/deployments"))).json.data.map(
    ({ label, from, to, reason }) => [label, from, to, reason],
  );

/** Versions 1 to 3 of a prompt, `production` on 1. */
async function filled(): Promise<Registry> {
  const registry = registryOf((await freshProject()).scope);
  await create(registry, { name: NAME, prompt: "one", labels: ["production"], commitMessage: "c" });
  await create(registry, { name: NAME, prompt: "two" });
  await create(registry, { name: NAME, prompt: "three" });
  return registry;
}

let registry: Registry;
beforeEach(async () => {
  registry = await filled();
});

describe("PUT /api/public/prompts/{name}/labels/{label}", () => {
  it("moves the label: fetch, ledger and ETag agree", async ({ expect }) => {
    const res = await say<Moved>(registry, "PUT", production, { version: 2, reason: "better" });
    expect(res.status).toBe(200);
    expect(res.json).toEqual({
      name: NAME,
      label: "production",
      version: 2,
      previousVersion: 1,
      moved: true,
    });
    expect(res.headers.get("etag")).toBe('"2"');
    await registry.settle();
    const fetched = await say(registry, "GET", `${PROMPTS}/team%2Fgreet`);
    expect(fetched.json).toMatchObject({ version: 2, prompt: "two" });
    expect(await ledger(registry)).toEqual([
      ["production", 1, 2, "better"],
      ["production", null, 1, "c"],
    ]);
  });

  it("writes nothing when the label is there already", async ({ expect }) => {
    const res = await say<Moved>(registry, "PUT", production, { version: 1 });
    expect(res.json).toMatchObject({ version: 1, previousVersion: 1, moved: false });
    expect(await ledger(registry)).toHaveLength(1);
  });

  it("makes a label that did not exist", async ({ expect }) => {
    const res = await say<Moved>(registry, "PUT", at(NAME, "/labels/canary"), { version: 3 });
    expect(res.json).toMatchObject({ version: 3, previousVersion: null, moved: true });
  });

  it.for([
    { how: "expectedVersion", body: { version: 2, expectedVersion: 3 }, headers: {} },
    { how: "expectedVersion null", body: { version: 2, expectedVersion: null }, headers: {} },
    { how: "If-Match", body: { version: 2 }, headers: { "if-match": '"3"' } },
    { how: "If-None-Match", body: { version: 2 }, headers: { "if-none-match": "*" } },
    {
      how: "one of two that contradict",
      body: { version: 2, expectedVersion: 1 },
      headers: { "if-match": '"2"' },
    },
  ])("409 when the label is not where $how says", async ({ body, headers }, { expect }) => {
    const res = await say<Fault>(registry, "PUT", production, body, headers);
    expect(res.status).toBe(409);
    expect(res.json.message).toContain("is on version 1, not");
    expect(await ledger(registry)).toHaveLength(1);
  });

  it.for([
    { how: "expectedVersion", body: { version: 2, expectedVersion: 1 }, headers: {} },
    { how: "If-Match", body: { version: 2 }, headers: { "if-match": '"1"' } },
    { how: "a list", body: { version: 2 }, headers: { "if-match": '"3", "1"' } },
    { how: "a weakened ETag", body: { version: 2 }, headers: { "if-match": 'W/"1"' } },
    { how: "any", body: { version: 2 }, headers: { "if-match": "*" } },
  ])("moves when the label is where $how says", async ({ body, headers }, { expect }) => {
    expect((await say(registry, "PUT", production, body, headers)).status).toBe(200);
  });

  it("lets exactly one of 20 who saw the same state move it", async ({ expect }) => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        say(registry, "PUT", production, { version: 2 + (i % 2), expectedVersion: 1 }),
      ),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(await ledger(registry)).toHaveLength(2);
  });

  it.for([
    {
      why: "an unknown prompt",
      path: at("nobody", "/labels/x"),
      body: { version: 1 },
      status: 404,
    },
    { why: "an unknown version", path: production, body: { version: 9 }, status: 404 },
    { why: "latest", path: at(NAME, "/labels/latest"), body: { version: 1 }, status: 400 },
    { why: "a bad label", path: at(NAME, "/labels/Prod"), body: { version: 1 }, status: 400 },
    { why: "no version", path: production, body: {}, status: 400 },
    { why: "version 0", path: production, body: { version: 0 }, status: 400 },
    {
      why: "a reason too long",
      path: production,
      body: { version: 2, reason: "x".repeat(501) },
      status: 400,
    },
  ])("refuses $why with $status", async ({ path, body, status }, { expect }) => {
    expect((await say(registry, "PUT", path, body)).status).toBe(status);
  });

  it("names the header that cannot be read", async ({ expect }) => {
    const headers = { "if-match": '"abc"' };
    const res = await say<Fault>(registry, "PUT", production, { version: 2 }, headers);
    expect(res.status).toBe(400);
    expect(res.json.issues[0]?.path).toBe("If-Match");
  });
});

describe("POST /api/public/prompts/{name}/labels/{label}/rollback", () => {
  const rollback = `${production}/rollback`;

  it("returns the label in one call without a body, and back again", async ({ expect }) => {
    await say(registry, "PUT", production, { version: 3 });
    const back = await say<Moved>(registry, "POST", rollback);
    expect(back.json).toMatchObject({ version: 1, previousVersion: 3, moved: true });
    const again = await say<Moved>(registry, "POST", rollback, { reason: "no, keep it" });
    expect(again.json).toMatchObject({ version: 3, previousVersion: 1 });
    expect((await ledger(registry)).slice(0, 2)).toEqual([
      ["production", 1, 3, "no, keep it"],
      ["production", 3, 1, "rolled back from version 3"],
    ]);
  });

  it("brings back a label that was removed", async ({ expect }) => {
    await say(registry, "DELETE", production);
    const back = await say<Moved>(registry, "POST", rollback);
    expect(back.json).toMatchObject({ version: 1, previousVersion: null });
  });

  it("does not undo what somebody else did meanwhile", async ({ expect }) => {
    await say(registry, "PUT", production, { version: 3 });
    const res = await say(registry, "POST", rollback, { expectedVersion: 2 });
    expect(res.status).toBe(409);
    expect((await say(registry, "POST", rollback, {}, { "if-match": '"3"' })).status).toBe(200);
  });

  it("is refused with 409 when there is nothing to go back to", async ({ expect }) => {
    const first = await say<Fault>(registry, "POST", rollback);
    expect(first.status).toBe(409);
    expect(first.json.message).toContain("was on no version before");
    await say(registry, "PUT", production, { version: 2 });
    await say(registry, "DELETE", `${PROMPTS}/team%2Fgreet?version=1`);
    const deleted = await say<Fault>(registry, "POST", rollback);
    expect(deleted.status).toBe(409);
    expect(deleted.json.message).toContain("version 1, which was deleted");
  });

  it("404 for a label that never was", async ({ expect }) => {
    expect((await say(registry, "POST", at(NAME, "/labels/none/rollback"))).status).toBe(404);
  });
});

describe("DELETE /api/public/prompts/{name}/labels/{label}", () => {
  it("takes the label away; a fetch by it is 404", async ({ expect }) => {
    const res = await say<Moved>(registry, "DELETE", `${production}?reason=off&expectedVersion=1`);
    expect(res.json).toMatchObject({ version: null, previousVersion: 1, moved: true });
    await registry.settle();
    expect((await say(registry, "GET", `${PROMPTS}/team%2Fgreet`)).status).toBe(404);
    expect((await ledger(registry))[0]).toEqual(["production", 1, null, "off"]);
    expect((await say(registry, "DELETE", production)).status).toBe(404);
  });

  it("409 when it was moved, 400 for latest", async ({ expect }) => {
    expect((await say(registry, "DELETE", `${production}?expectedVersion=2`)).status).toBe(409);
    expect((await say(registry, "DELETE", at(NAME, "/labels/latest"))).status).toBe(400);
  });
});

describe("GET labels", () => {
  it("says where each points, since when, and whether it is protected", async ({ expect }) => {
    await changeSettings(registry.scope, { protectedLabels: ["production"] });
    const { json } = await say(registry, "GET", at(NAME, "/labels"));
    const movedAt = "2026-11-20T12:00:00.000Z";
    expect(json).toEqual({
      data: [
        { name: NAME, label: "latest", version: 3, movedAt, protected: false },
        { name: NAME, label: "production", version: 1, movedAt, protected: true },
      ],
    });
    const one = await say(registry, "GET", production);
    expect(one.headers.get("etag")).toBe('"1"');
    expect((await say(registry, "GET", at(NAME, "/labels/none"))).status).toBe(404);
  });
});

describe("a protected label", () => {
  const writer = () => registry.with({ grants: ["scores", "read", "ingest", "write"] });
  beforeEach(async () => {
    await changeSettings(registry.scope, { protectedLabels: ["production", "eu"] });
  });

  const routes = [
    {
      route: "create",
      method: "POST",
      path: PROMPTS,
      body: { name: NAME, prompt: "four", labels: ["staging", "production"] },
    },
    {
      route: "PATCH newLabels",
      method: "PATCH",
      path: `${PROMPTS}/team%2Fgreet/versions/2`,
      body: { newLabels: ["production"] },
    },
    { route: "PUT label", method: "PUT", path: production, body: { version: 2 } },
    { route: "rollback", method: "POST", path: `${production}/rollback`, body: {} },
    { route: "DELETE label", method: "DELETE", path: production, body: undefined },
    {
      route: "delete version",
      method: "DELETE",
      path: `${PROMPTS}/team%2Fgreet?version=1`,
      body: undefined,
    },
    { route: "delete prompt", method: "DELETE", path: `${PROMPTS}/team%2Fgreet`, body: undefined },
  ];

  it.for(routes)("is moved by $route only with an admin key", async (route, { expect }) => {
    await say(registry, "PUT", production, { version: 3 });
    await say(registry, "PUT", production, { version: 1 });
    const before = await ledger(registry);
    const refused = await say<Fault>(writer(), route.method, route.path, route.body);
    expect(refused.status).toBe(403);
    expect(refused.json.message).toContain("label 'production' of 'team/greet' is protected");
    expect(refused.json.message).toContain("scope admin");
    expect(await ledger(registry)).toEqual(before);
    const allowed = await say(registry, route.method, route.path, route.body);
    expect(allowed.status).toBeLessThan(300);
  });

  it("leaves other labels, and versions without it, to every writer", async ({ expect }) => {
    const staging = at(NAME, "/labels/staging");
    expect((await say(writer(), "PUT", staging, { version: 2 })).status).toBe(200);
    expect((await say(writer(), "DELETE", `${PROMPTS}/team%2Fgreet?version=2`)).status).toBe(204);
    expect((await say(writer(), "PUT", production, { version: 1 })).status).toBe(200);
  });

  it("cannot be latest, nor anything that is no label", async ({ expect }) => {
    const { SettingsContract } = await import("../../../src/features/projects/contract.ts");
    const labels = SettingsContract.shape.protectedLabels;
    expect(labels.safeParse(["latest"]).success).toBe(false);
    expect(labels.safeParse(["Not A Label"]).success).toBe(false);
    expect(labels.parse(["eu", "eu"])).toEqual(["eu"]);
  });
});
