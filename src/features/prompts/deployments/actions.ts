import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import {
  type DeploymentCause,
  type DocumentRef,
  labelDocument,
  versionDocument,
} from "../model.ts";
import { type LoadedState, loadState } from "../store.ts";
import type { DeploymentImport, DeploymentPage, DeploymentQuery } from "./contract.ts";
import { type Fault, faultsOfHistory, historiesOf } from "./import.ts";
import { listDeployments, type Position, rewriteHistory } from "./store.ts";

const cursorOf = ({ at, seq }: Position): string => `${at}.${seq}`;

function positionOf(cursor: string): Position {
  const [, at, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (at === undefined || seq === undefined) {
    const issues = [{ path: "cursor", message: "is not one that this list gave" }];
    throw new Refusal("invalid_request", "query cursor: is not one that this list gave", {
      issues,
    });
  }
  return { at: Number(at), seq: Number(seq) };
}

function kindOf(cause: DeploymentCause | null): DeploymentPage["data"][number]["kind"] {
  if (!cause) return "move";
  return "split" in cause ? "split" : "dependency";
}

/** A page of a name's ledger. A deleted prompt keeps its ledger; a name never used has none. */
export async function readDeployments(
  scope: Scope,
  name: string,
  { label, kind, cursor, limit }: DeploymentQuery,
): Promise<DeploymentPage> {
  if (!(await loadState(scope, name))) {
    throw new Refusal("not_found", `Prompt not found: '${name}'`);
  }
  const after = cursor === undefined ? undefined : positionOf(cursor);
  const rows = await listDeployments(scope, name, { label, kind, after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map((row) => ({
      id: row.id,
      label: row.label,
      from: row.from,
      to: row.to,
      actor: { kind: row.actorKind, id: row.actorId },
      reason: row.reason,
      at: row.at.toISOString(),
      kind: kindOf(row.cause),
      cause: row.cause,
    })),
    nextCursor:
      last && rows.length > limit ? cursorOf({ at: last.at.getTime(), seq: last.seq }) : null,
  };
}

type States = ReadonlyMap<string, LoadedState | undefined>;

function faultsOf(body: DeploymentImport, states: States, now: Date): Fault[] {
  const faults: Fault[] = [];
  for (const history of historiesOf(body.deployments).values()) {
    const state = states.get(history[0]?.move.prompt ?? "")?.state;
    faults.push(...faultsOfHistory(history, state ?? { versions: [], labels: new Map() }, now));
  }
  for (const [index, { prompt, version, at }] of body.versions.entries()) {
    const path = `versions.${index}`;
    if (!states.get(prompt)?.state.versions.includes(version)) {
      faults.push({ path: `${path}.version`, message: `${prompt} has no version ${version}` });
    }
    if (at > now) faults.push({ path: `${path}.at`, message: "is in the future" });
  }
  return faults;
}

function documentsOf(body: DeploymentImport, states: States): DocumentRef[] {
  return body.versions.flatMap(({ prompt, version }) => {
    const labels = [...(states.get(prompt)?.state.labels ?? [])];
    return [
      versionDocument(prompt, version),
      ...labels
        .filter(([, target]) => target === version)
        .map(([label]) => labelDocument(prompt, label)),
    ];
  });
}

/** Rewrites the ledger of the labels named. @throws Refusal invalid_request naming each move that does not fit */
export async function importDeployments(scope: Scope, body: DeploymentImport): Promise<void> {
  const names = new Set([...body.deployments, ...body.versions].map(({ prompt }) => prompt));
  const states = new Map<string, LoadedState | undefined>();
  for (const name of names) states.set(name, await loadState(scope, name));
  const issues = faultsOf(body, states, scope.now);
  const [first] = issues;
  if (first) {
    throw new Refusal("invalid_request", `body ${first.path}: ${first.message}`, { issues });
  }
  await rewriteHistory(scope, body, documentsOf(body, states));
}
