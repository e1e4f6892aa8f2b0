/**
 * A bounded in-memory cache of one isolate, least recently used out first.
 * The only mutable module state besides the clock: delivery and key look-up need it.
 */
export type Memo<V> = {
  get: (key: string, nowMs: number) => V | undefined;
  set: (key: string, value: V, nowMs: number, bytes?: number) => void;
  delete: (key: string) => void;
  clear: () => void;
};

/** @param ttlMs how long an entry lives; @param maxEntries and @param maxBytes what it may hold. */
export function memo<V>(ttlMs: number, maxEntries: number, maxBytes = Infinity): Memo<V> {
  const entries = new Map<string, { value: V; expiresMs: number; bytes: number }>();
  let held = 0;

  function drop(key: string): void {
    const entry = entries.get(key);
    if (!entry) return;
    held -= entry.bytes;
    entries.delete(key);
  }

  return {
    get(key, nowMs) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      // A clock that was moved backwards must not keep an entry alive for ever.
      if (nowMs >= entry.expiresMs || nowMs < entry.expiresMs - ttlMs) {
        drop(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, nowMs, bytes = 0) {
      drop(key);
      if (bytes > maxBytes) return;
      entries.set(key, { value, expiresMs: nowMs + ttlMs, bytes });
      held += bytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && held <= maxBytes) break;
        drop(oldest);
      }
    },
    delete: drop,
    clear() {
      entries.clear();
      held = 0;
    },
  };
}
