import type { Rejected } from "../model.ts";

/** Rejected spans whose reason is said; the others are named only. */
const MAX_EXPLAINED = 20;

const sentenceOf = (rejected: readonly Rejected[]): string => {
  const explained = rejected.slice(0, MAX_EXPLAINED).map(({ id, message }) => `${id}: ${message}`);
  const others = rejected.slice(MAX_EXPLAINED).map(({ id }) => id);
  const more = others.length > 0 ? `; and ${others.length} more: ${others.join(" ")}` : "";
  return explained.join("; ") + more;
};

/** ExportTraceServiceResponse as JSON: empty, or which spans were not taken. */
export const jsonAnswer = (rejected: readonly Rejected[]): Record<string, unknown> =>
  rejected.length === 0
    ? {}
    : {
        partialSuccess: {
          rejectedSpans: String(rejected.length),
          errorMessage: sentenceOf(rejected),
        },
      };

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80);
  bytes.push(rest);
  return bytes;
}

const field = (number: number, bytes: ArrayLike<number>): number[] => [
  number * 8 + 2,
  ...varint(bytes.length),
  ...Array.from(bytes),
];

/** The same in protobuf; when all is well that is no bytes at all. */
export function protobufAnswer(rejected: readonly Rejected[]): Uint8Array {
  if (rejected.length === 0) return new Uint8Array();
  const message = new TextEncoder().encode(sentenceOf(rejected));
  const partialSuccess = [1 * 8, ...varint(rejected.length), ...field(2, message)];
  return Uint8Array.from(field(1, partialSuccess));
}
