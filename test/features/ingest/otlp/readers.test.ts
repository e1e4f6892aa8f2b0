import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { protobufAnswer } from "../../../../src/features/ingest/otlp/answer.ts";
import { readJsonExport } from "../../../../src/features/ingest/otlp/json.ts";
import { readProtobuf } from "../../../../src/features/ingest/otlp/protobuf.ts";
import {
  MalformedExport,
  MAX_ATTRIBUTE_DEPTH,
  MAX_SPANS,
  TooManySpans,
} from "../../../../src/features/ingest/otlp/spans.ts";
import { decodeAnswer, encodeExport } from "./proto.ts";

const hexId = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((id) => Buffer.from(id).toString("hex"))
    .filter((id) => !/^0+$/.test(id));

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const text = fc.string({ unit: "grapheme" });

const { list: keyValues } = fc.letrec<{ value: object; list: object[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ bytesValue: fc.uint8Array().map((b) => Buffer.from(b).toString("base64")) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie("value"), { maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: tie("list") }) }),
    fc.constant({}),
  ),
  list: fc.array(fc.record({ key: text, value: tie("value") }), { maxLength: 4 }),
}));

const span = fc.record(
  {
    traceId: hexId(16),
    spanId: hexId(8),
    parentSpanId: fc.oneof(fc.constant(""), hexId(8)),
    traceState: text,
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: uint64,
    endTimeUnixNano: uint64,
    attributes: keyValues,
    events: fc.array(fc.record({ timeUnixNano: uint64, name: text, attributes: keyValues }), {
      maxLength: 2,
    }),
    links: fc.array(fc.record({ traceId: hexId(16), spanId: hexId(8) }), { maxLength: 1 }),
    status: fc.record({ code: fc.nat(2), message: text }, { requiredKeys: [] }),
    flags: fc.nat(),
  },
  { requiredKeys: ["traceId", "spanId"] },
);

