import { timingSafeEqual } from "node:crypto";

import type { JSONValue } from "@jmespath-community/jmespath";

import { sha256Hex } from "../../../../lib/hash.ts";
import { Refusal } from "../../../../platform/errors.ts";
import { logEvent } from "../../../../platform/log.ts";
import type { Scope } from "../../../../platform/scope.ts";
import { unseal } from "../../../../platform/seal.ts";
import { admitDelivery, settingsOf } from "../../../projects/index.ts";
import { ingestBatch } from "../../batch/actions.ts";
import { mapBatch } from "../../batch/map.ts";
import { accept } from "../../index.ts";
import { readJsonExport } from "../../otlp/json.ts";
import { mapSpans } from "../../otlp/map.ts";
import { MalformedExport, TooManySpans } from "../../otlp/spans.ts";
import type { DryRunAnswer, HookAnswer } from "../contract.ts";
import { feedbackEvents } from "../kinds/feedback.ts";
import { litellmEvents, payloadsOf } from "../kinds/litellm.ts";
import { standardEvents } from "../kinds/standard.ts";
import { BadMapping, evaluate } from "../mapping/expression.ts";
import { livingSecrets, type LivingSource } from "../model.ts";
import { sourceRecord } from "../publish/actions.ts";
import { findDelivery, insertDelivery } from "../store.ts";
import { type SignedHeaders, verify } from "../verify.ts";

/** Characters of a body that a mapping looks at. */
const MAX_MAPPED = 1_000_000;

/** A delivery as it came. */
export type Delivery = {
  body: string;
  token: string | undefined;
  signed: Partial<SignedHeaders>;
  /** The sender only tries whether the address works. */
  isTest: boolean;
  isPut: boolean;
};

const unauthenticated = (problem: string): Refusal => new Refusal("unauthenticated", problem);

async function checkToken(source: LivingSource, token: string | undefined, nowMs: number) {
  if (!token) {
    throw unauthenticated("send the source's token as `Authorization: Bearer` or X-Webhook-Token");
  }
  const hash = new TextEncoder().encode(await sha256Hex(token));
  const isKnown = livingSecrets(source.secrets, nowMs).some(({ value }) =>
    timingSafeEqual(hash, new TextEncoder().encode(value)),
  );
  if (!isKnown) throw unauthenticated("the token is not the source's");
}

async function checkSignature(scope: Scope, source: LivingSource, delivery: Delivery) {
  const nowMs = scope.now.getTime();
  const sealed = livingSecrets(source.secrets, nowMs);
  const opened = await Promise.all(sealed.map(({ value }) => unseal(scope.env, source.id, value)));
  const secrets = opened.filter((secret) => secret !== undefined);
  if (secrets.length < sealed.length) {
    logEvent("secrets of a source cannot be unsealed; rotate them", { source: source.id });
  }
  const verdict = verify(secrets, delivery.body, { headers: delivery.signed, nowMs });
  if (!verdict.ok) throw unauthenticated(verdict.problem);
}

/** Whether this signed delivery was accepted before. While D1 is down nobody knows: ids make that harmless. */
async function isReplay({ db }: Scope, source: string, id: string): Promise<boolean> {
  try {
    return (await findDelivery(db, source, id)) !== undefined;
  } catch (error) {
    logEvent("D1 did not answer for a delivery", { source, error: String(error) });
    return false;
  }
}

async function remember({ db, now }: Scope, source: string, id: string): Promise<void> {
  try {
    await insertDelivery(db, source, id, now);
  } catch (error) {
    logEvent("D1 did not take a delivery's id", { source, error: String(error) });
  }
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Refusal("invalid_request", "the body is not valid JSON");
  }
}

/** @throws Refusal invalid_request when the expression fails, too_large for a body it may not see */
function mappedBody(mapping: string, body: unknown): unknown {
  try {
    return evaluate(mapping, body as JSONValue);
  } catch (error) {
    if (!(error instanceof BadMapping)) throw error;
    throw new Refusal("invalid_request", `mapping: ${error.message}`, {
      issues: [{ path: "mapping", message: error.message }],
    });
  }
}

/** What an expression yields: null says that there is nothing to take. */
const mappedEvents = (mapping: string, body: unknown, name: string): unknown[] => {
  const made = mappedBody(mapping, body);
  return made === null ? [] : standardEvents(made, name);
};

