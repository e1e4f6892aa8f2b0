import { sha256Hex } from "../../../lib/hash.ts";
import { newId, randomBase32 } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import { logBug } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { seal } from "../../../platform/seal.ts";
import type { CreateSource, PatchSource, RotateSource, Source } from "./contract.ts";
import { BadMapping, parseExpression } from "./mapping/expression.ts";
import { AUTHS_OF, livingSecrets, type SecretRecord, type SourceAuth } from "./model.ts";
import { publishSource } from "./publish/actions.ts";
import {
  countSources,
  findSource,
  insertSource,
  selectSources,
  type SourceRow,
  updateSource,
} from "./store.ts";

/** Each costs a KV document and a row. */
const MAX_SOURCES = 100;
/** More than one rotation within its overlap; what is older is refused at once. */
const MAX_SECRETS = 5;
const SECRET_BYTES = 24;
const MS_PER_HOUR = 3_600_000;

function newSecret(auth: SourceAuth): string {
  if (auth === "token") return `hook-ps-${randomBase32(32)}`;
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** A token is compared by its hash; an HMAC secret has to be read again. */
async function secretRecord(
  { env, now }: Scope,
  { source, auth, secret }: { source: string; auth: SourceAuth; secret: string },
): Promise<SecretRecord> {
  const value = auth === "token" ? await sha256Hex(secret) : await seal(env, source, secret);
  return { id: newId("sec", now), value, createdMs: now.getTime(), expiresMs: null };
}

/** @throws Refusal invalid_request for a secret that claims to be base64 and is not */
function checkSecret(secret: string | undefined): void {
  if (!secret?.startsWith("whsec_")) return;
  if (/^[A-Za-z0-9+/]{16,}={0,2}$/.test(secret.slice("whsec_".length))) return;
  const message = "after whsec_ there must be base64";
  throw new Refusal("invalid_request", `body secret: ${message}`, {
    issues: [{ path: "secret", message }],
  });
}

/** @throws Refusal invalid_request for an expression that is none */
function checkMapping(mapping: string | undefined): void {
  if (mapping === undefined) return;
  try {
    parseExpression(mapping);
  } catch (error) {
    if (!(error instanceof BadMapping)) throw error;
    throw new Refusal("invalid_request", `body mapping: ${error.message}`, {
      issues: [{ path: "mapping", message: error.message }],
    });
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

const viewOf = (row: Omit<SourceRow, "rev" | "published">, now: Date): Source => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  auth: row.auth,
  mapping: row.mapping,
  path: `/api/public/hooks/${row.id}`,
  secrets: livingSecrets(row.secrets, now.getTime()).map(({ id, createdMs, expiresMs }) => ({
    id,
    createdAt: iso(createdMs),
    expiresAt: expiresMs === null ? null : iso(expiresMs),
  })),
  createdAt: row.createdAt.toISOString(),
});

/** KV soon, else the next minute's job; until then a delivery asks D1. */
const publishSoon = (scope: Scope, id: string): void =>
  scope.defer(publishSource(scope.env, scope.db, id).catch(logBug));

/** @returns the source, and its secret for the only time */
export async function createSource(
  scope: Scope,
  { name, kind, auth = AUTHS_OF[kind][0] ?? "token", mapping, secret: given }: CreateSource,
): Promise<Source & { secret: string }> {
  checkMapping(mapping);
  checkSecret(given);
  if ((await countSources(scope)) >= MAX_SOURCES) {
    throw new Refusal("conflict", `a project may have at most ${MAX_SOURCES} sources`);
  }
  const id = newId("src", scope.now);
  const secret = given ?? newSecret(auth);
  const secrets = [await secretRecord(scope, { source: id, auth, secret })];
  const row = { id, name, kind, auth, mapping: mapping ?? null, secrets };
  await insertSource(scope, row);
  publishSoon(scope, id);
  const { tenant: project, projectId, now: createdAt } = scope;
  return {
    ...viewOf({ ...row, project, projectId, createdAt, deletedAt: null }, createdAt),
    secret,
  };
}

export async function listSources(
  scope: Scope,
  { cursor = "", limit }: { cursor?: string | undefined; limit: number },
): Promise<{ data: Source[]; nextCursor: string | null }> {
  const rows = await selectSources(scope, cursor, limit + 1);
  const page = rows.slice(0, limit);
  return {
    data: page.map((row) => viewOf(row, scope.now)),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

async function loadSource(scope: Scope, id: string): Promise<SourceRow> {
  const row = await findSource(scope, id);
  if (!row) throw new Refusal("not_found", `there is no source ${id}`);
  return row;
}

/** @throws Refusal not_found */
export const readSource = async (scope: Scope, id: string): Promise<Source> =>
  viewOf(await loadSource(scope, id), scope.now);

async function save(
  scope: Scope,
  row: SourceRow,
  change: Parameters<typeof updateSource>[2],
  action: string,
): Promise<void> {
  if (!(await updateSource(scope, row, change, action))) {
    throw new Refusal("conflict", `the source ${row.id} was changed meanwhile; read it again`);
  }
  publishSoon(scope, row.id);
}

/** @throws Refusal not_found, conflict, invalid_request */
export async function changeSource(
  scope: Scope,
  id: string,
  { name, mapping }: PatchSource,
): Promise<Source> {
  const row = await loadSource(scope, id);
  if (mapping !== undefined && row.kind !== "mapped") {
    throw new Refusal("invalid_request", "body mapping: is only for sources of kind mapped", {
      issues: [{ path: "mapping", message: "is only for sources of kind mapped" }],
    });
  }
  checkMapping(mapping);
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(mapping === undefined ? {} : { mapping }),
  };
  await save(scope, row, change, "source.change");
  return viewOf({ ...row, ...change }, scope.now);
}

/**
 * Gives the source a new secret; those before go on being accepted for the overlap.
 *
 * @returns the source, and the new secret for the only time
 * @throws Refusal not_found, conflict, invalid_request
 */
export async function rotateSecret(
  scope: Scope,
  id: string,
  { overlapHours, secret: given }: RotateSource,
): Promise<Source & { secret: string }> {
  checkSecret(given);
  const row = await loadSource(scope, id);
  const nowMs = scope.now.getTime();
  const untilMs = nowMs + overlapHours * MS_PER_HOUR;
  const secret = given ?? newSecret(row.auth);
  const newest = await secretRecord(scope, { source: id, auth: row.auth, secret });
  const older = livingSecrets(row.secrets, nowMs)
    .map((old) => ({ ...old, expiresMs: Math.min(old.expiresMs ?? untilMs, untilMs) }))
    .filter(({ expiresMs }) => expiresMs > nowMs);
  const secrets = [newest, ...older].slice(0, MAX_SECRETS);
  await save(scope, row, { secrets }, "source.rotate");
  return { ...viewOf({ ...row, secrets }, scope.now), secret };
}

/** @throws Refusal not_found, conflict */
export async function deleteSource(scope: Scope, id: string): Promise<void> {
  const row = await loadSource(scope, id);
  await save(scope, row, { deletedAt: scope.now, secrets: [] }, "source.delete");
}
