import type { Json } from "../model.ts";
import { type Fields, Reader, readMessage, WIRE } from "./reader.ts";
import {
  checkedIds,
  exactInteger,
  MAX_ATTRIBUTE_DEPTH,
  MAX_SPANS,
  nanosToUs,
  type Span,
  type SpanEvent,
  type SpanGroup,
  TooManySpans,
} from "./spans.ts";

/*
 * opentelemetry-proto 1.x, trace/v1/trace.proto and common/v1/common.proto: the fields we use, by
 * their numbers. Written by hand because generated decoders are ten times the size, or need eval.
 */

type Slot = { value: Json; depth: number };
type Entries = { attributes: Map<string, Json>; depth?: number };

function anyValue(reader: Reader, depth: number): Json {
  const message = reader.message();
  if (depth > MAX_ATTRIBUTE_DEPTH) return null;
  return readMessage(message, ANY_VALUE, { value: null, depth }).value;
}

const ANY_VALUE: Fields<Slot> = {
  1: [WIRE.bytes, (reader, slot) => (slot.value = reader.text())],
  2: [WIRE.varint, (reader, slot) => (slot.value = reader.int64() !== 0n)],
  3: [WIRE.varint, (reader, slot) => (slot.value = exactInteger(reader.int64()))],
  4: [
    WIRE.fixed64,
    (reader, slot) => {
      const double = reader.double();
      slot.value = Number.isFinite(double) ? double : String(double);
    },
  ],
  5: [
    WIRE.bytes,
    (reader, slot) => {
      const list: Json[] = [];
      const item = (values: Reader) => list.push(anyValue(values, slot.depth + 1));
      readMessage(reader.message(), { 1: [WIRE.bytes, item] }, list);
      slot.value = list;
    },
  ],
  6: [
    WIRE.bytes,
    (reader, slot) => {
      const map = { attributes: new Map<string, Json>(), depth: slot.depth + 1 };
      readMessage(reader.message(), { 1: [WIRE.bytes, keyValue] }, map);
      slot.value = Object.fromEntries(map.attributes);
    },
  ],
  7: [WIRE.bytes, (reader, slot) => (slot.value = reader.base64())],
};

const KEY_VALUE: Fields<{ key: string; value: Json; depth: number }> = {
  1: [WIRE.bytes, (reader, pair) => (pair.key = reader.text())],
  2: [WIRE.bytes, (reader, pair) => (pair.value = anyValue(reader, pair.depth))],
};

function keyValue(reader: Reader, { attributes, depth = 1 }: Entries): void {
  const pair = { key: "", value: null, depth };
  const { key, value } = readMessage(reader.message(), KEY_VALUE, pair);
  attributes.set(key, value);
}

type RawEvent = { name: string; attributes: Map<string, Json> };

const EVENT: Fields<RawEvent> = {
  2: [WIRE.bytes, (reader, event) => (event.name = reader.text())],
  3: [WIRE.bytes, keyValue],
};

const STATUS: Fields<{ code: number; message: string }> = {
  2: [WIRE.bytes, (reader, status) => (status.message = reader.text())],
  3: [WIRE.varint, (reader, status) => (status.code = Number(reader.int64()))],
};

type RawSpan = {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  start: bigint;
  end: bigint;
  attributes: Map<string, Json>;
  events: SpanEvent[];
  status: { code: number; message: string };
};

const SPAN: Fields<RawSpan> = {
  1: [WIRE.bytes, (reader, span) => (span.traceId = reader.hex())],
  2: [WIRE.bytes, (reader, span) => (span.spanId = reader.hex())],
  4: [WIRE.bytes, (reader, span) => (span.parentId = reader.hex())],
  5: [WIRE.bytes, (reader, span) => (span.name = reader.text())],
  7: [WIRE.fixed64, (reader, span) => (span.start = reader.fixed64())],
  8: [WIRE.fixed64, (reader, span) => (span.end = reader.fixed64())],
  9: [WIRE.bytes, keyValue],
  11: [
    WIRE.bytes,
    (reader, span) => {
      const event: RawEvent = { name: "", attributes: new Map() };
      span.events.push(readMessage(reader.message(), EVENT, event));
    },
  ],
  15: [WIRE.bytes, (reader, span) => void readMessage(reader.message(), STATUS, span.status)],
};

function readSpan(reader: Reader, where: string): Span {
  const { start, end, traceId, spanId, parentId, ...raw } = readMessage<RawSpan>(reader, SPAN, {
    traceId: "",
    spanId: "",
    parentId: "",
    name: "",
    start: 0n,
    end: 0n,
    attributes: new Map(),
    events: [],
    status: { code: 0, message: "" },
  });
  const startUs = nanosToUs(start);
  const endUs = nanosToUs(end);
  return {
    ...raw,
    ...checkedIds({ traceId, spanId, parentId }, where),
    ...(startUs === undefined ? {} : { startUs }),
    ...(endUs === undefined ? {} : { endUs }),
  };
}

type Export = { groups: SpanGroup[]; spans: number };
type ResourceSpans = { resource: Map<string, Json>; groups: SpanGroup[]; export: Export };
type ScopeSpans = SpanGroup & { export: Export };

const RESOURCE: Fields<Entries> = { 1: [WIRE.bytes, keyValue] };

/** Field 3, the scope's attributes, is skipped unread. */
const SCOPE: Fields<SpanGroup["scope"]> = {
  1: [WIRE.bytes, (reader, scope) => (scope.name = reader.text())],
  2: [WIRE.bytes, (reader, scope) => (scope.version = reader.text())],
};

const SCOPE_SPANS: Fields<ScopeSpans> = {
  1: [WIRE.bytes, (reader, group) => void readMessage(reader.message(), SCOPE, group.scope)],
  2: [
    WIRE.bytes,
    (reader, group) => {
      if (++group.export.spans > MAX_SPANS) throw new TooManySpans();
      group.spans.push(readSpan(reader.message(), `span ${group.export.spans}`));
    },
  ],
};

const RESOURCE_SPANS: Fields<ResourceSpans> = {
  1: [
    WIRE.bytes,
    (reader, { resource }) =>
      void readMessage(reader.message(), RESOURCE, { attributes: resource }),
  ],
  2: [
    WIRE.bytes,
    (reader, { resource, groups, export: whole }) => {
      const scope = { name: "", version: "" };
      const group: ScopeSpans = { resource, scope, spans: [], export: whole };
      readMessage(reader.message(), SCOPE_SPANS, group);
      groups.push({ resource, scope, spans: group.spans });
    },
  ],
};

const EXPORT: Fields<Export> = {
  1: [
    WIRE.bytes,
    (reader, whole) =>
      void readMessage<ResourceSpans>(reader.message(), RESOURCE_SPANS, {
        resource: new Map(),
        groups: whole.groups,
        export: whole,
      }),
  ],
};

/**
 * The spans of an ExportTraceServiceRequest in protobuf.
 *
 * @throws MalformedExport, TooManySpans
 */
export function readProtobuf(bytes: Uint8Array): SpanGroup[] {
  return readMessage<Export>(new Reader(bytes), EXPORT, { groups: [], spans: 0 }).groups;
}
