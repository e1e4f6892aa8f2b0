import protobuf from "protobufjs";

/** The part of opentelemetry-proto that an exporter can send us, for an encoder that is not ours. */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message AnyValue { oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; }
  message Status { string message = 2; int32 code = 3; }
  message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3;
    bytes parent_span_id = 4; string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7;
    fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    uint32 dropped_attributes_count = 10; repeated Event events = 11; repeated Link links = 13;
    Status status = 15; fixed32 flags = 16; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Export { repeated ResourceSpans resource_spans = 1; }
  message PartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
  message Answer { PartialSuccess partial_success = 1; }`,
);

const Export = root.lookupType("Export");
const Answer = root.lookupType("Answer");

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value);

/** In the JSON form ids are hexadecimal; protobufjs wants their bytes. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      /^(?:traceId|spanId|parentSpanId)$/.test(key)
        ? Uint8Array.from(Buffer.from((part ?? "") as string, "hex"))
        : withBytes(part),
    ]),
  );
}

/** An export in the JSON form, as protobuf. */
export const encodeExport = (json: unknown): Uint8Array =>
  Uint8Array.from(Export.encode(Export.fromObject(withBytes(json) as object)).finish());

export const decodeAnswer = (bytes: Uint8Array): unknown =>
  Answer.toObject(Answer.decode(bytes), { longs: Number });
