import type { Json } from "../model.ts";
import {
  type Attributes,
  checkedIds,
  exactInteger,
  MalformedExport,
  MAX_ATTRIBUTE_DEPTH,
  MAX_SPANS,
  nanosToUs,
  type Span,
  type SpanEvent,
  type SpanGroup,
  TooManySpans,
} from "./spans.ts";

type Fields = Record<string, unknown>;

/** protobuf's JSON mapping: null is the same as absent. */
function objectAt(value: unknown, where: string): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new MalformedExport(`${where} must be an object`);
  }
  return value as Fields;
}

function listAt(value: unknown, where: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedExport(`${where} must be a list`);
  return value;
}

function textAt(value: unknown, where: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new MalformedExport(`${where} must be a string`);
  return value;
}

/** A 64-bit integer: a number, its digits, or the halves that some JavaScript encoders send. */
function bigintOf(value: unknown): bigint | undefined {
  if (typeof value === "number")
    return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  if (typeof value === "string") return /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const { low, high } = value as { low?: unknown; high?: unknown };
  if (!Number.isInteger(low) || !Number.isInteger(high)) return undefined;
  return (BigInt(high as number) << 32n) + BigInt((low as number) >>> 0);
}

function instantAt(value: unknown, where: string): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const nanos = bigintOf(value);
  if (nanos === undefined || nanos < 0n || nanos >= 1n << 64n) {
    throw new MalformedExport(`${where} must be nanoseconds since 1970`);
  }
  return nanosToUs(nanos);
}

function doubleOf(value: unknown): Json {
  if (typeof value === "string") {
    const number = Number(value);
    return value !== "" && Number.isFinite(number) ? number : value;
  }
  return typeof value === "number" ? value : null;
}

/** What an AnyValue may hold, first one present; an unknown or empty one is null. */
const VALUES: readonly (readonly [string, (value: unknown, depth: number) => Json])[] = [
  ["stringValue", (value) => (typeof value === "string" ? value : null)],
  ["boolValue", (value) => (typeof value === "boolean" ? value : null)],
  [
    "intValue",
    (value) => {
      const integer = bigintOf(value);
      return integer === undefined ? null : exactInteger(integer);
    },
  ],
  ["doubleValue", doubleOf],
  ["bytesValue", (value) => (typeof value === "string" ? value : null)],
  ["arrayValue", (value, depth) => valuesOf(value).map((item) => anyValue(item, depth + 1))],
  ["kvlistValue", (value, depth) => Object.fromEntries(pairs(valuesOf(value), depth + 1))],
];

function valuesOf(value: unknown): unknown[] {
  const values = (value as { values?: unknown } | null)?.values;
  return Array.isArray(values) ? values : [];
}

function anyValue(value: unknown, depth: number): Json {
  if (typeof value !== "object" || value === null || depth > MAX_ATTRIBUTE_DEPTH) return null;
  const said = value as Fields;
  for (const [kind, read] of VALUES) {
    if (said[kind] !== undefined && said[kind] !== null) return read(said[kind], depth);
  }
  return null;
}

function pairs(list: readonly unknown[], depth: number): [string, Json][] {
  return list.flatMap((item): [string, Json][] => {
    const { key, value } = (item ?? {}) as { key?: unknown; value?: unknown };
    return typeof key === "string" ? [[key, anyValue(value, depth)]] : [];
  });
}

const attributesAt = (value: unknown, where: string): Attributes =>
  new Map(pairs(listAt(value, `${where}.attributes`), 1));

/** `STATUS_CODE_ERROR` and its number are the same. */
const STATUS_NAMES: Readonly<Record<string, number>> = { STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 };

function statusAt(value: unknown, where: string): Span["status"] {
  const { code, message } = objectAt(value, where);
  const known = typeof code === "string" ? (STATUS_NAMES[code] ?? Number(code)) : code;
  return {
    code: Number.isInteger(known) ? (known as number) : 0,
    message: textAt(message, `${where}.message`),
  };
}

function eventAt(value: unknown, where: string): SpanEvent {
  const { name, attributes } = objectAt(value, where);
  return { name: textAt(name, `${where}.name`), attributes: attributesAt(attributes, where) };
}

function spanAt(value: unknown, where: string): Span {
  const said = objectAt(value, where);
  const idAt = (field: string) => textAt(said[field], `${where}.${field}`).toLowerCase();
  const ids = { traceId: idAt("traceId"), spanId: idAt("spanId"), parentId: idAt("parentSpanId") };
  const startUs = instantAt(said["startTimeUnixNano"], `${where}.startTimeUnixNano`);
  const endUs = instantAt(said["endTimeUnixNano"], `${where}.endTimeUnixNano`);
  return {
    ...checkedIds(ids, where),
    name: textAt(said["name"], `${where}.name`),
    ...(startUs === undefined ? {} : { startUs }),
    ...(endUs === undefined ? {} : { endUs }),
    attributes: attributesAt(said["attributes"], where),
    events: listAt(said["events"], `${where}.events`).map((event, i) =>
      eventAt(event, `${where}.events.${i}`),
    ),
    status: statusAt(said["status"], `${where}.status`),
  };
}

function groupAt(value: unknown, resource: Attributes, where: string): SpanGroup {
  const said = objectAt(value, where);
  const { name, version } = objectAt(said["scope"], `${where}.scope`);
  return {
    resource,
    scope: {
      name: textAt(name, `${where}.scope.name`),
      version: textAt(version, `${where}.scope.version`),
    },
    spans: listAt(said["spans"], `${where}.spans`).map((span, i) =>
      spanAt(span, `${where}.spans.${i}`),
    ),
  };
}

/**
 * The spans of an ExportTraceServiceRequest in JSON.
 *
 * @throws MalformedExport, TooManySpans
 */
export function readJsonExport(body: unknown): SpanGroup[] {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new MalformedExport("the body must be an object");
  }
  const said = body as Fields;
  for (const other of ["resourceLogs", "resourceMetrics"]) {
    if (other in said) throw new MalformedExport(`${other} is not taken here; send resourceSpans`);
  }
  const list = listAt(said["resourceSpans"], "resourceSpans");
  checkSpanCount(list);
  return list.flatMap((item, i) => {
    const where = `resourceSpans.${i}`;
    const { resource, scopeSpans } = objectAt(item, where);
    const { attributes } = objectAt(resource, `${where}.resource`);
    const shared = attributesAt(attributes, `${where}.resource`);
    return listAt(scopeSpans, `${where}.scopeSpans`).map((group, j) =>
      groupAt(group, shared, `${where}.scopeSpans.${j}`),
    );
  });
}

/** Counted before anything is read, so that too many cost nothing. */
function checkSpanCount(resourceSpans: readonly unknown[]): void {
  let count = 0;
  for (const resource of resourceSpans) {
    const { scopeSpans } = (resource ?? {}) as { scopeSpans?: unknown };
    for (const group of Array.isArray(scopeSpans) ? (scopeSpans as unknown[]) : []) {
      const { spans } = (group ?? {}) as { spans?: unknown };
      count += Array.isArray(spans) ? spans.length : 0;
    }
  }
  if (count > MAX_SPANS) throw new TooManySpans();
}
