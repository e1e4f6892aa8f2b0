import { createExecutionContext } from "cloudflare:test";
import { describe, it, vi } from "vitest";

import { authenticate, createProject } from "../../../src/features/projects/index.ts";
import { keyDocument } from "../../../src/features/projects/model.ts";
import { sha256Hex } from "../../../src/lib/hash.ts";
import type { Env } from "../../../src/platform/env.ts";
import { Refusal } from "../../../src/platform/errors.ts";
import type { HttpContext } from "../../../src/platform/http.ts";
import type { Access, Scope } from "../../../src/platform/scope.ts";
import { basic, bearer } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { freshProject } from "../../support/project.ts";

const ADMIN = "test-admin-token";

type Outcome = { scope: Scope } | { code: string; detail: string };

/** What authentication says to a header, with everything it deferred done. */
async function knock(
  authorization: string | undefined,
  access: Access,
  env: Env = testEnv(),
): Promise<Outcome> {
  const deferred: Promise<unknown>[] = [];
  const executionCtx = createExecutionContext();
  executionCtx.waitUntil = (work) => void deferred.push(work);
  const req = { header: () => authorization };
  try {
    const scope = await authenticate({ env, req, executionCtx } as unknown as HttpContext, access);
    return { scope };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, detail: error.message };
  } finally {
    await Promise.all(deferred);
  }
}

const codeOf = (outcome: Outcome): string => ("scope" in outcome ? "in" : outcome.code);

/** A binding whose every method throws, as one that is down. */
const down = (): never =>
  new Proxy(
    {},
    {
      get: () => () => {
        throw new Error("down");
      },
    },
  ) as never;

const without = (...bindings: ("DB" | "PROMPTS")[]): Env =>
  Object.assign({ ...testEnv() }, Object.fromEntries(bindings.map((name) => [name, down()])));

const FULL: Access[] = ["scores", "read", "ingest", "write", "admin"];

describe("authenticate", () => {
  it("lets a pair by Basic and an ABV key by Bearer do everything in their project", async ({
    expect,
  }) => {
    const project = await freshProject();
    for (const header of [project.basic, project.bearer]) {
      for (const access of FULL) {
        const outcome = await knock(header, access);
        expect(outcome).toMatchObject({
          scope: {
            projectId: project.scope.projectId,
            tenant: project.scope.tenant,
            actor: { kind: "key", id: expect.stringMatching(/^key_/) as string },
          },
        });
      }
    }
  });

  it("takes the secret key as Bearer too: keys are opaque", async ({ expect }) => {
    const { secretKey } = await freshProject();
    expect(codeOf(await knock(bearer(secretKey), "write"))).toBe("in");
  });

  it("lets the public key as Bearer create scores and nothing else (wire trap 1)", async ({
    expect,
  }) => {
    const { publicBearer } = await freshProject();
    const outcome = await knock(publicBearer, "scores");
    expect(outcome).toMatchObject({ scope: { grants: ["scores"] } });
    for (const access of FULL.slice(1)) {
      expect(await knock(publicBearer, access)).toEqual({
        code: "forbidden",
        detail: "a public key may only create scores; use the secret key",
      });
    }
  });

  it("does not take a public key as the password of Basic", async ({ expect }) => {
    const { publicKey } = await freshProject();
    expect(codeOf(await knock(basic(publicKey, publicKey), "scores"))).toBe("unauthenticated");
  });

  it("goes by the secret alone, and logs a public key that does not match, without keys", async ({
    expect,
  }) => {
    const { secretKey, scope } = await freshProject();
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const outcome = await knock(basic("pk-of-someone-else", secretKey), "read");
    const again = await knock(basic("pk-of-someone-else", secretKey), "read");
    const lines = log.mock.calls.flat().join("\n");
    log.mockRestore();
    expect(outcome).toMatchObject({ scope: { projectId: scope.projectId } });
    expect(codeOf(again)).toBe("in");
    expect(lines.match(/does not belong to the secret key/g)).toHaveLength(1);
    expect(lines).not.toContain(secretKey);
    expect(lines).not.toContain("pk-of-someone-else");
  });

  it("refuses missing, malformed and unknown credentials with 401", async ({ expect }) => {
    for (const header of [undefined, "Bearer nobody-has-this", basic("a", "b"), "Token x"]) {
      expect(codeOf(await knock(header, "read"))).toBe("unauthenticated");
    }
  });

  it("gives an open route a scope that reaches no project", async ({ expect }) => {
    const outcome = await knock(undefined, "open");
    expect(outcome).toMatchObject({ scope: { projectId: "", tenant: 0, grants: [] } });
  });

  it("asks for ADMIN_TOKEN where the deployment itself is meant", async ({ expect }) => {
    const { bearer: key } = await freshProject();
    expect(codeOf(await knock(bearer(ADMIN), "deployment"))).toBe("in");
    expect(codeOf(await knock(bearer(`${ADMIN}x`), "deployment"))).toBe("unauthenticated");
    expect(codeOf(await knock(key, "deployment"))).toBe("forbidden");
    expect(codeOf(await knock(basic("x", ADMIN), "deployment"))).toBe("unauthenticated");
    expect(codeOf(await knock(bearer(ADMIN), "read"))).toBe("unauthenticated");
  });

  it("lets nobody in as the deployment while ADMIN_TOKEN is empty", async ({ expect }) => {
    const env = { ...testEnv(), ADMIN_TOKEN: "" };
    expect(codeOf(await knock("Bearer x", "deployment", env))).toBe("unauthenticated");
  });
});

