import { drizzle } from "drizzle-orm/d1";

/** Drizzle over the registry. D1 has no transactions: several writes go through `db.batch`. */
export const openRegistry = (binding: D1Database) => drizzle(binding);

export type RegistryDb = ReturnType<typeof openRegistry>;
