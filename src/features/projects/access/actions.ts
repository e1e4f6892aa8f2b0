import { cloudflareAccess } from "@hono/cloudflare-access";

import type { Env } from "../../../platform/env.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { HttpContext } from "../../../platform/http.ts";
import { logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { grantsOf, withDefaults } from "../model.ts";
import type { SessionRow } from "../sessions/store.ts";
import { roleOfPerson } from "./people.ts";
import { selectProjectsOf } from "./store.ts";

/** Somebody whom Cloudflare Access has let through to this deployment. */
type Visitor = { email: string; expiresAt: Date };

/** A visitor in one project: as a session, but of no key. */
export type Guest = Omit<SessionRow, "hash" | "keyId" | "label" | "publicKey"> & { email: string };

const MS_PER_SECOND = 1000;
const RETRY_AFTER_SECONDS = 5;

/** Its checker keeps Cloudflare's public keys for an hour: one for each team and application. */
const checkers = new Map<string, ReturnType<typeof cloudflareAccess>>();

function checkerOf(team: string, audience: string): ReturnType<typeof cloudflareAccess> {
  const key = `${team} ${audience}`;
  const known = checkers.get(key);
  if (known) return known;
  const made = cloudflareAccess(team, audience);
  checkers.set(key, made);
  return made;
}

/** Both, or Access is not used: without an audience every application of the team would be let in. */
function configured({ ACCESS_TEAM, ACCESS_AUD }: Env): { team: string; audience: string } | null {
  return ACCESS_TEAM && ACCESS_AUD ? { team: ACCESS_TEAM, audience: ACCESS_AUD } : null;
}

const bringsToken = (c: HttpContext): boolean =>
  c.req.header("cf-access-jwt-assertion") !== undefined ||
  /(^|;\s*)CF_Authorization=/.test(c.req.header("cookie") ?? "");

/** @throws Refusal unavailable when Cloudflare does not tell its public keys */
async function isPassed(
  c: HttpContext,
  { team, audience }: { team: string; audience: string },
): Promise<boolean> {
  let passed = false;
  try {
    await checkerOf(team, audience)(c, () => Promise.resolve(void (passed = true)));
  } catch (error) {
    logEvent("Cloudflare Access could not be asked for its keys", { error: String(error) });
    throw new Refusal("unavailable", "Cloudflare Access cannot be reached; try again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  return passed;
}

/**
 * Who sent the request, by the token that Cloudflare Access put on it.
 *
 * @returns undefined where Access is not configured, there is no token, it does not hold, or it is
 *   of a machine
 */
async function readVisitor(c: HttpContext): Promise<Visitor | undefined> {
  const access = configured(c.env);
  if (!access || !bringsToken(c) || !(await isPassed(c, access))) return undefined;
  const { email, exp } = c.get("accessPayload" as never) as { email?: unknown; exp: number };
  if (typeof email !== "string" || !email.includes("@")) return undefined;
  return { email, expiresAt: new Date(exp * MS_PER_SECOND) };
}

/** The projects that know whoever sent the request. @param projectId the only one that is asked for */
export async function readGuests(
  scope: Scope,
  c: HttpContext,
  projectId?: string,
): Promise<Guest[]> {
  const visitor = await readVisitor(c);
  if (!visitor) return [];
  const rows = await selectProjectsOf(scope.db, visitor.email, projectId);
  return rows.flatMap((row) => {
    const role = roleOfPerson(withDefaults(row.settings).people, visitor.email);
    if (!role) return [];
    return {
      ...visitor,
      grants: [...grantsOf(role)],
      projectId: row.id,
      projectName: row.name,
      tenant: row.num,
    };
  });
}
