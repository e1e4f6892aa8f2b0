import { gunzipSync, gzipSync } from "node:zlib";

import { newId } from "../../../lib/ids.ts";
import { Refusal } from "../../../platform/errors.ts";
import { logEvent } from "../../../platform/log.ts";
import type { Scope } from "../../../platform/scope.ts";
import { settingsOf } from "../../projects/index.ts";
import { rulesFor } from "../../projects/model.ts";
import { refusedKinds } from "../../scores/index.ts";
import type { Payload } from "../model.ts";
import { boundObservation, boundTrace } from "./bounds.ts";
import { maskAccepted } from "./mask.ts";
import { objectName, type PayloadRef, parsePayloadRef, payloadRef } from "./payload.ts";
import { MAX_PAYLOAD_LENGTH, withinSize } from "./size.ts";
import { type Accepted, layOut } from "./stored.ts";
import { type OutOfWindow, withinWindow } from "./window.ts";

const RETRY_AFTER_SECONDS = 5;

/** Half the time of the default for rows, at a tenth more bytes. */
const GZIP = { level: 1 } as const;

/**
 * Accepts a request: its validated rows and payloads become one R2 object, whose name is queued.
 * From here on nothing is lost: an object that the queue forgets is found by the sweep.
 *
 * @returns items outside the project's retention window, over 1 MB, beyond what masks can look through, or scores of too many kinds; all others are accepted
 * @throws Refusal unavailable when R2 refuses; nothing is accepted then
 */
export async function accept(scope: Scope, accepted: Accepted): Promise<OutOfWindow[]> {
  const settings = await settingsOf(scope);
  const { kept: inTime, rejected } = withinWindow(accepted, scope.now, settings.retentionDays);
  const { kept, rejected: unknown } = await ofKnownKinds(scope, inTime);
  // Masks come before anything is cut: one must see the whole of what it looks for.
  const { kept: masked, rejected: unmasked } = maskAccepted(kept, settings.masks);
  const { observations, traces, scores } = masked;
  const bounded = {
    observations: observations.map(boundObservation),
    traces: traces.map(boundTrace),
    scores,
  };
  const packed = packWithin(bounded, rulesFor(settings, scope.actor).capturePayloads);
  const refused = [...rejected, ...unknown, ...unmasked, ...packed.rejected];
  if (packed.isEmpty) return refused;
  const { members, rows } = packed;
  const rowsOffset = members.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const name = objectName(scope.now, newId("r", scope.now), scope.tenant, rowsOffset);
  let offset = 0;
  const refs = members.map(({ byteLength }) => {
    const ref = payloadRef(name, offset, byteLength);
    offset += byteLength;
    return ref;
  });
  members.push(gzipSync(JSON.stringify(rows(refs)), GZIP));

  try {
    await scope.env.PAYLOADS.put(name, new Blob(members));
  } catch (error) {
    logEvent("r2 refused an object", { name, reason: String(error) });
    throw new Refusal("unavailable", "storage is not accepting events now; send them again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  scope.defer(enqueue(scope, name));
  return refused;
}

/** Takes out scores of kinds that the project has no room for. */
async function ofKnownKinds(
  scope: Scope,
  accepted: Accepted,
): Promise<{ kept: Accepted; rejected: OutOfWindow[] }> {
  const { scores } = accepted;
  const { refused, message } = await refusedKinds(scope, scores);
  if (refused.size === 0) return { kept: accepted, rejected: [] };
  return {
    kept: { ...accepted, scores: scores.filter((score) => !refused.has(score)) },
    rejected: [...refused].map(({ id, clock }) => ({ id, clock, status: 400, message })),
  };
}

/** The members, each compressed before the next becomes text: a request may bring 20 MB of them. */
function packMembers(members: readonly Payload[]): { packed: Uint8Array[]; longest: number } {
  const packed: Uint8Array[] = [];
  let longest = 0;
  for (const member of members) {
    const text = JSON.stringify(member);
    longest = Math.max(longest, text.length);
    packed.push(gzipSync(text, GZIP));
  }
  return { packed, longest };
}

/** The request laid out, without what is too large for one event. Only a large member makes it look. */
function packWithin(accepted: Accepted, capture: boolean) {
  let kept = accepted;
  let rejected: OutOfWindow[] = [];
  let laid = layOut(kept, capture);
  let members = packMembers(laid.members);
  if (members.longest > MAX_PAYLOAD_LENGTH) {
    ({ kept, rejected } = withinSize(accepted));
    laid = layOut(kept, capture);
    members = packMembers(laid.members);
  }
  const isEmpty = kept.observations.length + kept.traces.length + kept.scores.length === 0;
  return { members: members.packed, rows: laid.rows, rejected, isEmpty };
}

/**
 * Nobody waits for the queue, and what it refuses is accepted all the same: the sweep finds every
 * object that is not in the rows after two minutes.
 */
async function enqueue({ env }: Scope, name: string): Promise<void> {
  try {
    await env.INGEST.send({ object: name });
  } catch (error) {
    logEvent("queue refused a name", { name, reason: String(error) });
  }
}

const GZIP_MAGIC = 0x1f;

/**
 * One stored payload. One that was erased, or whose object expired, is empty.
 *
 * @throws Error when the reference is not one of ours
 */
export async function readPayload(scope: Scope, ref: PayloadRef): Promise<Payload> {
  const place = parsePayloadRef(ref);
  if (!place) throw new Error(`not a payload reference: ${ref}`);
  const { object, offset, length } = place;
  const found = await scope.env.PAYLOADS.get(object, { range: { offset, length } });
  if (!found) return {};
  const bytes = new Uint8Array(await found.arrayBuffer());
  if (bytes[0] !== GZIP_MAGIC) return {};
  return JSON.parse(gunzipSync(bytes).toString("utf8")) as Payload;
}
