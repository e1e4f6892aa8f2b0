import type { Json } from "../model.ts";
import { normaliseEnvironment } from "../normalise.ts";
import { metadata, metadataEnvironment } from "./dialects/metadata.ts";
import { resourceMetadata } from "./metadata.ts";
import { type Context, type Dialect, firstOf, firstText } from "./said.ts";
import type { Attributes, SpanGroup } from "./spans.ts";

/* Where a span comes from: what is said of it by its process as much as by itself. */

const OWN_ENVIRONMENT = ["langfuse.environment", "abv.environment"];
const OWN_VERSION = ["langfuse.version", "abv.version"];
const DEPLOYMENT = ["deployment.environment.name", "deployment.environment"];
/** Characters that a row keeps of what names a sender. */
const MAX_SENDER_LENGTH = 200;

export function environmentOf(
  { span: { attributes }, group: { resource } }: Context,
  dialects: readonly Dialect[],
): string | undefined {
  const named =
    firstOf(attributes, OWN_ENVIRONMENT) ??
    firstOf(resource, OWN_ENVIRONMENT) ??
    firstOf(attributes, DEPLOYMENT) ??
    (dialects.includes(metadata) ? metadataEnvironment(attributes) : undefined) ??
    firstOf(resource, DEPLOYMENT);
  return named === undefined ? undefined : normaliseEnvironment(named);
}

/** The version that the span itself says on purpose. */
export const statedVersion = (attributes: Attributes): string | undefined =>
  firstText(attributes, OWN_VERSION);

export const versionOf = ({
  span: { attributes },
  group: { resource },
}: Context): string | undefined =>
  statedVersion(attributes) ?? firstText(resource, [...OWN_VERSION, "service.version"]);

/** The SDK as the span's library and process name it. Nothing else of a library is read. */
function sdkOf({ scope, resource }: SpanGroup): string | undefined {
  const name = scope.name || firstText(resource, ["telemetry.sdk.name"]);
  const version = scope.version || firstText(resource, ["telemetry.sdk.version"]);
  return name && (version ? `${name}/${version}` : name).slice(0, MAX_SENDER_LENGTH);
}

/** What is the same for all spans of a group. */
export type Sender = {
  sdk: string | undefined;
  host: string | undefined;
  /** What is kept of the process. */
  resourceAttributes: Record<string, Json> | undefined;
};

/** @param sdk as the request's headers say, which know it best */
export const senderOf = (group: SpanGroup, sdk: string | undefined): Sender => ({
  sdk: sdk ?? sdkOf(group),
  host: firstText(group.resource, ["host.name"])?.slice(0, MAX_SENDER_LENGTH),
  resourceAttributes: resourceMetadata(group.resource),
});
