import type { RegistryDb } from "./db.ts";
import type { Env } from "./env.ts";

/** Who acts: a key of the project, a person by mail address (Cloudflare Access), or the system itself. Written into ledgers and audit. */
export type Actor = { kind: "key" | "person" | "system"; id: string };

/**
 * Who may call an endpoint.
 * `open`: anybody. `deployment`: the bearer of ADMIN_TOKEN. `scores`: any key, the public one
 * included. The rest: a secret key that holds that scope.
 */
export type Access = "open" | "deployment" | "scores" | "read" | "ingest" | "write" | "admin";

/**
 * What every function that does I/O takes first: whose data, which storage, what time it is.
 * A store that has no Scope cannot reach any data; one that has it reaches one project's.
 */
export type Scope = {
  projectId: string;
  /** The project's number: the first column of every key in the events shards. */
  tenant: number;
  actor: Actor;
  /** What the caller's key allows. */
  grants: readonly Access[];
  db: RegistryDb;
  /** Events shards in order; raw D1, because bulk statements take one JSON parameter. */
  shards: D1Database[];
  env: Env;
  now: Date;
  /** Work that may go on after the answer is sent. Failures are logged, never thrown. */
  defer: (work: Promise<unknown>) => void;
};