describe("authenticate while storage fails", () => {
  it("needs no D1 for a key that KV holds", async ({ expect }) => {
    const { basic, bearer, publicBearer } = await freshProject();
    const env = without("DB");
    expect(codeOf(await knock(basic, "write", env))).toBe("in");
    expect(codeOf(await knock(bearer, "ingest", env))).toBe("in");
    expect(codeOf(await knock(publicBearer, "scores", env))).toBe("in");
  });

  it("asks D1 while KV does not answer", async ({ expect }) => {
    const { basic } = await freshProject();
    expect(codeOf(await knock(basic, "read", without("PROMPTS")))).toBe("in");
  });

  it("says 503 and when to come back while neither answers, never that the key is wrong", async ({
    expect,
  }) => {
    const { basic } = await freshProject();
    expect(await knock(basic, "read", without("PROMPTS", "DB"))).toEqual({
      code: "unavailable",
      detail: "keys cannot be checked just now; try again",
    });
  });

  it("asks D1 for a record that KV lost, and puts it back", async ({ expect }) => {
    const { abvKey, bearer } = await freshProject();
    const document = keyDocument(await sha256Hex(abvKey));
    const { PROMPTS } = testEnv();
    const before = await PROMPTS.get(document);
    await PROMPTS.delete(document);
    expect(codeOf(await knock(bearer, "read"))).toBe("in");
    expect(before).not.toBeNull();
    expect(await PROMPTS.get(document)).toBe(before);
  });
});

describe("credentials at rest", () => {
  it("are in D1 and KV only as SHA-256", async ({ expect }) => {
    const { scope, secretKey, abvKey } = await freshProject();
    const { DB, PROMPTS } = testEnv();
    const { results } = await DB.prepare(
      "SELECT * FROM api_key k LEFT JOIN audit a ON a.project = k.project WHERE k.project = ?",
    )
      .bind(scope.tenant)
      .all();
    const stored = [JSON.stringify(results)];
    for (const key of [secretKey, abvKey]) {
      stored.push((await PROMPTS.get(keyDocument(await sha256Hex(key)))) ?? "");
    }
    expect(results.length).toBeGreaterThanOrEqual(3);
    for (const text of stored) {
      expect(text).not.toContain(secretKey);
      expect(text).not.toContain(abvKey);
    }
  });

  it("differ between projects of one name", async ({ expect }) => {
    const { scope } = await freshProject();
    const first = await createProject(scope, { name: "twin" });
    const second = await createProject(scope, { name: "twin" });
    expect(first.project.id).not.toBe(second.project.id);
    expect(first.secretKey).not.toBe(second.secretKey);
  });
});
