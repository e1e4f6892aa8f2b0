import batch from "../../fixtures/batch/langfuse-3.39-session.json";
import abv from "../../fixtures/otlp/abvdev-python-0.0.1b7.json";
import js from "../../fixtures/otlp/langfuse-js-5.11.1.json";

/*
 * Recorded requests with ids of their own each time and instants of today, so that thousands of
 * them stay apart and none is refused for its age.
 */

type Event = { id: string; type: string; timestamp: string; body: Record<string, unknown> };
export type BatchBody = { batch: Event[]; metadata?: unknown };

const fresh = (serial: number, place: number): string =>
  `${serial.toString(16).padStart(8, "0")}${place.toString(16).padStart(8, "0")}`;

/** Every id that the recording says, and the one that stands for it. */
function renamed(text: string, serial: number): string {
  const ids = new Set(
    [...text.matchAll(/"(?:id|traceId|observationId|parentObservationId)":"([^"]+)"/g)].map(
      ([, id = ""]) => id,
    ),
  );
  let renamedText = text;
  for (const [i, id] of [...ids].entries()) {
    renamedText = renamedText.replaceAll(`"${id}"`, `"m-${fresh(serial, i)}"`);
  }
  return renamedText;
}

export function batchBody(serial: number, nowMs: number): BatchBody {
  const at = new Date(nowMs - 60_000).toISOString();
  const text = renamed(JSON.stringify(batch), serial);
  return JSON.parse(text.replaceAll(/"\d{4}-\d\d-\d\dT[^"]+Z"/g, `"${at}"`)) as BatchBody;
}

type Span = Record<string, unknown> & { traceId: string; spanId: string };
export type ExportBody = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };

export const spansOf = ({ resourceSpans }: ExportBody): Span[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

export function exportBody(serial: number, nowMs: number): ExportBody {
  const body = JSON.parse(JSON.stringify(js)) as ExportBody;
  for (const [i, span] of spansOf(body).entries()) {
    span.traceId = fresh(serial, 1).padStart(32, "a");
    span.spanId = fresh(serial, i + 1);
    if (span["parentSpanId"]) span["parentSpanId"] = fresh(serial, 1);
    span["startTimeUnixNano"] = `${nowMs - 60_000}000000`;
    span["endTimeUnixNano"] = `${nowMs - 59_000}000000`;
  }
  return body;
}

type Field = { number: number; from: number; to: number };

/** The fields of a protobuf message: where their values lie. */
function fieldsIn(bytes: Uint8Array, from: number, to: number): Field[] {
  const fields: Field[] = [];
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < to) {
    const tag = varint();
    const wire = tag & 7;
    const start = wire === 2 ? varint() : 0;
    const begin = at;
    if (wire === 0) varint();
    else at += wire === 1 ? 8 : wire === 5 ? 4 : start;
    fields.push({ number: tag >> 3, from: begin, to: at });
  }
  return fields;
}

const of = (fields: Field[], number: number): Field[] =>
  fields.filter((field) => field.number === number);

const RECORDED = Uint8Array.from(atob(abv.base64), (c) => c.charCodeAt(0));

/** Where the spans of an export lie. */
export const spanPlaces = (bytes: Uint8Array): Field[] =>
  of(fieldsIn(bytes, 0, bytes.length), 1)
    .flatMap(({ from, to }) => of(fieldsIn(bytes, from, to), 2))
    .flatMap(({ from, to }) => of(fieldsIn(bytes, from, to), 2));

const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (two) => Number.parseInt(two, 16));

export type ProtobufBody = { bytes: Uint8Array; spanIds: string[]; places: Field[] };

export function protobufBody(serial: number, nowMs: number): ProtobufBody {
  const bytes = RECORDED.slice();
  const places = spanPlaces(bytes);
  const spanIds: string[] = [];
  const parentOf = fresh(serial, 0x100);
  for (const [i, { from, to }] of places.entries()) {
    const fields = fieldsIn(bytes, from, to);
    const write = (number: number, value: Uint8Array): void => {
      for (const field of of(fields, number)) {
        if (field.to > field.from) bytes.set(value, field.from);
      }
    };
    const spanId = fresh(serial, 0x100 + i);
    spanIds.push(spanId);
    write(1, hexBytes(fresh(serial, 2).padStart(32, "b")));
    write(2, hexBytes(spanId));
    write(4, hexBytes(parentOf));
    const nanos = new DataView(new ArrayBuffer(8));
    nanos.setBigUint64(0, BigInt(nowMs - 60_000) * 1_000_000n, true);
    for (const number of [7, 8]) write(number, new Uint8Array(nanos.buffer));
  }
  return { bytes, spanIds, places };
}
