/** A list or an object that is being read. Positions are those of bytes. */
type Frame = {
  isList: boolean;
  /** Behind its opening bracket. */
  start: number;
  /** Where the part begins that nothing has read yet; undefined behind a child that was read by itself. */
  pieceStart: number | undefined;
  /** Where its present member begins. */
  memberStart: number;
  /** Its present member was read by itself. */
  isMemberRead: boolean;
  /** What was read of it; undefined as long as it is part of its parent's piece. */
  value: Map<string, unknown> | unknown[] | undefined;
};

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
const UTF8_BOM = [0xef, 0xbb, 0xbf];

const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function bad(at: number): never {
  throw new SyntaxError(`not JSON at byte ${at}`);
}

/** Reads the bytes of one text. Kept apart from the walk over it. */
class Pieces {
  readonly #bytes: Uint8Array;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  parse(before: string, from: number, to: number, after: string): unknown {
    return JSON.parse(before + this.#utf8.decode(this.#bytes.subarray(from, to)) + after);
  }

  requireBlank(from: number, to: number): void {
    for (let at = from; at < to; at++) if (!isBlank(this.#bytes[at] ?? 0)) bad(at);
  }

  /** Behind the string that begins at a quote. */
  endOfString(at: number): number {
    for (let from = at + 1; ;) {
      const end = this.#bytes.indexOf(QUOTE, from);
      if (end < 0) bad(at);
      let slashes = 0;
      while (this.#bytes[end - 1 - slashes] === BACKSLASH) slashes++;
      if (slashes % 2 === 0) return end + 1;
      from = end + 1;
    }
  }

  /** Reads whole members into a frame. They must not be none. */
  read({ value }: Frame, from: number, to: number): void {
    if (Array.isArray(value)) {
      const items = this.parse("[", from, to, "]") as unknown[];
      if (items.length === 0) bad(to);
      for (const item of items) value.push(item);
      return;
    }
    const fields = Object.entries(this.parse("{", from, to, "}") as object);
    if (fields.length === 0) bad(to);
    for (const [key, field] of fields) value?.set(key, field);
  }

  /** The key of the member whose value begins at `to`; of a list's, none. */
  keyOf({ isList, memberStart }: Frame, to: number): string {
    if (isList) {
      this.requireBlank(memberStart, to);
      return "";
    }
    const [key, ...more] = Object.keys(this.parse("{", memberStart, to, "null}") as object);
    return key === undefined || more.length > 0 ? bad(memberStart) : key;
  }
}

const built = ({ value }: Frame): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value;

function put({ value }: Frame, key: string, child: unknown): void {
  if (Array.isArray(value)) value.push(child);
  else value?.set(key, child);
}

/**
 * `JSON.parse` of UTF-8 that never has the whole text as a string: a large list or object is read
 * piece by piece, so that no more is held than the bytes and what they say.
 *
 * @param pieceBytes length from which a list or object is read in pieces
 * @throws SyntaxError, TypeError for what is not JSON in UTF-8
 */
export function parseJsonPieces(bytes: Uint8Array, pieceBytes: number): unknown {
  const pieces = new Pieces(bytes);
  const frames: Frame[] = [];
  const first = UTF8_BOM.every((byte, i) => bytes[i] === byte) ? UTF8_BOM.length : 0;

  /** Reads what stands before the present member of each open frame, and from now on its members apart. */
  function openAll(): void {
    for (const [depth, frame] of frames.entries()) {
      frame.value ??= frame.isList ? [] : new Map();
      const child = frames[depth + 1];
      const { pieceStart, memberStart } = frame;
      if (!child || pieceStart === undefined) continue;
      if (memberStart > pieceStart) pieces.read(frame, pieceStart, memberStart - 1);
      frame.pieceStart = undefined;
    }
  }

  function comma(at: number): void {
    const frame = frames.at(-1);
    if (!frame) return;
    const { pieceStart } = frame;
    if (pieceStart === undefined) {
      pieces.requireBlank(frame.memberStart, at);
      frame.pieceStart = at + 1;
    } else if (at - pieceStart >= pieceBytes) {
      openAll();
      pieces.read(frame, pieceStart, at);
      frame.pieceStart = at + 1;
    }
    frame.memberStart = at + 1;
    frame.isMemberRead = false;
  }

  /** @returns the value, if it was read in pieces and nothing is around it */
  function close(at: number, isList: boolean): unknown {
    const frame = frames.pop();
    if (frame?.isList !== isList) bad(at);
    if (frame.value === undefined) return undefined;
    if (frame.pieceStart === undefined) pieces.requireBlank(frame.memberStart, at);
    else pieces.read(frame, frame.pieceStart, at);
    const value = built(frame);
    const parent = frames.at(-1);
    if (!parent) {
      pieces.requireBlank(first, frame.start - 1);
      return value;
    }
    if (parent.isMemberRead) bad(frame.start);
    parent.isMemberRead = true;
    put(parent, pieces.keyOf(parent, frame.start - 1), value);
    parent.memberStart = at + 1;
    return undefined;
  }

  for (let at = first; at < bytes.byteLength; at++) {
    const byte = bytes[at] ?? 0;
    switch (byte) {
      case QUOTE:
        at = pieces.endOfString(at) - 1;
        break;
      case LIST:
      case OBJECT:
        frames.push({
          isList: byte === LIST,
          start: at + 1,
          pieceStart: at + 1,
          memberStart: at + 1,
          isMemberRead: false,
          value: undefined,
        });
        break;
      case COMMA:
        comma(at);
        break;
      case LIST_END:
      case OBJECT_END: {
        const value = close(at, byte === LIST_END);
        if (value === undefined) break;
        pieces.requireBlank(at + 1, bytes.byteLength);
        return value;
      }
    }
  }
  return pieces.parse("", first, bytes.byteLength, "");
}
