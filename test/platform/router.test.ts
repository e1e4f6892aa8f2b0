import { describe, expect, it } from "vitest";

import { rememberingRouter } from "../../src/platform/router.ts";

describe("the router", () => {
  const router = rememberingRouter<string>();
  router.add("GET", "/prompts/:name{.+}/metrics", "metrics");
  router.add("GET", "/prompts/:name{.+}", "prompt");
  router.add("POST", "/prompts/:name{.+}", "change");

  /** Handlers with their parameters, which one of Hono's routers gives as places in a list. */
  function handlers(method: string, path: string) {
    const [found, stash] = router.match(method, path);
    return found.map(([handler, params]) => {
      const named = Object.entries<string | number>(params).map(([name, value]) => [
        name,
        typeof value === "number" ? stash?.[value] : value,
      ]);
      return [handler, Object.fromEntries(named) as Record<string, unknown>];
    });
  }

  it("finds the same the second time", () => {
    for (const path of ["/prompts/a/b", "/prompts/a/b/metrics", "/prompts/c", "/elsewhere"]) {
      expect(handlers("GET", path)).toEqual(handlers("GET", path));
    }
    expect(handlers("GET", "/prompts/a/b")).toEqual([["prompt", { name: "a/b" }]]);
  });
  it("tells methods and paths apart", () => {
    expect(handlers("GET", "/prompts/a")).toEqual([["prompt", { name: "a" }]]);
    expect(handlers("POST", "/prompts/a")).toEqual([["change", { name: "a" }]]);
    expect(handlers("GET", "/prompts/b")).toEqual([["prompt", { name: "b" }]]);
  });
  it("forgets when it is full, and still finds", () => {
    for (let i = 0; i < 2_500; i++) handlers("GET", `/prompts/p${i}`);
    expect(handlers("GET", "/prompts/p1")).toEqual([["prompt", { name: "p1" }]]);
  });
});