const exports = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes: keyValues }),
      schemaUrl: text,
      scopeSpans: fc.array(
        fc.record({
          scope: fc.record({ name: text, version: text, attributes: keyValues }),
          spans: fc.array(span, { maxLength: 3 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
});

const IDS = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const oneSpan = (fields: object) => ({
  resourceSpans: [{ scopeSpans: [{ spans: [{ ...IDS, ...fields }] }] }],
});
const oneAttribute = (value: unknown) => oneSpan({ attributes: [{ key: "k", value }] });
const attributeIn = (body: unknown) =>
  readJsonExport(body)[0]?.spans[0]?.attributes.get("k") ?? null;

describe("both encodings", () => {
  it("read as the same spans what protobufjs encoded", () => {
    fc.assert(
      fc.property(exports, (body) => {
        expect(readProtobuf(encodeExport(body))).toEqual(readJsonExport(body));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("keep microseconds exactly", () => {
    const body = oneSpan({ startTimeUnixNano: "1795356828639452999", endTimeUnixNano: "0" });
    for (const [group] of [readJsonExport(body), readProtobuf(encodeExport(body))]) {
      expect(group?.spans[0]?.startUs).toBe(1_795_356_828_639_452);
      expect(group?.spans[0]).not.toHaveProperty("endUs");
    }
  });

  it("trap 2: never read the attributes of a scope", () => {
    const secret = { key: "api_key", value: { stringValue: "sk-abv-secret" } };
    const body = {
      resourceSpans: [
        { scopeSpans: [{ scope: { name: "abv-sdk", attributes: [secret] }, spans: [IDS] }] },
      ],
    };
    for (const groups of [readJsonExport(body), readProtobuf(encodeExport(body))]) {
      expect(JSON.stringify(groups)).toContain("abv-sdk");
      expect(JSON.stringify(groups)).not.toContain("sk-abv-secret");
    }
  });

  it("trap 8: a prompt's version is an integer as number, text or int64", () => {
    const encoded = readProtobuf(encodeExport(oneAttribute({ intValue: 7 })));
    expect(encoded[0]?.spans[0]?.attributes.get("k")).toBe(7);
    expect(attributeIn(oneAttribute({ intValue: 7 }))).toBe(7);
    expect(attributeIn(oneAttribute({ intValue: "7" }))).toBe(7);
    expect(attributeIn(oneAttribute({ intValue: { low: 7, high: 0 } }))).toBe(7);
    expect(attributeIn(oneAttribute({ intValue: "9007199254740993" }))).toBe("9007199254740993");
  });

  it("leave out what is nested too deep", () => {
    let value: object = { stringValue: "deep" };
    for (let i = 0; i < 5000; i++) value = { arrayValue: { values: [value] } };
    const nested = JSON.stringify(attributeIn(oneAttribute(value)));
    expect(nested).toBe(`${"[".repeat(MAX_ATTRIBUTE_DEPTH)}null${"]".repeat(MAX_ATTRIBUTE_DEPTH)}`);

    let small: object = { stringValue: "deep" };
    for (let i = 0; i < 40; i++) small = { arrayValue: { values: [small] } };
    const encoded = readProtobuf(encodeExport(oneAttribute(small)));
    expect(JSON.stringify(encoded[0]?.spans[0]?.attributes.get("k"))).toBe(nested);
  });

  it.each([
    ["traceId", { traceId: "" }],
    ["traceId", { traceId: "0".repeat(32) }],
    ["traceId", { traceId: "abcd" }],
    ["spanId", { spanId: "" }],
    ["spanId", { spanId: "b7ad6b716920333100" }],
    ["parentSpanId", { parentSpanId: "b7ad" }],
  ])("refuse the export for a bad %s: %j", (field, fields) => {
    const body = oneSpan(fields);
    expect(() => readJsonExport(body)).toThrow(field);
    expect(() => readProtobuf(encodeExport(body))).toThrow(field);
    expect(() => readProtobuf(encodeExport(body))).toThrow(MalformedExport);
  });

  it("refuse more spans than one export may bring", () => {
    const spans = Array.from({ length: MAX_SPANS + 1 }, () => IDS);
    const body = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
    expect(() => readJsonExport(body)).toThrow(TooManySpans);
    expect(() => readProtobuf(encodeExport(body))).toThrow(TooManySpans);
  });

  it("take an empty export", () => {
    expect(readJsonExport({})).toEqual([]);
    expect(readJsonExport({ resourceSpans: [] })).toEqual([]);
    expect(readProtobuf(new Uint8Array())).toEqual([]);
  });
});

describe("JSON", () => {
  it.each<[string, unknown, string]>([
    ["a list", [], "the body"],
    ["text", "x", "the body"],
    ["null", null, "the body"],
    ["logs", { resourceLogs: [] }, "resourceLogs"],
    ["spans that are no list", { resourceSpans: {} }, "resourceSpans must be a list"],
    ["a span that is no object", { resourceSpans: [{ scopeSpans: [{ spans: [1] }] }] }, "spans.0"],
    ["attributes that are no list", oneSpan({ attributes: {} }), "spans.0.attributes"],
    ["events that are no list", oneSpan({ events: "x" }), "spans.0.events"],
    ["a name that is no text", oneSpan({ name: 7 }), "spans.0.name"],
    ["an instant that is none", oneSpan({ startTimeUnixNano: "soon" }), "startTimeUnixNano"],
    ["an instant before 1970", oneSpan({ endTimeUnixNano: -1 }), "endTimeUnixNano"],
    ["an id with other letters", oneSpan({ spanId: "zzzzzzzzzzzzzzzz" }), "spanId"],
  ])("refuses %s and names it", (_, body, named) => {
    expect(() => readJsonExport(body)).toThrow(MalformedExport);
    expect(() => readJsonExport(body)).toThrow(named);
  });

  it("takes ids in capitals, null for absent, and the status by name", () => {
    const [group] = readJsonExport(
      oneSpan({
        traceId: IDS.traceId.toUpperCase(),
        parentSpanId: null,
        attributes: null,
        status: { code: "STATUS_CODE_ERROR", message: null },
      }),
    );
    expect(group?.spans[0]).toMatchObject({ ...IDS, status: { code: 2, message: "" } });
    expect(group?.spans[0]).not.toHaveProperty("parentId");
  });

  it("never throws anything but its own refusals", () => {
    const junk = fc.jsonValue({ maxDepth: 2 });
    const body = fc.record({
      resourceSpans: fc.oneof(
        junk,
        fc.array(
          fc.record({
            resource: junk,
            scopeSpans: fc.array(
              fc.record({
                scope: junk,
                spans: fc.array(
                  fc.record({
                    traceId: fc.oneof(fc.constant(IDS.traceId), junk),
                    spanId: fc.constant(IDS.spanId),
                    startTimeUnixNano: junk,
                    attributes: fc.oneof(
                      junk,
                      fc.array(
                        fc.record({
                          key: text,
                          value: fc.oneof(junk, fc.record({ arrayValue: junk })),
                        }),
                      ),
                    ),
                    events: junk,
                    status: junk,
                  }),
                ),
              }),
            ),
          }),
        ),
      ),
    });
    fc.assert(
      fc.property(body, (value) => {
        try {
          readJsonExport(value);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedExport);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe("protobuf", () => {
  const sample = () =>
    encodeExport(
      oneSpan({
        name: "span",
        startTimeUnixNano: "1795356828639452999",
        attributes: [
          { key: "a", value: { stringValue: "text" } },
          { key: "b", value: { arrayValue: { values: [{ intValue: -5 }, { doubleValue: 0.5 }] } } },
          {
            key: "c",
            value: { kvlistValue: { values: [{ key: "d", value: { boolValue: true } }] } },
          },
        ],
        events: [{ name: "exception", attributes: [] }],
        status: { code: 2, message: "bad" },
      }),
    );
  const readsOrRefuses = (bytes: Uint8Array) => {
    try {
      readProtobuf(bytes);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedExport);
      return false;
    }
  };

  it("refuses every cut of an export but the empty one", () => {
    const bytes = sample();
    for (let length = 1; length < bytes.length; length++) {
      expect(readsOrRefuses(bytes.subarray(0, length)), `cut at ${length}`).toBe(false);
    }
  });

  it("reads or refuses any bytes, and does nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readsOrRefuses(bytes)),
      { seed: 11, numRuns: 3000 },
    );
  });

  it("reads or refuses an export with changed bytes", () => {
    const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) });
    let read = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = sample();
        for (const { at, to } of changes) bytes[at % bytes.length] = to;
        read += readsOrRefuses(bytes) ? 1 : 0;
      }),
      { seed: 13, numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(500);
  });

  it("skips what it does not know, and fields of another wire type", () => {
    const unknown = [0x98, 0x06, 0x01, 0xa5, 0x06, 1, 2, 3, 4, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8];
    const asVarint = [0x08, 0x01];
    expect(readProtobuf(Uint8Array.from([...unknown, ...asVarint, ...sample()]))).toEqual(
      readProtobuf(sample()),
    );
  });

  it("reads bytes that start inside a larger buffer", () => {
    const bytes = sample();
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    expect(readProtobuf(larger.subarray(7, 7 + bytes.length))).toEqual(readProtobuf(bytes));
  });

  it("is refused as JSON and the other way round", () => {
    expect(readsOrRefuses(new TextEncoder().encode('{"resourceSpans":[]}'))).toBe(false);
  });

  it("refuses an export of logs, whose records have no span ids", () => {
    // ExportLogsServiceRequest: resource_logs 1 > scope_logs 2 > log_records 2 {time 1, body 5}.
    const record = [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x2a, 3, 0x0a, 1, 0x78];
    const scopeLogs = [0x12, record.length, ...record];
    const resourceLogs = [0x12, scopeLogs.length, ...scopeLogs];
    const bytes = Uint8Array.from([0x0a, resourceLogs.length, ...resourceLogs]);
    expect(() => readProtobuf(bytes)).toThrow("traceId is missing");
  });
});

it("answers in protobuf as exporters read it", () => {
  expect(protobufAnswer([])).toHaveLength(0);
  const rejected = Array.from({ length: 300 }, (_, i) => ({
    id: `span-${i}`,
    status: 400,
    message: "startTimeUnixNano is missing",
  }));
  expect(decodeAnswer(protobufAnswer(rejected))).toEqual({
    partialSuccess: {
      rejectedSpans: 300,
      errorMessage: expect.stringMatching(
        /^span-0: startTimeUnixNano is missing; .*and 280 more: span-20 span-21 .*span-299$/,
      ),
    },
  });
});
