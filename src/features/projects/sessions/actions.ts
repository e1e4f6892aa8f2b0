import { sha256Hex } from "../../../lib/hash.ts";
import { randomBase32 } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { HttpContext } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import { type Guest, readGuests } from "../access/actions.ts";
import type { Session } from "../contract.ts";
import { roleOf } from "../model.ts";
import { findKeyByHash, findProject, insertAudit } from "../store.ts";
import {
  endedCookie,
  isOwnOrigin,
  SESSION_SECONDS,
  sessionCookie,
  sessionTokens,
} from "./cookie.ts";
import { deleteSession, insertSession, selectSessions, type SessionRow } from "./store.ts";

const urlOf = (c: HttpContext): URL => new URL(c.req.url);
function tokensOf(c: HttpContext): Map<string, string> {
  const cookies = c.req.header("cookie");
  return cookies === undefined ? new Map() : sessionTokens(urlOf(c), cookies);
}

/** The project that the request is about, where its browser is signed in to several. */
const PROJECT_HEADER = "promptside-project";

/**
 * A request that may change something must come from the dashboard itself: the browser adds its
 * cookies to requests of any page.
 *
 * @throws Refusal forbidden for one that another page sent
 */
function requireOwnOrigin(c: HttpContext): void {
  if (isOwnOrigin(c.req.method, urlOf(c), c.req.header("origin"))) return;
  throw new Refusal("forbidden", "a session may only be used by this deployment's own pages");
}

const shownSession = (row: SessionRow): Session => ({
  project: { id: row.projectId, name: row.projectName },
  scopes: row.grants,
  role: roleOf(row.grants),
  who: row.label || row.publicKey || row.keyId,
  via: "key",
  expiresAt: row.expiresAt.toISOString(),
});

/** What the request's cookies are worth now, by project. */
async function sessionsOf(scope: Scope, c: HttpContext): Promise<SessionRow[]> {
  const tokens = tokensOf(c);
  if (tokens.size === 0) return [];
  const hashes = await Promise.all([...tokens.values()].map(sha256Hex));
  const rows = await selectSessions(scope.db, hashes, scope.now);
  const owners = new Map([...tokens.keys()].map((projectId, place) => [hashes[place], projectId]));
  // A cookie is worth nothing under the name of another project.
  return rows.filter(({ hash, projectId }) => owners.get(hash) === projectId);
}

const shownGuest = (guest: Guest): Session => ({
  project: { id: guest.projectId, name: guest.projectName },
  scopes: guest.grants,
  role: roleOf(guest.grants),
  who: guest.email,
  via: "access",
  expiresAt: guest.expiresAt.toISOString(),
});

/** Every project that this browser is signed in to: by a key, which goes first, or through Access. */
export async function readSessions(scope: Scope, c: HttpContext): Promise<Session[]> {
  const [sessions, guests] = await Promise.all([sessionsOf(scope, c), readGuests(scope, c)]);
  const shown = [...guests.map(shownGuest), ...sessions.map(shownSession)];
  const byProject = new Map(shown.map((session) => [session.project.id, session]));
  return [...byProject.values()].sort((a, b) => a.project.name.localeCompare(b.project.name));
}

/** Whom a request without credentials comes from, and what they may do in which project. */
export type Pass = Pick<Scope, "projectId" | "tenant" | "grants" | "actor">;

const passOfSession = ({ projectId, tenant, grants, keyId }: SessionRow): Pass => ({
  projectId,
  tenant,
  grants,
  actor: { kind: "key", id: keyId },
});

const passOfGuest = ({ projectId, tenant, grants, email }: Guest): Pass => ({
  projectId,
  tenant,
  grants,
  actor: { kind: "person", id: email },
});

/** A plain link cannot set the header; who can mean one project only needs none. */
const only = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined);

/**
 * Whom a request without credentials acts as: the session of its browser, else the person whom
 * Cloudflare Access let through.
 *
 * @returns undefined where the browser is signed in to nothing that fits
 * @throws Refusal forbidden when another page sent the request
 */
export async function findPass(scope: Scope, c: HttpContext): Promise<Pass | undefined> {
  const wanted = c.req.header(PROJECT_HEADER);
  const rows = await sessionsOf(scope, c);
  const session = wanted === undefined ? only(rows) : rows.find((row) => row.projectId === wanted);
  const guest = session ? undefined : only(await readGuests(scope, c, wanted));
  if (!session && !guest) return undefined;
  requireOwnOrigin(c);
  return session ? passOfSession(session) : guest && passOfGuest(guest);
}

/**
 * Turns a project's key into a session of this browser.
 *
 * @returns what the session may do, and the cookie that stands for it
 * @throws Refusal unauthenticated for a key that nobody has, forbidden for one that may not read
 */
export async function signIn(
  scope: Scope,
  c: HttpContext,
  secretKey: string,
): Promise<{ session: Session; cookie: string }> {
  if (c.req.header("origin") !== undefined) requireOwnOrigin(c);
  const found = await findKeyByHash(scope.db, await sha256Hex(secretKey.trim()));
  if (!found || found.key.revokedAt) {
    throw new Refusal("unauthenticated", "the key is unknown or was revoked");
  }
  if (found.key.kind === "public") {
    throw new Refusal("unauthenticated", "this is a public key; sign in with the secret key");
  }
  if (!found.key.grants.includes("read")) {
    throw new Refusal("forbidden", `the key ${found.key.id} lacks the scope read`);
  }
  const { key, projectId } = found;
  const own: Scope = {
    ...scope,
    projectId,
    tenant: key.project,
    actor: { kind: "key", id: key.id },
  };
  const token = `ses-${randomBase32(32)}`;
  const hash = await sha256Hex(token);
  const expiresAt = new Date(scope.now.getTime() + SESSION_SECONDS * 1000);
  await scope.db.batch([
    insertSession(scope.db, {
      hash,
      project: key.project,
      keyId: key.id,
      createdAt: scope.now,
      expiresAt,
    }),
    insertAudit(own, { action: "session.start", target: key.id, detail: {} }),
  ]);
  const project = await findProject(own);
  const session = shownSession({
    ...key,
    hash,
    expiresAt,
    keyId: key.id,
    projectId,
    projectName: project?.name ?? "",
    tenant: key.project,
  });
  return { session, cookie: sessionCookie(urlOf(c), projectId, token) };
}

/**
 * Ends this browser's session for the scope's project.
 *
 * @returns the cookie that makes the browser forget it
 * @throws Refusal not_found when the request has no session
 */
export async function signOut(scope: Scope, c: HttpContext): Promise<string> {
  const token = tokensOf(c).get(scope.projectId);
  if (token === undefined) throw new Refusal("not_found", "this request has no session to end");
  await deleteSession(scope.db, await sha256Hex(token));
  return endedCookie(urlOf(c), scope.projectId);
}
