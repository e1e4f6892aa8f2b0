/**
 * Whether a JSON value has objects or lists inside one another at more than `levels` levels. Level by
 * level and not recursive: a few kilobytes of brackets must not exhaust the stack.
 */
export function nestsDeeper(value: unknown, levels: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((container) => Object.values(container)).filter(isContainer);
  }
  return false;
}

const isContainer = (value: unknown): value is object =>
  typeof value === "object" && value !== null;
