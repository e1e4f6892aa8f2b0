import type { Result, Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";

/** Paths that are remembered at once; SDKs ask for the same few again and again. */
const MAX_PATHS = 2_000;
/** Longer paths are matched each time, so that memory stays bounded. */
const MAX_PATH_LENGTH = 512;

/**
 * Hono's own choice of router, which remembers what it found. Names with raw slashes rule out the
 * quick one of the two, and the other takes longer than the rest of a prompt fetch.
 */
export function rememberingRouter<T>(): Router<T> {
  const inner = new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] });
  const known = new Map<string, Result<T>>();
  return {
    name: "RememberingRouter",
    add(method, path, handler) {
      known.clear();
      inner.add(method, path, handler);
    },
    match(method, path) {
      const key = `${method} ${path}`;
      const found = known.get(key);
      if (found) return found;
      const result = inner.match(method, path);
      if (path.length > MAX_PATH_LENGTH) return result;
      if (known.size >= MAX_PATHS) known.clear();
      known.set(key, result);
      return result;
    },
  };
}
