/** How a key of this KV behaves. Times are milliseconds. */
export type KvFaults = {
  /** A write is seen by readers this long after it. */
  lagMs: number;
  /** "Not found" is remembered this long. */
  missMs: number;
  /** At most one write per key in this time; more are refused. */
  spacingMs: number;
  /** Share of operations that fail, in [0, 1]: half of the failed writes are applied all the same. */
  failing: number;
  random: () => number;
  clock: () => number;
  /** Lets other work run in the middle of an operation. */
  pause: () => Promise<unknown>;
};

type Write = { at: number; value: string | null; metadata: unknown };

export type FaultyKv = {
  kv: KVNamespace;
  counts: { refused: number; failed: number; reads: number; writes: number };
  /** What every reader sees once all writes have spread: key -> text. */
  settled: () => Map<string, string>;
  /** The metadata beside it. */
  settledMetadata: () => Map<string, unknown>;
  /** Every text that was ever in it. */
  everWritten: () => Set<string>;
};

const decode = (value: unknown): string =>
  typeof value === "string" ? value : new TextDecoder().decode(value as ArrayBuffer);

/** True once in every `1 / share` calls, at a random place of them: few calls fail too, and for certain. */
function oneOf(share: number, random: () => number): () => boolean {
  const block = share > 0 ? Math.round(1 / share) : Infinity;
  let call = 0;
  let victim = -1;
  return () => {
    if (call % block === 0) victim = share > 0 ? call + Math.floor(random() * block) : -1;
    return call++ === victim;
  };
}

/** A KV that does what Cloudflare's may do and miniflare's never does. Get with metadata, put, delete. */
export function faultyKv(faults: KvFaults): FaultyKv {
  const { lagMs, missMs, spacingMs, failing, random, clock, pause } = faults;
  const writes = new Map<string, Write[]>();
  const misses = new Map<string, number>();
  const lastTry = new Map<string, number>();
  const counts = { refused: 0, failed: 0, reads: 0, writes: 0 };
  const isFailing = oneOf(failing, random);

  async function read(key: string) {
    counts.reads++;
    await pause();
    if (isFailing()) {
      counts.failed++;
      throw new Error("KV GET failed: 500 Internal Server Error");
    }
    const none = { value: null, metadata: null, cacheStatus: null };
    if (clock() < (misses.get(key) ?? -Infinity)) return none;
    const seen = writes.get(key)?.findLast(({ at }) => at + lagMs <= clock());
    if (!seen || seen.value === null) {
      misses.set(key, clock() + missMs);
      return none;
    }
    const value = new TextEncoder().encode(seen.value).buffer;
    return { value, metadata: seen.metadata, cacheStatus: null };
  }

  async function write(key: string, value: string | null, metadata: unknown): Promise<void> {
    await pause();
    if (clock() - (lastTry.get(key) ?? -Infinity) < spacingMs) {
      counts.refused++;
      throw new Error("KV PUT failed: 429 Too Many Requests");
    }
    const fails = isFailing();
    if (!fails || random() < 0.5) {
      lastTry.set(key, clock());
      writes.set(key, [...(writes.get(key) ?? []), { at: clock(), value, metadata }]);
      counts.writes++;
    }
    await pause();
    if (!fails) return;
    counts.failed++;
    throw new Error("KV PUT failed: 500 Internal Server Error");
  }

  const kv = {
    getWithMetadata: read,
    put: (key: string, value: unknown, options?: { metadata?: unknown }) =>
      write(key, decode(value), options?.metadata ?? null),
    delete: (key: string) => write(key, null, null),
  };
  return {
    kv: kv as unknown as KVNamespace,
    counts,
    settled() {
      const present = new Map<string, string>();
      for (const [key, history] of writes) {
        const value = history.at(-1)?.value;
        if (typeof value === "string") present.set(key, value);
      }
      return present;
    },
    settledMetadata() {
      const present = new Map<string, unknown>();
      for (const [key, history] of writes) {
        const last = history.at(-1);
        if (typeof last?.value === "string") present.set(key, last.metadata);
      }
      return present;
    },
    everWritten: () =>
      new Set([...writes.values()].flat().flatMap(({ value }) => (value === null ? [] : [value]))),
  };
}
