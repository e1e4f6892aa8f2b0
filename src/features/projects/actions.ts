import { sha256Hex } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Scope } from "../../platform/scope.ts";
import { renew } from "./edge/actions.ts";
import { askRenewal } from "./edge/store.ts";
import { newBearerKey, newPair } from "./identity/credentials.ts";
import { forgetKey } from "./identity/store.ts";
import {
  GRANTS,
  type Grant,
  keyDocument,
  type ScoreConfig,
  type Settings,
  settingsDocument,
  withDefaults,
} from "./model.ts";
import { forgetSettings } from "./settings/store.ts";
import {
  findProject,
  insertAudit,
  insertKey,
  insertProject,
  type KeyRow,
  type NewKey,
  patchSettingsRow,
  replaceScoreConfigsRow,
  revokeKeyRows,
  selectKey,
} from "./store.ts";

type Pair = { publicKey: string; secretKey: string };
type KeyTerms = { label: string; grants: Grant[] };

async function pairRows(id: string, pair: Pair, { label, grants }: KeyTerms): Promise<NewKey[]> {
  const { publicKey } = pair;
  const [publicHash, secretHash] = await Promise.all([
    sha256Hex(publicKey),
    sha256Hex(pair.secretKey),
  ]);
  return [
    { hash: secretHash, id, kind: "secret", publicKey, grants, label },
    { hash: publicHash, id, kind: "public", publicKey, grants: ["scores"], label },
  ];
}

async function bearerRow(id: string, key: string, { label, grants }: KeyTerms): Promise<NewKey> {
  return { hash: await sha256Hex(key), id, kind: "abv", publicKey: null, grants, label };
}

const storeKey = (scope: Scope, row: NewKey) =>
  [insertKey(scope, row), askRenewal(scope.db, keyDocument(row.hash))] as const;

/** Before a key is told to anyone: KV remembers for a while that a name was not there. */
async function publish({ env, db, now }: Scope, documents: string[]): Promise<void> {
  await Promise.all(documents.map((document) => renew(env, db, document, now)));
}

/**
 * Makes a project with a pair for Basic and one Bearer key, all with every scope.
 *
 * @param scope says when and who; its project is not looked at
 * @returns the keys in clear, for the only time
 */
export async function createProject(
  scope: Scope,
  { name }: { name: string },
): Promise<{ project: { id: string; name: string }; abvKey: string } & Pair> {
  const own: Scope = { ...scope, projectId: newId("prj", scope.now) };
  const terms: KeyTerms = { label: "", grants: [...GRANTS] };
  const pair = newPair();
  const abvKey = newBearerKey();
  const rows = [
    ...(await pairRows(newId("key", scope.now), pair, terms)),
    await bearerRow(newId("key", scope.now), abvKey, terms),
  ];
  const settings = settingsDocument(own.projectId);
  await scope.db.batch([
    insertProject(own, name),
    ...rows.flatMap((row) => storeKey(own, row)),
    askRenewal(scope.db, settings),
    insertAudit(own, { action: "project.create", target: own.projectId, detail: { name } }),
  ]);
  await publish(own, [settings, ...rows.map(({ hash }) => keyDocument(hash))]);
  return { project: { id: own.projectId, name }, ...pair, abvKey };
}

export type IssuedKey = { id: string; publicKey: string | null } & (
  | { secretKey: string }
  | { abvKey: string }
);

/** Issues one more key of the caller's project, in clear for the only time. */
export async function issueKey(
  scope: Scope,
  { kind, ...terms }: KeyTerms & { kind: "pair" | "bearer" },
): Promise<IssuedKey> {
  const id = newId("key", scope.now);
  const pair = newPair();
  const abvKey = newBearerKey();
  const rows =
    kind === "pair" ? await pairRows(id, pair, terms) : [await bearerRow(id, abvKey, terms)];
  const detail = { kind, label: terms.label, scopes: terms.grants };
  await scope.db.batch([
    insertAudit(scope, { action: "key.create", target: id, detail }),
    ...rows.flatMap((row) => storeKey(scope, row)),
  ]);
  await publish(
    scope,
    rows.map(({ hash }) => keyDocument(hash)),
  );
  return kind === "pair" ? { id, ...pair } : { id, publicKey: null, abvKey };
}

