import type { PayloadRef } from "./accept/payload.ts";
import { decode, encode, type Stamped } from "./merge.ts";

/*
 * How a row keeps its state: as `merge.ts` writes it, with references to payloads in short. A row's
 * payloads mostly lie in one object, often in one member. Only the row's first reference names its
 * object; `@<offset>+<length>` lies in the same one, and `@` is the first one's place again.
 */

const SAME_PLACE = "@";

type Values = Stamped["values"];
type Change = (ref: PayloadRef) => PayloadRef;

const isRef = (value: unknown): value is PayloadRef => typeof value === "string";

/** The values with every reference changed, one after another in an order that never varies. */
function changeReferences(values: Values, change: Change): Values {
  const changed = { ...values };
  for (const field of ["input", "output"] as const) {
    const ref = values[field];
    if (isRef(ref)) changed[field] = change(ref);
  }
  for (const field of ["metadata", "replaced"] as const) {
    const refs = values[field];
    if (Array.isArray(refs)) changed[field] = refs.map((ref) => (isRef(ref) ? change(ref) : ref));
  }
  return changed;
}

const hasReferences = (values: Values): boolean =>
  "input" in values || "output" in values || "metadata" in values || "replaced" in values;

function shortening(): Change {
  let first: PayloadRef | undefined;
  let object = "";
  return (ref) => {
    if (first === undefined) {
      first = ref;
      object = ref.slice(0, ref.lastIndexOf("@"));
      return ref;
    }
    if (ref === first) return SAME_PLACE;
    const isNear = ref.startsWith(object) && ref.lastIndexOf("@") === object.length;
    return isNear ? ref.slice(object.length) : ref;
  };
}

function lengthening(): Change {
  let first: PayloadRef | undefined;
  return (ref) => {
    if (first === undefined) return (first = ref);
    if (ref === SAME_PLACE) return first;
    return ref.startsWith("@") ? first.slice(0, first.lastIndexOf("@")) + ref : ref;
  };
}

/** Values as a document holds them, with every reference in full again. */
export const inFull = (values: Values): Values =>
  hasReferences(values) ? changeReferences(values, lengthening()) : values;

/** Canonical text of a row's state: equal states give equal texts. */
export function encodeDoc({ values, clocks }: Stamped): string {
  if (!hasReferences(values)) return encode({ values, clocks });
  return encode({ values: changeReferences(values, shortening()), clocks });
}

/** Reads what `encodeDoc` wrote, or a document whose references are all in full. */
export function decodeDoc(doc: string): Stamped {
  const { values, clocks } = decode(doc);
  return { values: inFull(values), clocks };
}
