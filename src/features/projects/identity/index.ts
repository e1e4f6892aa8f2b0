import { sha256Hex } from "../../../lib/hash.ts";
import { now } from "../../../platform/clock.ts";
import { openRegistry } from "../../../platform/db.ts";
import { type Env, shardsOf } from "../../../platform/env.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Authenticate, HttpContext } from "../../../platform/http.ts";
import { logBug, logEvent } from "../../../platform/log.ts";
import { memo } from "../../../platform/memo.ts";
import type { Access, Scope } from "../../../platform/scope.ts";
import type { Grant, KeyRecord, Project } from "../model.ts";
import { GRANTS } from "../model.ts";
import { findPass, type Pass } from "../sessions/actions.ts";
import { type Credential, readCredential } from "./credentials.ts";
import { type Caller, findKey } from "./store.ts";

/** One warning per key and minute is enough to find the mistyped setting. */
const warned = memo<true>(60_000, 100);

/** Digests of keys that were shown lately: working one out costs more than all else of a known key. */
const digests = memo<string>(60_000, 5_000);

/**
 * Finds out who calls: Basic by the secret's hash alone, Bearer by the key's.
 *
 * @throws Refusal unauthenticated for credentials that are missing, malformed, unknown or revoked,
 *   forbidden for a key that may not do this, unavailable when neither KV nor D1 can say
 */
export const authenticate: Authenticate = async (c, access) => {
  const scope = anonymousScope(c);
  if (access === "open") return scope;
  const header = c.req.header("authorization");
  if (header === undefined && access !== "deployment") {
    const pass = await findPass(scope, c);
    if (pass) return withPass(scope, pass, access);
  }
  const reading = readCredential(header);
  if ("problem" in reading) throw new Refusal("unauthenticated", reading.problem);
  if (access === "deployment") return asDeployment(scope, reading.credential);
  const record = await identify(scope, reading.credential);
  const grants: readonly Grant[] = record.kind === "public" ? ["scores"] : record.grants;
  if (!grants.includes(access)) throw new Refusal("forbidden", explain(record, access));
  const { projectId, tenant, keyId } = record;
  return { ...scope, projectId, tenant, grants, actor: { kind: "key", id: keyId } };
};

/** A browser may do what its key or its person may do now. */
function withPass(scope: Scope, pass: Pass, access: Access): Scope {
  if (!pass.grants.includes(access)) {
    const { kind, id } = pass.actor;
    throw new Refusal("forbidden", `the ${kind} ${id} lacks the scope ${access}`);
  }
  return { ...scope, ...pass };
}

function anonymousScope(c: HttpContext): Scope {
  const { env } = c;
  return {
    projectId: "",
    tenant: 0,
    grants: [],
    actor: { kind: "system", id: "anonymous" },
    db: openRegistry(env.DB),
    shards: shardsOf(env),
    env,
    now: now(),
    defer: (work) => c.executionCtx.waitUntil(work.catch(logBug)),
  };
}

type LivingKey = Extract<KeyRecord, { revoked: false }>;

async function digestOf(token: string, nowMs: number): Promise<string> {
  const known = digests.get(token, nowMs);
  if (known !== undefined) return known;
  const digest = await sha256Hex(token);
  digests.set(token, digest, nowMs);
  return digest;
}

async function identify(caller: Caller, credential: Credential): Promise<LivingKey> {
  const digest = await digestOf(credential.token, caller.now.getTime());
  const record = await findKey(caller, digest);
  if (!record || record.revoked) {
    throw new Refusal("unauthenticated", "the key is unknown or was revoked");
  }
  if (credential.publicKey === null) return record;
  if (record.kind === "public") {
    throw new Refusal("unauthenticated", "Basic needs the secret key as its password");
  }
  warnOfMismatch(record, credential.publicKey, caller.now.getTime());
  return record;
}

/** The secret decides; a wrong public key beside it is tolerated, as the SDKs' own server does. */
function warnOfMismatch(record: LivingKey, publicKey: string, nowMs: number): void {
  if (record.publicKey === publicKey || warned.get(record.keyId, nowMs)) return;
  warned.set(record.keyId, true, nowMs);
  logEvent("the public key does not belong to the secret key", {
    projectId: record.projectId,
    keyId: record.keyId,
  });
}

const explain = (record: LivingKey, access: Access): string =>
  record.kind === "public"
    ? "a public key may only create scores; use the secret key"
    : `the key ${record.keyId} lacks the scope ${access}`;

async function asDeployment(scope: Scope, { token, publicKey }: Credential): Promise<Scope> {
  if (publicKey === null && (await isAdminToken(scope.env, token))) {
    return { ...scope, actor: { kind: "system", id: "deployment" } };
  }
  const record = await findKey(scope, await sha256Hex(token));
  if (record && !record.revoked) {
    throw new Refusal("forbidden", "this needs the deployment's ADMIN_TOKEN, not a project's key");
  }
  throw new Refusal("unauthenticated", "this needs `Authorization: Bearer <ADMIN_TOKEN>`");
}

/** Compares hashes, whose lengths are equal and whose bytes say nothing, in constant time. */
async function isAdminToken(env: Env, token: string): Promise<boolean> {
  if (!env.ADMIN_TOKEN) return false;
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [given, wanted] = await Promise.all([digest(token), digest(env.ADMIN_TOKEN)]);
  return crypto.subtle.timingSafeEqual(given, wanted);
}

/** The scope in which cron works for a project: everything is allowed. */
export const systemScope = (
  env: Env,
  now: Date,
  project: Pick<Project, "projectId" | "tenant">,
): Scope => ({
  projectId: project.projectId,
  tenant: project.tenant,
  grants: GRANTS,
  actor: { kind: "system", id: "cron" },
  db: openRegistry(env.DB),
  shards: shardsOf(env),
  env,
  now,
  // Whoever needs the work done awaits it; cron finishes what is left behind.
  defer: (work) => void work.catch(logBug),
});

/**
 * The scope of a queue message, which names its project by number alone. Its `projectId` is empty:
 * what is keyed by it (KV documents) cannot be reached.
 */
export const scopeOfTenant = (env: Env, now: Date, tenant: number): Scope =>
  systemScope(env, now, { projectId: "", tenant });
