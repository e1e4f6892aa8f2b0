import type { BatchItem } from "drizzle-orm/batch";

import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import type { Emission } from "../../notifications/contract.ts";
import { announce, emitting } from "../../notifications/index.ts";
import { findPrompt, newestDeployments, readDiff, rollBackLabel } from "../../prompts/index.ts";
import type { IncidentEvent } from "../model.ts";
import { takeoverAt } from "../regression/deployments.ts";
import type { Incident, IncidentDetail, IncidentQuery } from "./contract.ts";
import { emissionOf } from "./emission.ts";
import {
  findIncident,
  type IncidentRow,
  insertEvent,
  selectHistory,
  selectIncidents,
  updateIncident,
} from "./store.ts";
import { deploymentView, incidentView, type LedgerEntry, linksOf, rollbackOf } from "./view.ts";

const MAX_HISTORY = 500;
const MAX_MOVES = 500;
const EPOCH = new Date(0);
const MAX_REASON = 500;

async function requireIncident(scope: Scope, id: string): Promise<IncidentRow> {
  const row = await findIncident(scope, id);
  if (!row) throw new Refusal("not_found", `this project has no incident ${id}`);
  return row;
}

/** A page of incidents, newest first. */
export async function listIncidents(
  scope: Scope,
  { cursor, limit, ...filter }: IncidentQuery,
): Promise<{ data: Incident[]; nextCursor: string | null }> {
  const rows = await selectIncidents(scope, { ...filter, before: cursor, limit: limit + 1 });
  const page = rows.slice(0, limit);
  return {
    data: page.map(incidentView),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** What the ledger says of the label that an incident is about, oldest first. */
async function ledgerOf(scope: Scope, { prompt, label }: IncidentRow): Promise<LedgerEntry[]> {
  if (prompt === null || label === null) return [];
  const to = new Date(scope.now.getTime() + 1);
  return newestDeployments(scope, prompt, { from: EPOCH, to, label, limit: MAX_MOVES });
}

async function labelNow(scope: Scope, { prompt, label }: IncidentRow): Promise<number | null> {
  if (prompt === null || label === null) return null;
  const known = await findPrompt(scope, prompt);
  return known?.versions.find(({ labels }) => labels.includes(label))?.version ?? null;
}

/** The diff of two versions; null where one of them was deleted. */
async function diffOf(
  scope: Scope,
  prompt: string | null,
  [from, to]: [number | null, number | null],
): Promise<IncidentDetail["diff"]> {
  if (prompt === null || from === null || to === null) return null;
  try {
    return await readDiff(scope, prompt, { from: { version: from }, to: { version: to } });
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** An incident with what it rests on, what happened to it, and what can be done. */
export async function readIncident(scope: Scope, id: string): Promise<IncidentDetail> {
  const row = await requireIncident(scope, id);
  const [history, ledger, current] = await Promise.all([
    selectHistory(scope, id, MAX_HISTORY),
    ledgerOf(scope, row),
    labelNow(scope, row),
  ]);
  const move =
    row.deployment === null
      ? takeoverAt(ledger, row.openedAt.getTime())
      : ledger.find((one) => one.id === row.deployment);
  const deployed = ledger.find((one) => one.id === move?.id && one.to === row.version);
  const before = deployed?.from ?? row.evidence.findings[0]?.baseline?.version ?? null;
  return {
    ...incidentView(row),
    evidence: row.evidence,
    history: history.map(({ at, event, actorKind, actorId, text }) => ({
      at: at.toISOString(),
      event,
      actor: { kind: actorKind, id: actorId },
      text,
    })),
    deploymentDetail: deployed ? deploymentView(deployed) : null,
    diff: await diffOf(scope, row.prompt, [before, row.version]),
    rollback: rollbackOf(row, ledger, current),
    links: linksOf(row, before),
  };
}

type Said = { event: IncidentEvent; text: string | null };

async function write(
  scope: Scope,
  id: string,
  {
    said,
    change,
    emissions = [],
  }: {
    said: readonly Said[];
    change?: Partial<Omit<IncidentRow, "project" | "id">>;
    emissions?: readonly Emission[];
  },
): Promise<Incident> {
  const statements: BatchItem<"sqlite">[] = [
    ...(change ? [updateIncident(scope, id, change)] : []),
    ...said.map((one) => insertEvent(scope, id, one)),
    ...emitting(scope, emissions),
  ];
  const [first, ...rest] = statements;
  if (first) await scope.db.batch([first, ...rest]);
  if (emissions.length > 0) announce(scope);
  return incidentView(await requireIncident(scope, id));
}

function requireOpen({ id, state }: IncidentRow): void {
  if (state === "resolved") throw new Refusal("conflict", `incident ${id} is resolved already`);
}

/** Somebody knows: it is not told again. Repeating it is harmless. @throws Refusal conflict when it is resolved */
export async function acknowledge(
  scope: Scope,
  id: string,
  comment: string | null,
): Promise<Incident> {
  const row = await requireIncident(scope, id);
  requireOpen(row);
  if (row.state === "acknowledged") return incidentView(row);
  const at = scope.now.getTime();
  return write(scope, id, {
    said: [{ event: "acknowledged", text: comment }],
    change: { state: "acknowledged", acknowledgedAt: scope.now },
    emissions: row.muted ? [] : [emissionOf("acknowledged", row, { at })],
  });
}

const resolution = (scope: Scope, because: string) => ({
  state: "resolved" as const,
  resolvedAt: scope.now,
  resolution: because,
});

/** Ends an incident by hand. What is still beyond its limit opens another. Repeating it is harmless. */
export async function resolve(scope: Scope, id: string, comment: string | null): Promise<Incident> {
  const row = await requireIncident(scope, id);
  if (row.state === "resolved") return incidentView(row);
  const change = resolution(scope, comment ?? "resolved by hand");
  const told = { ...row, ...change, summary: `Resolved: ${change.resolution}` };
  return write(scope, id, {
    said: [{ event: "resolved", text: comment }],
    change,
    emissions: row.muted ? [] : [emissionOf("resolved", told, { at: scope.now.getTime() })],
  });
}

export async function comment(scope: Scope, id: string, text: string): Promise<Incident> {
  await requireIncident(scope, id);
  return write(scope, id, { said: [{ event: "commented", text }] });
}

/**
 * Returns the incident's label to where it was before its last move, and ends the incident. The
 * ledger names the incident.
 *
 * @throws Refusal conflict when the incident is about no label, or somebody moved it since
 */
export async function rollBack(
  scope: Scope,
  id: string,
  { reason, force }: { reason?: string | undefined; force: boolean },
) {
  const row = await requireIncident(scope, id);
  const { prompt, label, version } = row;
  if (prompt === null || label === null || version === null) {
    throw new Refusal(
      "conflict",
      `incident ${id} is not about a label: there is nothing to roll back`,
    );
  }
  const because = [...(reason ? [reason] : []), `incident ${id}`, row.summary].join(": ");
  const moved = await rollBackLabel(
    scope,
    { name: prompt, label },
    { reason: because.slice(0, MAX_REASON).toWellFormed(), expected: [[version]], force },
  );
  const did = `label '${label}' of '${prompt}' is back on v${moved.version ?? "?"}; it was on v${version}`;
  const change = resolution(scope, did);
  const told = { ...row, ...change, summary: `Rolled back: ${did}` };
  const isOpen = row.state !== "resolved";
  const incident = await write(scope, id, {
    said: [
      { event: "rolled_back", text: did },
      ...(isOpen ? [{ event: "resolved" as const, text: did }] : []),
    ],
    ...(isOpen ? { change } : {}),
    emissions:
      isOpen && !row.muted ? [emissionOf("resolved", told, { at: scope.now.getTime() })] : [],
  });
  return { did, label: moved, incident };
}
