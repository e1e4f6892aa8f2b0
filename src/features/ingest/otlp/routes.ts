import { readBytes, readJson, release } from "../../../platform/body.ts";
import { Refusal } from "../../../platform/errors.ts";
import { type Endpoint, endpoint, type HttpContext, json } from "../../../platform/http.ts";
import type { Scope } from "../../../platform/scope.ts";
import { settingsOf } from "../../projects/index.ts";
import { accept } from "../index.ts";
import { jsonAnswer, protobufAnswer } from "./answer.ts";
import { readJsonExport } from "./json.ts";
import { mapSpans } from "./map.ts";
import { readProtobuf } from "./protobuf.ts";
import { MalformedExport, type SpanGroup, TooManySpans } from "./spans.ts";

const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";
type Encoding = typeof JSON_TYPE | typeof PROTOBUF_TYPE;

/** The newest layout of exports that we know. */
const MAX_INGESTION_VERSION = 4;

function encodingOf(contentType: string | undefined): Encoding {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === JSON_TYPE || type === PROTOBUF_TYPE) return type;
  throw new Refusal(
    "invalid_request",
    `content-type ${type || "is missing; it"} must be ${JSON_TYPE} or ${PROTOBUF_TYPE}`,
  );
}

function checkVersion(version: string | undefined): void {
  if (Number(version ?? 0) > MAX_INGESTION_VERSION) {
    throw new Refusal(
      "invalid_request",
      `x-langfuse-ingestion-version ${version} is newer than ${MAX_INGESTION_VERSION}, the newest known`,
    );
  }
}

/** The SDK as the request names it; older ones spell their headers with underscores. */
function sdkOf({ req }: HttpContext): string | undefined {
  for (const vendor of ["langfuse", "abv"]) {
    const [name, version] = ["name", "version"].map(
      (part) => req.header(`x-${vendor}-sdk-${part}`) ?? req.header(`x_${vendor}_sdk_${part}`),
    );
    if (name) return (version ? `${name}/${version}` : name).slice(0, 200);
  }
  return undefined;
}

async function readProtobufExport(request: Request): Promise<SpanGroup[]> {
  const bytes = await readBytes(request);
  try {
    return readProtobuf(bytes);
  } finally {
    release(bytes);
  }
}

async function readGroups(request: Request, encoding: Encoding): Promise<SpanGroup[]> {
  try {
    return encoding === JSON_TYPE
      ? readJsonExport(await readJson(request))
      : await readProtobufExport(request);
  } catch (error) {
    if (error instanceof MalformedExport) throw new Refusal("invalid_request", error.message);
    if (error instanceof TooManySpans) throw new Refusal("too_large", error.message);
    throw error;
  }
}

/** @throws Refusal too_large beyond what the project allows */
async function refuseTooMany(scope: Scope, groups: readonly SpanGroup[]): Promise<void> {
  const { eventsPerRequest } = (await settingsOf(scope)).limits;
  const spans = groups.reduce((sum, group) => sum + group.spans.length, 0);
  if (spans <= eventsPerRequest) return;
  throw new Refusal(
    "too_large",
    `the export has ${spans} spans; at most ${eventsPerRequest} are allowed`,
  );
}

export const otlpEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/api/public/otel/v1/traces",
    access: "ingest",
    tag: "Ingestion",
    summary: "OpenTelemetry spans (OTLP/HTTP), as JSON or protobuf, plain or gzip",
    takes: {
      [JSON_TYPE]: "An ExportTraceServiceRequest in protobuf's JSON",
      [PROTOBUF_TYPE]: "An ExportTraceServiceRequest",
    },
    answers: {
      200: "An ExportTraceServiceResponse in the encoding of the request: empty, or with the spans that were not taken",
      400: "The body is no export, or a span lacks its ids",
      413: "The body is larger than 4.5 MB, or has more than 10,000 spans",
    },
    handle: async (scope, _input, c) => {
      checkVersion(c.req.header("x-langfuse-ingestion-version"));
      const encoding = encodingOf(c.req.header("content-type"));
      const groups = await readGroups(c.req.raw, encoding);
      await refuseTooMany(scope, groups);
      const { rejected, ...mapped } = mapSpans(groups, sdkOf(c));
      const spans = new Set(mapped.observations.map(({ id }) => id));
      // What a span says of its trace is refused with it, and counts as the same span.
      const late = (await accept(scope, mapped)).filter(({ id }) => spans.has(id));
      const refused = [...rejected, ...late];
      // Exporters decode the answer as they encoded the request. A protobuf exporter that gets
      // `{}` logs a decoding error; the clients that swallow non-JSON never send protobuf.
      return encoding === JSON_TYPE
        ? json(jsonAnswer(refused))
        : new Response(protobufAnswer(refused), { headers: { "content-type": PROTOBUF_TYPE } });
    },
  }),
];
