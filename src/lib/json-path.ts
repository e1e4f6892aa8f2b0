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

/** The steps after the first: one list for ever, so that who gets there twice can see it. */
const rests = new WeakMap<readonly Step[], readonly Step[]>();

function restOf(steps: readonly Step[]): readonly Step[] {
  const rest = rests.get(steps) ?? steps.slice(1);
  rests.set(steps, rest);
  return rest;
}

/** Where one step further leads. Several, because `..` both goes on and stays. */
function next(steps: readonly Step[], key: string): (readonly Step[])[] {
  const [first] = steps;
  if (first === undefined) return [];
  if (first === "descendants") return [steps, ...next(restOf(steps), key)];
  return first === "children" || first.key === key ? [restOf(steps)] : [];
}

/**
 * Where one step further leads from several places in paths: the steps that are left to go for a child of
 * this key. Each is named once, however many ways lead there: with `$..*..*` they double at every level.
 */
export const advance = (
  left: readonly (readonly Step[])[],
  key: string,
): readonly (readonly Step[])[] => [...new Set(left.flatMap((steps) => next(steps, key)))];
