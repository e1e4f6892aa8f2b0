import { problemOfAddress } from "../../../lib/address.ts";
import { newId } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { seal, unseal } from "../../../platform/seal.ts";
import type {
  CreatedDestination,
  CreateDestination,
  Destination,
  DestinationList,
  PatchDestination,
  RotateDestination,
} from "../contract.ts";
import type { Opened } from "../kinds/request.ts";
import { livingSecrets, type SecretRecord } from "../model.ts";
import { problemOfMail } from "../send/mail/actions.ts";
import { placeOf } from "./place.ts";
import {
  countDestinations,
  deleteDestinationRow,
  type DestinationRow,
  findDestination,
  insertDestination,
  selectDestinations,
  updateDestination,
} from "./store.ts";

/** Each event may become a delivery to each. */
const MAX_DESTINATIONS = 50;
/** More than one rotation within its overlap; what is older signs no more. */
const MAX_SECRETS = 5;
const SECRET_BYTES = 32;
const MS_PER_HOUR = 3_600_000;

const refused = (path: string, message: string): Refusal =>
  new Refusal("invalid_request", `body ${path}: ${message}`, { issues: [{ path, message }] });

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

const secretRecord = async (
  { env, now }: Scope,
  destination: string,
  secret: string,
): Promise<SecretRecord> => ({
  id: newId("sec", now),
  value: await seal(env, destination, secret),
  createdMs: now.getTime(),
  expiresMs: null,
});

/** Whether this server can and may send there. @throws Refusal invalid_request */
function checkPlace({ env }: Scope, path: string, url: string | null): void {
  const problem =
    url === null ? problemOfMail(env) : problemOfAddress(new URL(url), env.LOCAL === "1");
  if (problem !== undefined) throw refused(path, problem);
}

const iso = (ms: number): string => new Date(ms).toISOString();

export const viewOf = (row: DestinationRow, now: Date): Destination => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  address: row.address,
  filter: row.filter,
  status: row.status,
  statusReason: row.statusReason,
  failingSince: row.failingSince?.toISOString() ?? null,
  secrets: livingSecrets(row.secrets, now.getTime()).map(({ id, createdMs, expiresMs }) => ({
    id,
    createdAt: iso(createdMs),
    expiresAt: expiresMs === null ? null : iso(expiresMs),
  })),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

/**
 * @returns the destination, and a webhook's secret for the only time
 * @throws Refusal invalid_request for an address that is not public, conflict beyond 50
 */
export async function createDestination(
  scope: Scope,
  wanted: CreateDestination,
  id: string = newId("dst", scope.now),
): Promise<CreatedDestination> {
  const { env, now, tenant: project } = scope;
  const { address, url, field, credential } = placeOf(wanted);
  checkPlace(scope, field, url);
  if ((await countDestinations(scope)) >= MAX_DESTINATIONS) {
    throw new Refusal("conflict", `a project may have at most ${MAX_DESTINATIONS} destinations`);
  }
  const secret = wanted.kind === "webhook" ? (wanted.secret ?? newSecret()) : undefined;
  const row: DestinationRow = {
    project,
    id,
    name: wanted.name,
    kind: wanted.kind,
    address,
    credential: credential === null ? null : await seal(env, id, credential),
    secrets: secret === undefined ? [] : [await secretRecord(scope, id, secret)],
    filter: wanted.filter,
    status: "active",
    statusReason: null,
    failingSince: null,
    rev: 1,
    createdAt: now,
    updatedAt: now,
  };
  await insertDestination(scope, row);
  return { ...viewOf(row, now), ...(secret === undefined ? {} : { secret }) };
}

export async function listDestinations(
  scope: Scope,
  { cursor = "", limit }: { cursor?: string | undefined; limit: number },
): Promise<DestinationList> {
  const rows = await selectDestinations(scope, cursor, limit + 1);
  const page = rows.slice(0, limit);
  return {
    data: page.map((row) => viewOf(row, scope.now)),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** @throws Refusal not_found */
export async function loadDestination(scope: Scope, id: string): Promise<DestinationRow> {
  const row = await findDestination(scope, id);
  if (!row) throw new Refusal("not_found", `there is no destination ${id}`);
  return row;
}

/** @throws Refusal not_found */
export const readDestination = async (scope: Scope, id: string): Promise<Destination> =>
  viewOf(await loadDestination(scope, id), scope.now);

async function save(
  scope: Scope,
  row: DestinationRow,
  change: Parameters<typeof updateDestination>[2],
  action: string,
): Promise<void> {
  if (await updateDestination(scope, row, change, action)) return;
  throw new Refusal("conflict", `the destination ${row.id} was changed meanwhile; read it again`);
}

/** @throws Refusal not_found, conflict */
export async function changeDestination(
  scope: Scope,
  id: string,
  { name, filter, status }: PatchDestination,
): Promise<Destination> {
  const row = await loadDestination(scope, id);
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(filter === undefined ? {} : { filter }),
    // What made it fail before shall not disable it at its next failure.
    ...(status === undefined ? {} : { status, statusReason: null, failingSince: null }),
  };
  await save(scope, row, change, "destination.change");
  return viewOf({ ...row, ...change, updatedAt: scope.now }, scope.now);
}

/**
 * Gives a webhook a new secret; deliveries are signed with those before as well for the overlap.
 *
 * @returns the destination, and the new secret for the only time
 * @throws Refusal not_found, conflict, also when it is no webhook
 */
export async function rotateSecret(
  scope: Scope,
  id: string,
  { overlapHours, secret = newSecret() }: RotateDestination,
): Promise<CreatedDestination> {
  const row = await loadDestination(scope, id);
  if (row.kind !== "webhook") {
    throw new Refusal(
      "conflict",
      `${row.kind} has no signing secret; create it anew to change its`,
    );
  }
  const nowMs = scope.now.getTime();
  const untilMs = nowMs + overlapHours * MS_PER_HOUR;
  const older = livingSecrets(row.secrets, nowMs)
    .map((old) => ({ ...old, expiresMs: Math.min(old.expiresMs ?? untilMs, untilMs) }))
    .filter(({ expiresMs }) => expiresMs > nowMs);
  const secrets = [await secretRecord(scope, id, secret), ...older].slice(0, MAX_SECRETS);
  await save(scope, row, { secrets }, "destination.rotate");
  return { ...viewOf({ ...row, secrets, updatedAt: scope.now }, scope.now), secret };
}

/** What was delivered stays in the log. @throws Refusal not_found */
export const deleteDestination = async (scope: Scope, id: string): Promise<void> =>
  deleteDestinationRow(scope, await loadDestination(scope, id));

/** A destination with its secrets in clear; undefined when they were sealed with another key. */
export async function openDestination(
  { env, now }: Scope,
  kind: Opened["kind"],
  { id, address, credential, secrets }: DestinationRow,
): Promise<Opened | undefined> {
  const sealed = livingSecrets(secrets, now.getTime()).map(({ value }) => value);
  const [opened, ...signing] = await Promise.all(
    [credential, ...sealed].map(async (text) => (text === null ? "" : unseal(env, id, text))),
  );
  if (opened === undefined || signing.includes(undefined)) return undefined;
  return { kind, address, credential: opened, secrets: signing.filter((s) => s !== undefined) };
}
