// Gives every user an arm of a split label, on top of an unmodified SDK, whose own cache would give
// one arm to the whole process for a minute.
import { createHash } from "node:crypto";

const { LANGFUSE_BASE_URL, LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY } = process.env;
const authorization = `Basic ${btoa(`${LANGFUSE_PUBLIC_KEY}:${LANGFUSE_SECRET_KEY}`)}`;
const TABLE_MS = 60_000;
const tables = new Map();

/** The live split of a label, at most a minute old; an older one while the server cannot be reached. */
async function tableOf(name, label) {
  const key = `${label}/${name}`;
  const known = tables.get(key);
  if (known && Date.now() - known.readAt < TABLE_MS) return known.table;
  try {
    const url = new URL("/api/public/splits", LANGFUSE_BASE_URL);
    url.search = new URLSearchParams({ name, label });
    const response = await fetch(url, { headers: { authorization } });
    const { data } = response.ok ? await response.json() : { data: [known?.table] };
    tables.set(key, { table: data[0], readAt: Date.now() });
  } catch {
    tables.set(key, { table: known?.table, readAt: Date.now() });
  }
  return tables.get(key).table;
}

/** The slot of a user: the first four bytes of SHA-256(split id, zero byte, key), modulo 10,000. */
export const slotOf = (splitId, key) =>
  createHash("sha256").update(`${splitId}\0${key}`).digest().readUInt32BE() % 10_000;

/** A user's prompt, and the attributes that tell which split it was drawn from. */
export async function promptFor(langfuse, name, { user, label = "production", ...options }) {
  const table = await tableOf(name, label);
  if (!table)
    return { prompt: await langfuse.prompt.get(name, { ...options, label }), attributes: {} };
  const slot = slotOf(table.id, user);
  const { version } = table.ranges.find(({ from, to }) => from <= slot && slot < to);
  const prompt = await langfuse.prompt.get(name, { ...options, version });
  return { prompt, attributes: { "promptside.split": table.id } };
}
