/** One place where two JSON values differ. `path` is a JSON Pointer (RFC 6901), "" for the whole. */
export type JsonChange = { path: string } & (
  | { op: "added"; to: unknown }
  | { op: "removed"; from: unknown }
  | { op: "changed"; from: unknown; to: unknown }
);

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const step = (path: string, key: string): string =>
  `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;

const fieldsOf = (value: unknown): Fields | undefined =>
  isFields(value) ? value : Array.isArray(value) ? Object.fromEntries(value.entries()) : undefined;

/** Where two JSON values differ, as deep as both have the same shape; lists are compared by place. */
export function diffJson(before: unknown, after: unknown, path = ""): JsonChange[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  if (!old || !now || Array.isArray(before) !== Array.isArray(after)) {
    return Object.is(before, after) ? [] : [{ path, op: "changed", from: before, to: after }];
  }
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys.flatMap((key): JsonChange[] => {
    const at = step(path, key);
    if (!Object.hasOwn(now, key)) return [{ path: at, op: "removed", from: old[key] }];
    if (!Object.hasOwn(old, key)) return [{ path: at, op: "added", to: now[key] }];
    return diffJson(old[key], now[key], at);
  });
}
