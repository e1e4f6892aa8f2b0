import { cellOf } from "../../../lib/split/cells.ts";
import type { ScorePatch } from "../../scores/model.ts";
import { SPLIT_KEY, splitOf } from "../metadata-keys.ts";
import {
  clockOf,
  type ObservationPatch,
  type ObservationType,
  type Rejected,
  type TracePatch,
} from "../model.ts";
import { genAi } from "./dialects/gen-ai.ts";
import { metadata as metadataDialect } from "./dialects/metadata.ts";
import { openInference } from "./dialects/openinference.ts";
import { countsOf, own } from "./dialects/own.ts";
import { promptside } from "./dialects/promptside.ts";
import { traceloop } from "./dialects/traceloop.ts";
import { vercel } from "./dialects/vercel.ts";
import { type KeyReader, keyReader } from "./keys.ts";
import { leftovers, withoutSecrets } from "./metadata.ts";
import { environmentOf, type Sender, senderOf, statedVersion, versionOf } from "./origin.ts";
import {
  booleanOf,
  type Context,
  type Dialect,
  firstOf,
  firstText,
  said,
  type SaidOfObservation,
  type SaidOfTrace,
  without,
} from "./said.ts";
import type { Span, SpanGroup } from "./spans.ts";

/** Best first. Vercel's counts are finer than the `gen_ai` ones on the same span. */
const DIALECTS: readonly Dialect[] = [
  promptside,
  own,
  openInference,
  vercel,
  genAi,
  traceloop,
  metadataDialect,
];
/** As the original server looks at them. */
const TYPE_ORDER: readonly Dialect[] = [own, openInference, genAi, vercel, traceloop];

const MAX_ID_LENGTH = 800;

const STATUS_ERROR = 2;

const OWN_RELEASE = ["langfuse.release", "abv.release"];
const ROOT_HINTS = [
  "langfuse.internal.as_root",
  "abv.internal.as_root",
  "langfuse.internal.is_app_root",
];
const TOOL_HINTS = ["gen_ai.tool.name", "gen_ai.tool.call.id", "tool.name"];

const isRoot = ({ parentId, attributes }: Span): boolean =>
  parentId === undefined || ROOT_HINTS.some((key) => booleanOf(attributes.get(key)));

function typeOf(context: Context): ObservationType {
  for (const dialect of TYPE_ORDER) {
    const type = dialect.typeOf(context);
    if (type) return type;
  }
  const { attributes } = context.span;
  if (firstOf(attributes, TOOL_HINTS) !== undefined) return "TOOL";
  return TYPE_ORDER.some(({ namesModel }) => namesModel(attributes)) ? "GENERATION" : "SPAN";
}

/** Fields of all vocabularies, the better one's where several say one; objects are put together. */
function observationSaid(context: Context, dialects: readonly Dialect[]): SaidOfObservation {
  const all = dialects.map((dialect) => dialect.observation(context));
  const worstFirst = all.toReversed();
  const together = (field: "metadata" | "modelParameters") =>
    withoutSecrets(Object.assign({}, ...worstFirst.map((one) => one[field])));
  const merged: SaidOfObservation = Object.assign({}, ...worstFirst);
  const metadata = together("metadata");
  return {
    ...without(merged, "metadata", "modelParameters", ...LINK),
    ...said<SaidOfObservation>({
      metadata,
      split: merged.split ?? splitOf(metadata?.[SPLIT_KEY]),
      modelParameters: together("modelParameters"),
      ...linkSaid(all),
    }),
  };
}

const LINK = ["promptName", "promptVersion", "promptLabel", "promptFallback"] as const;

/** Name and version from one mouth: those of two vocabularies never mix. A fallback has no version. */
function linkSaid(all: readonly SaidOfObservation[]): SaidOfObservation {
  const link = all.find(({ promptName }) => promptName !== undefined);
  if (link?.promptName === undefined) return {};
  const { promptName, promptVersion, promptLabel } = link;
  if (all.some(({ promptFallback }) => promptFallback)) return { promptName, promptFallback: true };
  return said<SaidOfObservation>({ promptName, promptVersion, promptLabel });
}

/** Only model calls are linked and counted: SDKs put prompt and usage on the spans around them too. */
function ofModelCallsOnly(
  type: ObservationType,
  fields: SaidOfObservation,
  context: Context,
): SaidOfObservation {
  if (type === "GENERATION") return fields;
  const rest = without(fields, "usage", "cost", "split", ...LINK);
  // What an SDK's user says of an observation on purpose holds, whatever its type.
  const { usage, cost } = type === "EMBEDDING" ? fields : countsOf(context.span.attributes);
  return { ...rest, ...said<SaidOfObservation>({ usage, cost }) };
}

/** How bad it went: what the SDK says, else what the span's status says. */
function outcomeOf({ status, events }: Span, fields: SaidOfObservation): SaidOfObservation {
  const failed = status.code === STATUS_ERROR;
  const thrown = events.find(({ name }) => name === "exception")?.attributes;
  const message =
    fields.statusMessage ??
    (status.message === "" ? undefined : status.message) ??
    (failed && thrown ? firstText(thrown, ["exception.message"]) : undefined);
  return said<SaidOfObservation>({
    level: fields.level ?? (failed ? "ERROR" : undefined),
    statusMessage: message,
  });
}

