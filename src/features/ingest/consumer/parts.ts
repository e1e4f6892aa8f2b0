import type { Stamped } from "../merge.ts";
import { emptyTouched, type Touched } from "./touched.ts";

/*
 * How much one transaction takes. Large ones are cheaper: rows come in the order of their keys, so
 * the more of them, the more share a page that is written.
 */

/** Rows that one transaction may touch. */
export const MAX_ROWS = 1_500;
/** JSON of the states of one transaction, in UTF-16 code units, whatever the statements it is spread over. */
const MAX_STATES_LENGTH = 1_500_000;
/** The log's images of one transaction, likewise; each is one value, and a value of D1 may have 2 MB. */
const MAX_IMAGE_LENGTH = 500_000;

type Size = { rows: number; states: number; image: number };

const NOTHING: Size = { rows: 0, states: 0, image: 0 };

const sum = (a: Size, b: Size): Size => ({
  rows: a.rows + b.rows,
  states: a.states + b.states,
  image: a.image + b.image,
});

const fits = ({ rows, states, image }: Size): boolean =>
  rows <= MAX_ROWS && states <= MAX_STATES_LENGTH && image <= MAX_IMAGE_LENGTH;

/** Of a row's entry in an image, roughly: numbers and punctuation; a score's names the prompt and model of its generation too. */
const IMAGE_LENGTHS = { observations: 250, traces: 250, scores: 1_000 };
/** Fields whose text an image repeats; the rest of a row it does not hold. */
const IN_IMAGES = new Set(["promptName", "model", "environment", "split", "name", "sessionId"]);

/** Roughly: a name, a clock and some characters more for each field. */
const FIELD_LENGTH = 64;

function sizeOf({ values }: Stamped, kind: keyof Touched, key: string): Size {
  let states = 0;
  let image = IMAGE_LENGTHS[kind] + key.length;
  for (const [field, value] of Object.entries(values)) {
    const length = typeof value === "string" ? value.length : JSON.stringify(value).length;
    states += FIELD_LENGTH + length;
    if (IN_IMAGES.has(field)) image += length;
  }
  return { rows: 1, states, image };
}

type Entry = { kind: keyof Touched; key: string; row: { state: Stamped }; size: Size };

/** What is touched, by trace or session, in the order of their ids: rows that lie together on disk. */
function byOwner({ traces, observations, scores }: Touched): Entry[][] {
  const owners = new Map<string, Entry[]>();
  const put = (owner: string, kind: Entry["kind"], key: string, row: Entry["row"]): void => {
    const entry = { kind, key, row, size: sizeOf(row.state, kind, key) };
    const known = owners.get(owner);
    if (known) known.push(entry);
    else owners.set(owner, [entry]);
  };
  for (const [key, row] of traces) put(row.id, "traces", key, row);
  for (const [key, row] of observations) put(row.trace, "observations", key, row);
  for (const [key, row] of scores) put(row.owner, "scores", key, row);
  return [...owners].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entries]) => entries);
}

/** Cuts what touches one shard into transactions of bounded size; a trace is cut only when it fits into none. */
export function parts(touched: Touched): Touched[] {
  const cut: Touched[] = [];
  let size = { ...NOTHING, rows: Infinity };
  const add = (part: Touched, { kind, key, row }: Entry): void => {
    (part[kind] as Map<string, Entry["row"]>).set(key, row);
  };
  for (const entries of byOwner(touched)) {
    const whole = entries.reduce((all, entry) => sum(all, entry.size), NOTHING);
    let isRoomLeft = fits(sum(size, whole));
    for (const entry of entries) {
      if (!isRoomLeft || !fits(sum(size, entry.size))) {
        cut.push(emptyTouched());
        size = NOTHING;
        isRoomLeft = true;
      }
      add(cut.at(-1) as Touched, entry);
      size = sum(size, entry.size);
    }
  }
  return cut;
}
