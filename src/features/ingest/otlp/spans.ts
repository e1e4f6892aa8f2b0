import type { Json } from "../model.ts";

/** Attributes by key; of a key said twice the last one holds. */
export type Attributes = ReadonlyMap<string, Json>;

/** Something that happened during a span. */
export type SpanEvent = { name: string; attributes: Attributes };

/** One span as told, whatever the encoding. */
export type Span = {
  /** 32 hexadecimal digits, lower case. */
  traceId: string;
  /** 16 hexadecimal digits, lower case. */
  spanId: string;
  /** Absent on the root of a trace. */
  parentId?: string;
  name: string;
  /** Integer microseconds since 1970; absent when not said. */
  startUs?: number;
  endUs?: number;
  attributes: Attributes;
  events: SpanEvent[];
  status: { code: number; message: string };
};

/**
 * Spans of one library in one process. The library's own attributes are left out on purpose: one
 * SDK puts its API key there.
 */
export type SpanGroup = {
  resource: Attributes;
  scope: { name: string; version: string };
  spans: Span[];
};

/** Spans that one export may bring. */
export const MAX_SPANS = 10_000;
/** Levels of lists and maps in an attribute; what lies deeper is left out. */
export const MAX_ATTRIBUTE_DEPTH = 16;

/** The export as a whole cannot be read; says what is wrong where. */
export class MalformedExport extends Error {
  override readonly name = "MalformedExport";
}

/** The export has more spans than one request may bring. */
export class TooManySpans extends Error {
  override readonly name = "TooManySpans";
  constructor() {
    super(`an export may have at most ${MAX_SPANS} spans; send smaller batches`);
  }
}

/** A 64-bit integer as JSON can hold it exactly: a number, or its digits beyond 2⁵³. */
export function exactInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Nanoseconds since 1970 as whole microseconds; undefined for 0, which says nothing. */
export const nanosToUs = (nanos: bigint): number | undefined =>
  nanos > 0n ? Number(nanos / 1000n) : undefined;

const NO_ID = /^0*$/;

/**
 * The ids of a span, checked. All zeros is no id.
 *
 * @param where names the span in the error
 * @throws MalformedExport
 */
export function checkedIds(
  { traceId, spanId, parentId }: { traceId: string; spanId: string; parentId: string },
  where: string,
): Pick<Span, "traceId" | "spanId" | "parentId"> {
  checkId(traceId, 16, `${where}.traceId`);
  checkId(spanId, 8, `${where}.spanId`);
  if (NO_ID.test(parentId)) return { traceId, spanId };
  checkId(parentId, 8, `${where}.parentSpanId`);
  return { traceId, spanId, parentId };
}

function checkId(id: string, bytes: number, field: string): void {
  if (NO_ID.test(id)) throw new MalformedExport(`${field} is missing`);
  if (id.length !== bytes * 2 || !/^[0-9a-f]+$/.test(id)) {
    throw new MalformedExport(`${field} must be ${bytes} bytes, ${bytes * 2} hexadecimal digits`);
  }
}
