/** Slots that the arms of a split share: a weight of 1 is one hundredth of a per cent. */
export const SLOTS = 10_000;

/** An arm is named by a whole number from 1, a prompt's version. */
export type Share = { arm: number; weight: number };

/** Slots from `from` up to, not including, `to` belong to the arm. */
export type SlotRange = { arm: number; from: number; to: number };

const FREE = 0;

function checkShares(shares: readonly Share[]): void {
  const arms = new Set(shares.map(({ arm }) => arm));
  const sum = shares.reduce((total, { weight }) => total + weight, 0);
  const whole = shares.every(
    ({ arm, weight }) => Number.isInteger(weight) && weight >= 0 && arm > 0,
  );
  if (!whole || arms.size < shares.length || sum !== SLOTS) {
    throw new RangeError(`weights of different arms must be whole numbers that sum to ${SLOTS}`);
  }
}

function ownersOf(ranges: readonly SlotRange[]): Int32Array {
  const owners = new Int32Array(SLOTS);
  for (const { arm, from, to } of ranges) owners.fill(arm, from, to);
  return owners;
}

function rangesOf(owners: Int32Array): SlotRange[] {
  const ranges: SlotRange[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const arm = owners[slot] ?? FREE;
    const last = ranges.at(-1);
    if (last?.arm === arm) last.to = slot + 1;
    else ranges.push({ arm, from: slot, to: slot + 1 });
  }
  return ranges;
}

/** Slots of each arm beyond what it may keep (above 0), or that it lacks (below 0). */
function surplusOf(owners: Int32Array, shares: readonly Share[]): Map<number, number> {
  const surplus = new Map(shares.map(({ arm, weight }) => [arm, -weight]));
  for (const arm of owners) if (arm !== FREE) surplus.set(arm, (surplus.get(arm) ?? 0) + 1);
  return surplus;
}

/** Frees what shrinking arms have too much: small ranges whole, then the end beside a growing arm. */
function release(owners: Int32Array, surplus: ReadonlyMap<number, number>): void {
  const left = new Map(surplus);
  const bySize = rangesOf(owners).sort((a, b) => a.to - a.from - (b.to - b.from));
  for (const { arm, from, to } of bySize) {
    const tooMany = Math.min(left.get(arm) ?? 0, to - from);
    if (arm === FREE || tooMany <= 0) continue;
    left.set(arm, (left.get(arm) ?? 0) - tooMany);
    const growsBefore = (surplus.get(owners[from - 1] ?? FREE) ?? 0) < 0;
    const growsAfter = (surplus.get(owners[to] ?? FREE) ?? 0) < 0;
    if (growsBefore && !growsAfter) owners.fill(FREE, from, from + tooMany);
    else owners.fill(FREE, to - tooMany, to);
  }
}

/** Gives the free slots to growing arms, beside those they have where that is possible. */
function fill(owners: Int32Array, surplus: ReadonlyMap<number, number>): void {
  const needs = new Map([...surplus].map(([arm, excess]) => [arm, Math.max(0, -excess)]));
  const take = (arm: number, most: number): number => {
    const taken = Math.min(needs.get(arm) ?? 0, most);
    needs.set(arm, (needs.get(arm) ?? 0) - taken);
    return taken;
  };
  for (const range of rangesOf(owners).filter(({ arm }) => arm === FREE)) {
    let { from, to } = range;
    const before = owners[from - 1] ?? FREE;
    const after = owners[to] ?? FREE;
    const toBefore = take(before, to - from);
    owners.fill(before, from, from + toBefore);
    from += toBefore;
    const toAfter = take(after, to - from);
    owners.fill(after, to - toAfter, to);
    to -= toAfter;
    for (const arm of needs.keys()) {
      const taken = take(arm, to - from);
      owners.fill(arm, from, from + taken);
      from += taken;
    }
  }
}

/**
 * The slots under new weights. Slots move from arms that shrink to arms that grow and nowhere else:
 * whoever is in an arm that grows, or stays as it is, stays there. Arms without a share lose all.
 *
 * @param ranges as this function gave them; empty for a new split
 * @returns ranges in order of their slots, together all of them
 * @throws RangeError unless the weights are whole, of different arms, and sum to SLOTS
 */
export function reallocate(ranges: readonly SlotRange[], shares: readonly Share[]): SlotRange[] {
  checkShares(shares);
  const owners = ownersOf(ranges);
  const surplus = surplusOf(owners, shares);
  release(owners, surplus);
  fill(owners, surplus);
  return rangesOf(owners);
}

/** The slots each arm has, in the order of the arms' numbers. */
export function sharesOf(ranges: readonly SlotRange[]): Share[] {
  const weights = new Map<number, number>();
  for (const { arm, from, to } of ranges) weights.set(arm, (weights.get(arm) ?? 0) + to - from);
  return [...weights].map(([arm, weight]) => ({ arm, weight })).sort((a, b) => a.arm - b.arm);
}

/** Whose slot it is; undefined when no range holds it. */
export const armOf = (ranges: readonly SlotRange[], slot: number): number | undefined =>
  ranges.find(({ from, to }) => from <= slot && slot < to)?.arm;

/**
 * The slot of a targeting key: the first four bytes, most significant first, of the SHA-256 of the
 * split's id, a zero byte and the key, both in UTF-8, modulo SLOTS.
 */
export async function slotOf(splitId: string, targetingKey: string): Promise<number> {
  const text = new TextEncoder().encode(`${splitId}\0${targetingKey}`);
  const digest = await crypto.subtle.digest("SHA-256", text);
  return new DataView(digest).getUint32(0) % SLOTS;
}

/** A slot drawn anew, for who has no targeting key. */
export const randomSlot = (): number =>
  crypto.getRandomValues(new Uint32Array(1)).reduce((_, n) => n % SLOTS, 0);
