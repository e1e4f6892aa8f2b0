import { deliveryEndpoints, publishing } from "../../src/features/delivery/routes.ts";
import { exchangeEndpoints } from "../../src/features/prompts/exchange/routes.ts";
import { promptEndpoints } from "../../src/features/prompts/routes.ts";
import { openRegistry } from "../../src/platform/db.ts";
import type { Env } from "../../src/platform/env.ts";
import { mount } from "../../src/platform/http.ts";
import type { Scope } from "../../src/platform/scope.ts";
import { freshScope } from "./scope.ts";

type Init = { headers?: Record<string, string>; body?: unknown };

export type Registry = {
  scope: Scope;
  call: (method: string, path: string, init?: Init) => Promise<Response>;
  /** Runs until everything that was put off is done. */
  settle: () => Promise<void>;
  /** The same project with other bindings or another instant. */
  with: (change: { env?: Partial<Env>; now?: Date; grants?: Scope["grants"] }) => Registry;
};

/** The routes of prompts and delivery for one scope: what comes before them is another slice's. */
export function registryOf(scope: Scope, deferred: Promise<unknown>[] = []): Registry {
  const own: Scope = {
    ...scope,
    defer: (work) => void deferred.push(work.catch((error: unknown) => error)),
  };
  const endpoints = [
    ...publishing([...promptEndpoints, ...exchangeEndpoints([])]),
    ...deliveryEndpoints,
  ];
  const app = mount(endpoints, () => Promise.resolve(own));
  return {
    scope: own,
    call: async (method, path, { headers = {}, body } = {}) =>
      app.fetch(
        new Request(`http://registry.test${path}`, {
          method,
          headers: { "content-type": "application/json", ...headers },
          ...(body === undefined
            ? {}
            : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        }),
        own.env,
      ),
    async settle() {
      for (let work = deferred.shift(); work; work = deferred.shift()) await work;
    },
    with: ({ env = {}, now = own.now, grants = own.grants }) => {
      const changed = { ...own.env, ...env };
      return registryOf(
        { ...own, env: changed, db: openRegistry(changed.DB), now, grants },
        deferred,
      );
    },
  };
}

/** The routes for a project that nobody else uses. */
export const freshRegistry = (now?: Date): Registry => registryOf(freshScope(now));

/** A binding whose every use throws. */
export const broken = (what: string): never =>
  new Proxy({} as never, {
    get: (_, property) => {
      // Looked at by inspectors and promises, never used.
      if (typeof property === "symbol" || property === "then") return undefined;
      return () => {
        throw new Error(`${what} is down`);
      };
    },
  });
