/** Damage to JSON values and bytes, drawn by a seeded `random`. */

export type Random = () => number;

export const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;

function nested(levels: number): unknown {
  let value: unknown = "deep";
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** What clients send by mistake: other types, other sizes, other alphabets. */
const ODD: readonly unknown[] = [
  null,
  "",
  " ",
  "0",
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  "99999999999999999999",
  true,
  false,
  [],
  {},
  [null],
  { key: null },
  "x".repeat(801),
  "x".repeat(5000),
  "a\u0000b",
  "\ud800",
  "ünïcödé 🙂",
  "2026-13-45T99:99:99Z",
  "1970-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  '{"half":',
  "NaN",
  { __proto__: null, toString: 1 },
  JSON.parse('{"__proto__": {"polluted": true}}') as unknown,
  nested(40),
  nested(700),
];

type Place = { parent: Record<string, unknown> | unknown[]; key: string };

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return found;
  const parent = value as Place["parent"];
  for (const [key, child] of Object.entries(parent)) {
    found.push({ parent, key });
    placesIn(child, found);
  }
  return found;
}

const get = ({ parent, key }: Place): unknown => (parent as Record<string, unknown>)[key];
const set = ({ parent, key }: Place, value: unknown): void => {
  (parent as Record<string, unknown>)[key] = value;
};

const KINDS: readonly ((random: Random, place: Place) => void)[] = [
  (random, place) => set(place, pick(random, ODD)),
  (random, place) => set(place, pick(random, ODD)),
  (_, { parent, key }) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  },
  (_, place) => {
    const value = get(place);
    set(place, typeof value === "number" ? String(value) : [value]);
  },
  (random, place) => {
    const value = get(place);
    if (typeof value === "string") set(place, value.slice(0, random() * value.length));
    else set(place, { value });
  },
  (_, place) => {
    const { parent, key } = place;
    if (Array.isArray(parent)) parent.push(get(place));
    else parent[key.toUpperCase()] = get(place);
  },
];

/** Damages one to three places inside `item`, in place. */
export function damage(random: Random, item: unknown): void {
  const times = 1 + Math.floor(random() * 3);
  for (let i = 0; i < times; i++) {
    const places = placesIn(item);
    if (places.length === 0) return;
    pick(random, KINDS)(random, pick(random, places));
  }
}

/** Changes, drops or adds some bytes between two offsets. */
export function damageBytes(
  random: Random,
  bytes: Uint8Array,
  { from, to, keepsLength }: { from: number; to: number; keepsLength: boolean },
): Uint8Array {
  const at = from + Math.floor(random() * (to - from));
  const changed = bytes.slice();
  changed[at] = Math.floor(random() * 256);
  if (keepsLength || random() < 0.5) return changed;
  if (random() < 0.3) return changed.slice(0, at);
  const length = 1 + Math.floor(random() * 4);
  return random() < 0.5
    ? Uint8Array.from([...changed.slice(0, at), ...changed.slice(at + length)])
    : Uint8Array.from([
        ...changed.slice(0, at),
        ...changed.slice(at - length),
        ...changed.slice(at),
      ]);
}
