import { MalformedExport } from "./spans.ts";

/** How a field is laid out in the bytes. Groups, 3 and 4, are not part of proto3. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const utf8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const truncated = () => new MalformedExport("the protobuf body ends in the middle of a field");

/**
 * Reads protobuf fields from bytes and never past their end.
 * Every method throws MalformedExport when the bytes are not what it reads.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, within?: { view: DataView; start: number; end: number }) {
    this.#bytes = bytes;
    this.#view = within?.view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = within?.start ?? 0;
    this.#end = within?.end ?? bytes.byteLength;
  }

  get isDone(): boolean {
    return this.#at >= this.#end;
  }

  #take(count: number): number {
    const from = this.#at;
    if (count > this.#end - from) throw truncated();
    this.#at = from + count;
    return from;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  /** An unsigned varint of up to 32 bits: a tag or a length. */
  uint32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new MalformedExport("the protobuf body has a tag or length beyond 32 bits");
  }

  /** A varint of up to 64 bits as a signed integer. */
  int64(): bigint {
    let low = 0;
    let shift = 0;
    // The first 49 bits fit a double exactly; most integers end there.
    for (; shift < 49; shift += 7) {
      const byte = this.#byte();
      low += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (; shift < 70; shift += 7) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new MalformedExport("the protobuf body has an integer beyond 64 bits");
  }

  fixed64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  text(): string {
    const length = this.uint32();
    const from = this.#take(length);
    return utf8.decode(this.#bytes.subarray(from, from + length));
  }

  /** Bytes as hexadecimal digits. */
  hex(): string {
    const length = this.uint32();
    const from = this.#take(length);
    let text = "";
    for (let i = from; i < from + length; i++) text += HEX[this.#bytes[i] ?? 0] ?? "";
    return text;
  }

  base64(): string {
    const length = this.uint32();
    const from = this.#take(length);
    let text = "";
    for (let i = from; i < from + length; i++) text += String.fromCharCode(this.#bytes[i] ?? 0);
    return btoa(text);
  }

  /** A reader of the message that comes next. */
  message(): Reader {
    const length = this.uint32();
    const from = this.#take(length);
    return new Reader(this.#bytes, { view: this.#view, start: from, end: from + length });
  }

  skip(wire: number): void {
    switch (wire) {
      case WIRE.varint:
        this.int64();
        return;
      case WIRE.fixed64:
        this.#take(8);
        return;
      case WIRE.bytes:
        this.#take(this.uint32());
        return;
      case WIRE.fixed32:
        this.#take(4);
        return;
      default:
        throw new MalformedExport(`the protobuf body has a field of unknown wire type ${wire}`);
    }
  }
}

/** By field number: the wire type it must have, and what to do with it. */
export type Fields<T> = Readonly<
  Record<number, readonly [wire: number, read: (reader: Reader, target: T) => void]>
>;

/** Reads a message field by field into `target`. Unknown fields, or of another wire type, are skipped. */
export function readMessage<T>(reader: Reader, fields: Fields<T>, target: T): T {
  while (!reader.isDone) {
    const tag = reader.uint32();
    const wire = tag & 7;
    const number = tag >>> 3;
    if (number === 0) throw new MalformedExport("the protobuf body has a field with number 0");
    const field = fields[number];
    if (field && field[0] === wire) field[1](reader, target);
    else reader.skip(wire);
  }
  return target;
}
