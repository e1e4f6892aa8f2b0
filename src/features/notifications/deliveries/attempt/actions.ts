import { now as clockNow } from "../../../../platform/clock.ts";
import { logEvent } from "../../../../platform/log.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { openDestination } from "../../destinations/actions.ts";
import { type DestinationRow, findDestination, healthRows } from "../../destinations/store.ts";
import { eventOf, fanOut } from "../../events/actions.ts";
import { insertEvents } from "../../events/store.ts";
import { emailOf } from "../../kinds/email.ts";
import type { Outgoing, Parcel } from "../../kinds/outgoing.ts";
import { type Opened, requestTo } from "../../kinds/request.ts";
import type { StoredEvent } from "../../model.ts";
import { type Fetcher, send, type Sent } from "../../send/actions.ts";
import { sendMail } from "../../send/mail/actions.ts";
import { type Health, healthAfter, type Outcome, settle } from "../decide.ts";
import { loggedError, loggedRequest, loggedResponse, spellings } from "../log.ts";
import {
  type AttemptRow,
  claim,
  type DeliveryRow,
  findEvent,
  finish,
  insertAttempt,
} from "../store.ts";
import { wake } from "../wake/actions.ts";

/** Longer than any attempt takes: a crash is followed by another attempt after it. */
const LEASE_MS = 60_000;

type Attempted = { outcome: Outcome; row: Omit<AttemptRow, "project"> };

/** What was sent, what came of it, and what the log must not show of both. */
type Exchange = { method: string; outgoing: Outgoing; sent: Sent; secrets: string[] };

async function post(
  scope: Scope,
  opened: Opened,
  { parcel, fetcher }: { parcel: Parcel; fetcher: Fetcher },
): Promise<Exchange> {
  const outgoing = requestTo(opened, parcel);
  const local = scope.env.LOCAL === "1";
  const sent = await send(outgoing, { local, fetcher, now: scope.now });
  const secrets = spellings([opened.credential, ...opened.secrets]);
  return { method: "POST", outgoing, sent, secrets };
}

async function mail({ env }: Scope, address: string, parcel: Parcel): Promise<Exchange> {
  const message = emailOf(parcel, address);
  const { to, subject, text, headers } = message;
  const outgoing = { url: `mailto:${to}`, headers, body: `${subject}\n\n${text}` };
  return { method: "MAIL", outgoing, sent: await sendMail(env, message), secrets: [] };
}

async function exchange(
  scope: Scope,
  destination: DestinationRow,
  parts: { parcel: Parcel; fetcher: Fetcher },
): Promise<Exchange | undefined> {
  const { kind, address } = destination;
  if (kind === "email") return mail(scope, address, parts.parcel);
  const opened = await openDestination(scope, kind, destination);
  return opened && post(scope, opened, parts);
}

function toldOf(
  { id, attempts: number }: DeliveryRow,
  { method, outgoing, sent, secrets }: Exchange,
  { at, durationMs }: { at: Date; durationMs: number },
): Attempted {
  const { outcome, answer, error } = sent;
  const row = {
    delivery: id,
    number,
    at,
    durationMs,
    request: loggedRequest({ method, ...outgoing }, secrets),
    response: answer && loggedResponse(answer, secrets),
    error: error === null ? null : loggedError(error, secrets),
  };
  return { outcome: { ...outcome, words: loggedError(outcome.words, secrets) }, row };
}

/** What the others are told when a destination is disabled, in the batch that disables it. */
function disablingRows(
  scope: Scope,
  { id, name }: DestinationRow,
  { projectId, reason }: { projectId: string; reason: string },
) {
  const data = { destinationId: id, destination: name, reason };
  return insertEvents(scope, [eventOf(scope, projectId, { type: "destination.disabled", data })]);
}

function consequences(
  scope: Scope,
  destination: DestinationRow,
  { health, projectId }: { health: Health | undefined; projectId: string },
) {
  if (!health) return [];
  const rows = healthRows(scope, destination, health);
  if (health.status !== "disabled") return rows;
  const reason = health.statusReason ?? "";
  logEvent("destination disabled", { destination: destination.id, reason });
  // After its status, so that it is not itself among those who listen.
  return [...rows, disablingRows(scope, destination, { projectId, reason })];
}

/** Why a claimed delivery is not sent at all; undefined when it is. */
function obstacleTo(
  destination: DestinationRow | undefined,
  event: StoredEvent | undefined,
): string | undefined {
  if (!destination) return "the destination was deleted";
  if (!event) return "the event was forgotten after its retention";
  const isTest = event.type === "destination.test";
  if (destination.status !== "active" && !isTest) return `the destination is ${destination.status}`;
  return undefined;
}

const SEALED: Outcome = {
  ok: false,
  words: "its secrets cannot be read: the deployment's SEALING_KEY or ADMIN_TOKEN was changed",
  isGone: false,
  retryAfterMs: null,
};

async function attempted(
  scope: Scope,
  delivery: DeliveryRow,
  parts: { destination: DestinationRow; event: StoredEvent; fetcher: Fetcher },
): Promise<Attempted> {
  const { destination, event, fetcher } = parts;
  const begun = clockNow().getTime();
  const parcel = { delivery: delivery.id, event, at: scope.now };
  const done = await exchange(scope, destination, { parcel, fetcher });
  const durationMs = clockNow().getTime() - begun;
  if (done) return toldOf(delivery, done, { at: scope.now, durationMs });
  const unsent = { durationMs: 0, request: null, response: null, error: SEALED.words };
  const row = { delivery: delivery.id, number: delivery.attempts, at: scope.now, ...unsent };
  return { outcome: SEALED, row };
}

/**
 * Attempts a delivery if it is due, and writes what came of it. Two at once, or one that is done,
 * do nothing.
 */
export async function attempt(scope: Scope, id: string, fetcher: Fetcher): Promise<void> {
  const delivery = await claim(scope, id, LEASE_MS);
  if (!delivery) return;
  const nowMs = scope.now.getTime();
  const [destination, event] = await Promise.all([
    findDestination(scope, delivery.destination),
    findEvent(scope, delivery.event),
  ]);
  const obstacle = obstacleTo(destination, event);
  if (obstacle !== undefined || !destination || !event) {
    const outcome = obstacle ?? null;
    await finish(scope, delivery, { state: "failed", dueAt: nowMs, outcome }, []);
    return;
  }
  const { outcome, row } = await attempted(scope, delivery, { destination, event, fetcher });
  const isTest = event.type === "destination.test";
  const { state, dueAtMs } = settle({ tries: delivery.tries, isTest }, outcome, nowMs);
  const health = healthAfter(destination, outcome, { isTest, now: scope.now });
  await finish(scope, delivery, { state, dueAt: dueAtMs, outcome: outcome.words }, [
    insertAttempt(scope, row),
    ...consequences(scope, destination, { health, projectId: event.projectId }),
  ]);
  if (health?.status === "disabled") await fanOut(scope);
  else if (state === "pending") {
    await wake(scope.env, scope.tenant, [id], Math.ceil((dueAtMs - nowMs) / 1000));
  }
}
