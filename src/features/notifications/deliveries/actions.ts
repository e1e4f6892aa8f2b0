import { newId } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Scope } from "../../../platform/scope.ts";
import { projectIdOf } from "../../projects/index.ts";
import type { Delivery, DeliveryList, DeliveryQuery, DeliveryWithLog } from "../contract.ts";
import { loadDestination } from "../destinations/actions.ts";
import { findDestination } from "../destinations/store.ts";
import { eventOf } from "../events/actions.ts";
import { internet, type Fetcher } from "../send/actions.ts";
import { attempt } from "./attempt/actions.ts";
import {
  type AttemptRow,
  findDelivery,
  insertSingle,
  type Listed,
  reopen,
  selectAttempts,
  selectDeliveries,
} from "./store.ts";
import { wake } from "./wake/actions.ts";

const viewOf = ({ delivery, type, at }: Listed): Delivery => ({
  id: delivery.id,
  destinationId: delivery.destination,
  event: { id: delivery.event, type, timestamp: at.toISOString() },
  state: delivery.state,
  attempts: delivery.attempts,
  outcome: delivery.outcome,
  nextAttemptAt: delivery.state === "pending" ? new Date(delivery.dueAt).toISOString() : null,
  createdAt: delivery.createdAt.toISOString(),
  finishedAt: delivery.finishedAt?.toISOString() ?? null,
});

const logOf = ({ number, at, durationMs, request, response, error }: AttemptRow) => ({
  number,
  at: at.toISOString(),
  durationMs,
  request,
  response,
  error,
});

export async function listDeliveries(
  scope: Scope,
  { destination, state, cursor, limit }: DeliveryQuery,
): Promise<DeliveryList> {
  const rows = await selectDeliveries(scope, { destination, state, cursor, limit: limit + 1 });
  const page = rows.slice(0, limit);
  return {
    data: page.map(viewOf),
    nextCursor: rows.length > limit ? (page.at(-1)?.delivery.id ?? null) : null,
  };
}

async function loadDelivery(scope: Scope, id: string): Promise<Listed> {
  const found = await findDelivery(scope, id);
  if (!found) throw new Refusal("not_found", `there is no delivery ${id}`);
  return found;
}

/** @throws Refusal not_found */
export async function readDelivery(scope: Scope, id: string): Promise<DeliveryWithLog> {
  const found = await loadDelivery(scope, id);
  return { ...viewOf(found), log: (await selectAttempts(scope, id)).map(logOf) };
}

/**
 * Sends a delivery again, under its own id, so that a receiver which has it already can tell.
 *
 * @throws Refusal not_found, conflict when its destination is gone or not active
 */
export async function resend(scope: Scope, id: string): Promise<Delivery> {
  const { delivery } = await loadDelivery(scope, id);
  const destination = await findDestination(scope, delivery.destination);
  if (!destination) throw new Refusal("conflict", "the delivery's destination was deleted");
  if (destination.status !== "active") {
    throw new Refusal("conflict", `the destination is ${destination.status}; make it active first`);
  }
  await reopen(scope, id);
  await wake(scope.env, scope.tenant, [id]);
  return viewOf(await loadDelivery(scope, id));
}

/**
 * Sends a test at once, also to a destination that is not active, and tells what came of it. It is
 * tried once.
 *
 * @throws Refusal not_found
 */
export async function test(
  scope: Scope,
  destinationId: string,
  fetcher: Fetcher = internet,
): Promise<DeliveryWithLog> {
  const { name } = await loadDestination(scope, destinationId);
  const data = { destinationId, destination: name, actor: scope.actor };
  const event = eventOf(scope, await projectIdOf(scope), { type: "destination.test", data });
  const id = newId("dlv", scope.now);
  await insertSingle(scope, event, { id, destination: destinationId });
  await attempt(scope, id, fetcher);
  return readDelivery(scope, id);
}
