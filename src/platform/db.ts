import { drizzle } from "drizzle-orm/d1";

export type RegistryDb = ReturnType<typeof drizzle>;

/** One for each binding: opening costs more than a prompt fetch may, which never reads it. */
const opened = new WeakMap<D1Database, RegistryDb>();

/** Drizzle over the registry. D1 has no transactions: several writes go through `db.batch`. */
export function openRegistry(binding: D1Database): RegistryDb {
  const known = opened.get(binding);
  if (known) return known;
  const registry = drizzle(binding);
  opened.set(binding, registry);
  return registry;
}
