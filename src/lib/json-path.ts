/**
 * One step of a JSON path: a key or index by its text, any child (`*`), or any depth (`..`).
 */
export type Step = { key: string } | "children" | "descendants";

const STEP = /^(?:\.\.|\.?\[\*\]|\.\*|\.?\[(\d+)\]|\.?\['([^'\]]+)'\]|\.([^.[\]*'\s]+))/;
const MAX_STEPS = 20;

/** What a step's text says. `..` says both "at any depth" and the name that may follow it. */
function stepsOf(text: string, [whole, index, quoted, name]: RegExpExecArray): Step[] {
  const key = index ?? quoted ?? name;
  if (key !== undefined) return [{ key }];
  if (whole !== "..") return ["children"];
  const next = /^[^.[\]*'\s]+/.exec(text.slice(2))?.[0];
  return next === undefined ? ["descendants"] : ["descendants", { key: next }];
}

/**
 * Reads the part of JSONPath (RFC 9535) that names places: `$.a.b`, `$['a b']`, `$.list[0]`,
 * `$.list[*].text`, `$..email`. No filters, slices or unions.
 *
 * @returns undefined for anything else
 */
export function parseJsonPath(path: string): Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  for (let rest = path.slice(1); rest !== "";) {
    const match = STEP.exec(rest);
    if (!match) return undefined;
    const read = stepsOf(rest, match);
    const last = read.at(-1);
    const nameLength = match[0] === ".." && typeof last === "object" ? last.key.length : 0;
    rest = rest.slice(match[0].length + nameLength);
    steps.push(...read);
  }
  const isWhole = steps.length > 0 && steps.length <= MAX_STEPS && steps.at(-1) !== "descendants";
  return isWhole ? steps : undefined;
}

/**
 * Where one step further leads: the steps that are left to go for a child of this key. Several,
 * because `..` both goes on and stays.
 */
export function advance(steps: readonly Step[], key: string): (readonly Step[])[] {
  const [first, ...rest] = steps;
  if (first === undefined) return [];
  if (first === "descendants") return [steps, ...advance(rest, key)];
  return first === "children" || first.key === key ? [rest] : [];
}
