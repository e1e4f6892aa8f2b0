import { describe, it } from "vitest";

import { authenticate } from "../../../src/features/projects/index.ts";
import { projectEndpoints } from "../../../src/features/projects/routes.ts";
import { promptEndpoints } from "../../../src/features/prompts/routes.ts";
import { mount } from "../../../src/platform/http.ts";
import { testEnv } from "../../support/env.ts";
import { freshProject } from "../../support/project.ts";

type Entry = { id: string; actor: string; action: string; target: string; detail: object };
type Page = { data: Entry[]; nextCursor: string | null };

const app = mount([...projectEndpoints, ...promptEndpoints], authenticate);
const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };

type Said<T> = { status: number; json: T };

async function call<T>(
  key: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Said<T>> {
  const request = new Request(`http://promptside.test${path}`, {
    method,
    headers: { authorization: key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const res = await app.fetch(request, testEnv(), context);
  return { status: res.status, json: JSON.parse((await res.text()) || "null") as T };
}

/** A project in which something of every kind happened. */
async function busy() {
  const { basic } = await freshProject();
  const prompt = { name: "team/p", prompt: "x", labels: ["production"] };
  await call(basic, "POST", "/api/public/v2/prompts", prompt);
  await call(basic, "POST", "/api/public/v2/prompts", { ...prompt, labels: [] });
  const path = "/api/public/prompts/team%2Fp/labels/production";
  await call(basic, "PUT", path, { version: 2, reason: "better" });
  await call(basic, "DELETE", "/api/public/v2/prompts/team%2Fp?version=2");
  await call(basic, "PATCH", "/api/public/settings", { protectedLabels: ["production"] });
  const key = await call<{ id: string; secretKey: string; publicKey: string }>(
    basic,
    "POST",
    "/api/public/keys",
    { label: "ci", scopes: ["read", "write"] },
  );
  await call(basic, "DELETE", `/api/public/keys/${key.json.id}`);
  return { basic, key: key.json };
}

const audit = (key: string, query = "") => call<Page>(key, "GET", `/api/public/audit${query}`);

describe("GET /api/public/audit", () => {
  it("says who did what to keys, labels, versions, settings and the project, newest first", async ({
    expect,
  }) => {
    const { basic, key } = await busy();
    const { json } = await audit(basic);
    expect(
      json.data
        .map(({ action }) => action)
        .toReversed()
        .slice(0, 3),
    ).toContain("project.create");
    const told = json.data.map(({ action, target, detail }) => ({ action, target, detail }));
    expect(told).toContainEqual({
      action: "label.move",
      target: "team/p@production",
      detail: { prompt: "team/p", label: "production", from: 1, to: 2, reason: "better" },
    });
    expect(told).toContainEqual(
      expect.objectContaining({ action: "label.remove", target: "team/p@production" }),
    );
    expect(told).toContainEqual({
      action: "version.delete",
      target: "team/p",
      detail: { prompt: "team/p", versions: [2], left: 1 },
    });
    expect(told).toContainEqual(
      expect.objectContaining({
        action: "settings.change",
        detail: { protectedLabels: ["production"] },
      }),
    );
    expect(told).toContainEqual(expect.objectContaining({ action: "key.create", target: key.id }));
    expect(told).toContainEqual(expect.objectContaining({ action: "key.revoke", target: key.id }));
    const actors = new Set(
      json.data.filter(({ action }) => action !== "project.create").map(({ actor }) => actor),
    );
    expect([...actors]).toEqual([expect.stringMatching(/^key:key_/)]);
  });

  it("tells nothing twice, and nothing of latest", async ({ expect }) => {
    const { basic } = await busy();
    const { json } = await audit(basic, "?action=label");
    expect(json.data.map(({ action }) => action)).toEqual([
      "label.remove",
      "label.move",
      "label.move",
    ]);
  });

  it("pages by cursor, and by action", async ({ expect }) => {
    const { basic } = await busy();
    const all = (await audit(basic)).json.data.map(({ id }) => id);
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Page = (await audit(basic, `?limit=2${cursor && `&cursor=${cursor}`}`)).json;
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(all);
    const keys = (await audit(basic, "?action=key.create")).json.data;
    expect(keys.map(({ action }) => action)).toEqual(["key.create"]);
  });

  it("is read by admin keys of the project only, and holds no secret", async ({ expect }) => {
    const { basic } = await busy();
    const weak = await call<{ secretKey: string; publicKey: string }>(
      basic,
      "POST",
      "/api/public/keys",
      {
        scopes: ["read", "write"],
      },
    );
    const { publicKey, secretKey } = weak.json;
    const refused = await audit(`Basic ${btoa(`${publicKey}:${secretKey}`)}`);
    expect(refused.status).toBe(403);
    expect(JSON.stringify((await audit(basic)).json)).not.toContain(secretKey);
    const other = await freshProject();
    expect((await audit(other.basic)).json.data.map(({ action }) => action)).toEqual([
      "project.create",
    ]);
  });
});