/**
 * Revokes a key, both halves of a pair. Repeating it is harmless.
 *
 * @throws Refusal not_found for a key that is not the project's, conflict for the last key that
 *   could administer the project
 */
export async function revokeKey(scope: Scope, id: string): Promise<Date> {
  const rows = await selectKey(scope, id);
  const [row] = rows;
  if (!row) throw new Refusal("not_found", `this project has no key ${id}`);
  if (row.revokedAt) return row.revokedAt;
  const documents = rows.map(({ hash }) => keyDocument(hash));
  const [revoked] = await scope.db.batch([
    revokeKeyRows(scope, id),
    ...documents.map((document) => askRenewal(scope.db, document)),
    insertAudit(scope, { action: "key.revoke", target: id, detail: {} }),
  ]);
  if (revoked.meta.changes === 0) return afterLostRevocation(scope, id);
  await publish(scope, documents);
  // Last: a request in between may have read the old record from KV.
  for (const { hash } of rows) forgetKey(hash);
  return scope.now;
}

/** Nothing was changed: somebody else revoked it meanwhile, or it is the last of its kind. */
async function afterLostRevocation(scope: Scope, id: string): Promise<Date> {
  const [row] = await selectKey(scope, id);
  if (row?.revokedAt) return row.revokedAt;
  throw new Refusal(
    "conflict",
    `${id} is the last key with the scope admin; create another one before revoking it`,
  );
}

type SettingsChange = { [Field in keyof Settings]?: Settings[Field] | undefined };

export async function currentSettings(scope: Scope): Promise<Settings> {
  const project = await findProject(scope);
  if (!project) throw new Refusal("not_found", "this project is gone");
  return project.settings;
}

/** Replaces the given fields and leaves the others. @returns all settings as they are now */
export async function changeSettings(scope: Scope, change: SettingsChange): Promise<Settings> {
  const document = settingsDocument(scope.projectId);
  const [rows] = await scope.db.batch([
    patchSettingsRow(scope, change),
    askRenewal(scope.db, document),
    insertAudit(scope, { action: "settings.change", target: scope.projectId, detail: change }),
  ]);
  await publish(scope, [document]);
  forgetSettings(scope.projectId);
  return withDefaults(rows[0]?.settings ?? {});
}

/** Attempts at a list that others change at the same time. */
const MAX_ATTEMPTS = 8;

/**
 * Changes the list of score configs as one step: two changes at the same moment both hold.
 *
 * @param change gives the new list, and may refuse
 * @returns what `change` wanted to tell
 */
export async function changeScoreConfigs<T>(
  scope: Scope,
  change: (configs: readonly ScoreConfig[]) => { configs: ScoreConfig[]; told: T; target: string },
): Promise<T> {
  const document = settingsDocument(scope.projectId);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { scoreConfigs } = await currentSettings(scope);
    const { configs, told, target } = change(scoreConfigs);
    const [rows] = await scope.db.batch([
      replaceScoreConfigsRow(scope, { from: scoreConfigs, to: configs }),
      // Renewing what did not change does no harm.
      askRenewal(scope.db, document),
    ]);
    if (rows.length === 0) continue;
    await insertAudit(scope, { action: "score-config.change", target, detail: {} });
    await publish(scope, [document]);
    forgetSettings(scope.projectId);
    return told;
  }
  throw new Refusal("conflict", "others are changing the score configs; try again");
}

/** A key as the API shows it: never the credential, nor its hash. */
export const shownKey = (row: KeyRow) => ({
  id: row.id,
  kind: row.publicKey === null ? ("bearer" as const) : ("pair" as const),
  publicKey: row.publicKey,
  label: row.label,
  scopes: row.grants,
  createdAt: row.createdAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
});
