import type { BatchItem } from "drizzle-orm/batch";

import { newId } from "../../../lib/ids.ts";
import { logBug } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { projectIdOf } from "../../projects/index.ts";
import { wake } from "../deliveries/wake/actions.ts";
import { wants } from "../filter.ts";
import type { StoredEvent } from "../model.ts";
import { type Emission, EVENT_DATA } from "./contract.ts";
import {
  type EventRow,
  fanOutRows,
  insertEvents,
  type NewDelivery,
  selectActive,
  selectPending,
} from "./store.ts";
import { subjectOf } from "./subject.ts";

/** Events whose deliveries are written together. */
const EVENTS_PER_BATCH = 50;
const MAX_BATCHES = 20;

/** @throws z.ZodError when the data is not what the type promises: a bug of whoever emits it */
export const eventOf = (
  { now }: Pick<Scope, "now">,
  projectId: string,
  emission: Emission,
): StoredEvent => ({
  id: emission.id ?? newId("evt", now),
  projectId,
  type: emission.type,
  ...subjectOf(emission),
  data: EVENT_DATA[emission.type].parse(emission.data),
  at: now,
});

/**
 * The statements that say what happens, for the batch that makes it happen; call `announce` when
 * that is written. The scope must know its project's id.
 */
export const emitting = (scope: Scope, emissions: readonly Emission[]): BatchItem<"sqlite">[] =>
  emissions.length === 0
    ? []
    : [
        insertEvents(
          scope,
          emissions.map((emission) => eventOf(scope, scope.projectId, emission)),
        ),
      ];

/** Sends what was emitted, after the answer. What is lost on the way the next minute's job sends. */
export const announce = (scope: Scope): void => scope.defer(fanOut(scope).catch(logBug));

/** Says that something happened, where there is no batch to say it in, and sends it. */
export async function notify(scope: Scope, ...emissions: Emission[]): Promise<void> {
  const projectId = await projectIdOf(scope);
  const happened = emissions.map((emission) => eventOf(scope, projectId, emission));
  if (happened.length === 0) return;
  await scope.db.batch([insertEvents(scope, happened)]);
  await fanOut(scope);
}

type Listener = Awaited<ReturnType<typeof selectActive>>[number];

/** A destination is not told what happened before it was there. */
const listens = ({ filter, createdAt }: Listener, event: EventRow): boolean =>
  createdAt <= event.at && wants(filter, event);

/** Makes deliveries of the project's new events and queues them. Doing it twice makes none twice. */
export async function fanOut(scope: Scope): Promise<void> {
  for (let batch = 1, more = true; more && batch <= MAX_BATCHES; batch++) {
    const pending = await selectPending(scope, EVENTS_PER_BATCH);
    if (pending.length === 0) return;
    const listeners = await selectActive(scope);
    const wanted = pending.flatMap((event): NewDelivery[] =>
      listeners
        .filter((listener) => listens(listener, event))
        .map(({ id }) => ({ id: newId("dlv", scope.now), destination: id, event: event.id })),
    );
    await wake(scope.env, scope.tenant, await fanOutRows(scope, pending, wanted));
    more = pending.length === EVENTS_PER_BATCH;
  }
}