function eventsOf(source: LivingSource, { body, signed }: Delivery, name: string): unknown[] {
  const isSigned = source.auth === "signature" && signed.id !== undefined;
  switch (source.kind) {
    case "litellm":
      return litellmEvents(payloadsOf(body), name);
    case "feedback":
      return feedbackEvents(parseBody(body), (i) =>
        isSigned ? `${name}:${i}` : crypto.randomUUID(),
      );
    case "mapped":
      if (body.length > MAX_MAPPED) {
        throw new Refusal("too_large", `a mapped body may have at most ${MAX_MAPPED} characters`);
      }
      return mappedEvents(source.mapping ?? "", parseBody(body), name);
    case "standard":
    case "openrouter":
      return standardEvents(parseBody(body), name);
  }
}

async function takeSpans(scope: Scope, { body }: Delivery): Promise<HookAnswer> {
  try {
    const { rejected, ...mapped } = mapSpans(readJsonExport(parseBody(body)), "openrouter");
    const ids = new Set(mapped.observations.map(({ id }) => id));
    const late = (await accept(scope, mapped)).filter(({ id }) => ids.has(id));
    // What a span says of its trace is refused with it, and counts as the same span.
    const outside = late.map(({ id, status, message }) => ({ id, status, message }));
    const refused = [...rejected, ...outside];
    const spans = mapped.observations.length + rejected.length;
    return { accepted: spans - refused.length, errors: refused };
  } catch (error) {
    if (error instanceof MalformedExport) throw new Refusal("invalid_request", error.message);
    if (error instanceof TooManySpans) throw new Refusal("too_large", error.message);
    throw error;
  }
}

async function take(scope: Scope, source: LivingSource, delivery: Delivery): Promise<HookAnswer> {
  if (source.kind === "openrouter") return takeSpans(scope, delivery);
  // A delivery that is sent again names its events as before, so that they merge into themselves.
  const id = delivery.signed.id ?? (await sha256Hex(delivery.body)).slice(0, 32);
  const events = eventsOf(source, delivery, `${source.id}:${id}`);
  const { successes, errors } = await ingestBatch(scope, events, undefined);
  return {
    accepted: successes.length,
    errors: errors.map(({ id: event, status, message }) => ({ id: event, status, message })),
  };
}

/** The source's project, where it may do what its kind is for. */
const scopeOfSource = (scope: Scope, source: LivingSource): Scope => ({
  ...scope,
  projectId: source.projectId,
  tenant: source.tenant,
  grants: source.kind === "feedback" ? ["scores"] : ["scores", "ingest"],
  actor: { kind: "system", id: source.id },
});

/**
 * Takes what a source delivers.
 *
 * @throws Refusal not_found, unauthenticated, conflict for a replay, invalid_request, too_large,
 *   unavailable, also beyond the deliveries that the source may make in a minute
 */
export async function receive(
  anybody: Scope,
  sourceId: string,
  delivery: Delivery,
): Promise<HookAnswer> {
  const nowMs = anybody.now.getTime();
  const source = await sourceRecord(anybody.env, sourceId, nowMs);
  if (!source) throw new Refusal("not_found", `there is no source ${sourceId.slice(0, 100)}`);
  if (delivery.isPut && source.kind !== "openrouter") {
    throw new Refusal("method_not_allowed", "only sources of kind openrouter take PUT; use POST");
  }
  const scope = scopeOfSource(anybody, source);
  if (source.auth === "token") {
    await checkToken(source, delivery.token, nowMs);
    if (delivery.isTest) return { accepted: 0, errors: [] };
    await admitDelivery(scope);
    return take(scope, source, delivery);
  }
  await checkSignature(scope, source, delivery);
  // Only who has proved itself is counted: nobody else can use a source's deliveries up.
  await admitDelivery(scope);
  const { id = "" } = delivery.signed;
  if (await isReplay(scope, source.id, id)) {
    throw new Refusal("conflict", `webhook-id ${id} was accepted before`);
  }
  const answer = await take(scope, source, delivery);
  // What cannot be used now never can; only a delivery that brought nothing may be mended and sent again.
  const isSpent = answer.accepted > 0 || answer.errors.length === 0;
  if (isSpent) await remember(scope, source.id, id);
  return answer;
}

/**
 * What a mapping would make of a body, and what would become of it. Stores nothing.
 *
 * @throws Refusal invalid_request when the expression is none or fails, too_large
 */
export async function dryRun(
  scope: Scope,
  { mapping, body }: { mapping: string; body: unknown },
): Promise<DryRunAnswer> {
  if (JSON.stringify(body ?? null).length > MAX_MAPPED) {
    throw new Refusal("too_large", `a mapped body may have at most ${MAX_MAPPED} characters`);
  }
  const events = mappedEvents(mapping, body, "dry-run");
  const { scoreConfigs: configs } = await settingsOf(scope);
  const receivedUs = scope.now.getTime() * 1000;
  const batch = mapBatch(events, { scoresOnly: false, configs, receivedUs }, undefined);
  return { events, accepted: batch.mapped.length, errors: batch.rejected };
}