function observationOf(
  context: Context,
  dialects: readonly Dialect[],
  { sdk, host, resourceAttributes, isLeftover }: Sender & Pick<KeyReader, "isLeftover">,
): ObservationPatch {
  const { span } = context;
  const type = typeOf(context);
  const fields = ofModelCallsOnly(type, observationSaid(context, dialects), context);
  const metadata = {
    ...said({
      attributes: leftovers(span.attributes, isLeftover),
      resourceAttributes,
    }),
    ...fields.metadata,
  };
  return {
    ...fields,
    ...said<ObservationPatch>({
      ...outcomeOf(span, fields),
      name: span.name === "" ? undefined : span.name,
      parentId: span.parentId,
      startUs: span.startUs,
      endUs: span.endUs,
      environment: environmentOf(context, dialects),
      version: versionOf(context),
      metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
      sdk,
      host,
    }),
    id: span.spanId,
    traceId: span.traceId,
    clock: clockAt(span, false),
    type,
  };
}

const clockAt = ({ startUs = 0, endUs = startUs, spanId }: Span, isExplicit: boolean): string =>
  clockOf(isExplicit, endUs / 1000, spanId);

function traceSaid(context: Context, dialects: readonly Dialect[]): SaidOfTrace {
  const all = dialects.map((dialect) => dialect.trace(context)).reverse();
  const fields: SaidOfTrace = Object.assign({}, ...all);
  const metadata = withoutSecrets(fields.metadata);
  return { ...without(fields, "metadata"), ...(metadata ? { metadata } : {}) };
}

/**
 * What a span says of its trace: on purpose, by trace attributes on any span, and by being its
 * root. What is said on purpose holds whenever it arrives, so its clock is that of an update.
 */
function tracesOf(
  context: Context,
  dialects: readonly Dialect[],
  observation: ObservationPatch,
): TracePatch[] {
  const { span, group } = context;
  const { attributes } = span;
  const { traceId: id } = span;
  const explicit = traceSaid(context, dialects);
  const isExplicit = Object.keys(explicit).length > 0;

  const derived: SaidOfTrace = isRoot(span)
    ? said<SaidOfTrace>({
        name: observation.name,
        timestampUs: span.startUs,
        input: observation.input,
        output: observation.output,
        environment: observation.environment,
        version: observation.version,
        release: firstText(attributes, OWN_RELEASE) ?? firstText(group.resource, OWN_RELEASE),
      })
    : said<SaidOfTrace>({
        version: isExplicit ? statedVersion(attributes) : undefined,
        release: isExplicit ? firstText(attributes, OWN_RELEASE) : undefined,
      });
  const patches: TracePatch[] = [];
  if (isExplicit) patches.push({ ...explicit, id, clock: clockAt(span, true) });
  if (Object.keys(derived).length > 0)
    patches.push({ ...derived, id, clock: clockAt(span, false) });
  return patches;
}

/** A linked generation with the cell of the user, else of the session, that its span names. */
function withUser(observation: ObservationPatch, traces: readonly TracePatch[]): ObservationPatch {
  if (observation.promptName === undefined) return observation;
  const [told] = traces;
  const user = told?.userId ?? told?.sessionId;
  return user === undefined ? observation : { ...observation, userCell: cellOf(user) };
}

/** Why a span cannot be used; undefined when it can. */
function problemOf(
  { startUs }: Span,
  { promptName }: ObservationPatch,
  traces: readonly TracePatch[],
): string | undefined {
  if (startUs === undefined) return "startTimeUnixNano is missing";
  const ids = {
    "session.id": traces.find(({ sessionId }) => sessionId !== undefined)?.sessionId,
    "user.id": traces.find(({ userId }) => userId !== undefined)?.userId,
    "prompt name": promptName,
  };
  const long = Object.entries(ids).find(([, id]) => (id?.length ?? 0) > MAX_ID_LENGTH);
  return long && `${long[0]} is longer than ${MAX_ID_LENGTH} characters`;
}

export type Mapped = {
  observations: ObservationPatch[];
  traces: TracePatch[];
  scores: ScorePatch[];
  rejected: Rejected[];
};

/**
 * SDKs repeat what is said of a trace on all of its spans. Of equal sayings the newest is enough:
 * it alone leaves the trace as all of them would.
 */
function withoutRepeats(patches: readonly TracePatch[]): TracePatch[] {
  const newest = new Map<string, TracePatch>();
  for (const patch of patches) {
    const { clock, timestampUs, ...fields } = patch;
    // A root's saying is its own.
    const key = timestampUs === undefined ? JSON.stringify(fields) : `${patch.id} ${clock}`;
    const known = newest.get(key);
    if (!known || known.clock < clock) newest.set(key, patch);
  }
  return [...newest.values()];
}

/**
 * Spans as observations and what they say of their traces. The same export gives the same patches.
 *
 * @param sdk `name/version` as the request's headers say, if they do
 */
export function mapSpans(groups: readonly SpanGroup[], sdk?: string): Mapped {
  const mapped: Mapped = { observations: [], traces: [], scores: [], rejected: [] };
  const told: TracePatch[] = [];
  const { dialectsOf, isLeftover } = keyReader(DIALECTS);
  for (const group of groups) {
    const sender = { ...senderOf(group, sdk), isLeftover };
    for (const span of group.spans) {
      const context = { span, group };
      const dialects = dialectsOf(span);
      const untold = observationOf(context, dialects, sender);
      const traces = tracesOf(context, dialects, untold);
      const observation = withUser(untold, traces);
      const message = problemOf(span, observation, traces);
      if (message === undefined) {
        mapped.observations.push(observation);
        told.push(...traces);
      } else mapped.rejected.push({ id: span.spanId, status: 400, message });
    }
  }
  return { ...mapped, traces: withoutRepeats(told) };
}
