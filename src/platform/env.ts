/** What the Worker is given: bindings of wrangler.toml, and secrets. */
export type Env = {
  /** The registry: projects, keys, prompts, labels, prices. */
  DB: D1Database;
  /** Events shards are EVENTS_0, EVENTS_1, ... without a gap; one is enough to begin with. */
  EVENTS_0: D1Database;
  EVENTS_1?: D1Database;
  /** Prompt documents, key records and settings documents. */
  PROMPTS: KVNamespace;
  /** One object per accepted ingestion request. */
  PAYLOADS: R2Bucket;
  /** Names of accepted objects. */
  INGEST: Queue<IngestMessage>;
  /** Names of work that is due. */
  JOBS: Queue<JobMessage>;
  /** The built dashboard; absent where it was not built. */
  ASSETS?: Fetcher;
  /** Sends mail, where the deployment's operator bound it; and from whom. */
  EMAIL?: SendEmail;
  EMAIL_FROM?: string;
  /** Lets its bearer create projects; a secret of the deployment. */
  ADMIN_TOKEN: string;
  /** What secrets of webhook sources and destinations are sealed with; ADMIN_TOKEN where it is not set. A secret of the deployment. */
  SEALING_KEY?: string;
  /** Where Cloudflare Access stands before the dashboard: the team's name, and the application's audience tag. */
  ACCESS_TEAM?: string;
  ACCESS_AUD?: string;
  /** "1" where tests and the demo may move the clock; never in production. */
  TEST_CLOCK?: string;
  /** "1" on somebody's own machine, where imports may read from loopback; never in production. */
  LOCAL?: string;
  /** Where this deployment is reached, such as https://prompts.example.com: links in messages lead there. */
  PUBLIC_URL?: string;
  /** How long an isolate keeps prompt documents in memory, in milliseconds; "0" turns that off. */
  DOCUMENT_MEMORY_MS?: string;
};

/** A queue message is the name of an R2 object, nothing more. */
export type IngestMessage = { object: string };

/**
 * Work that D1 already holds: the message only says that it is time. It may be lost, then cron sends
 * it again, and doubled, which changes nothing. Each is about one project, so that none waits for another.
 */
export type JobMessage =
  | { kind: "delivery"; tenant: number; delivery: string }
  | { kind: "monitors"; tenant: number; monitors: string[] }
  | { kind: "report"; tenant: number; report: string }
  | { kind: "local-day"; tenant: number; date: string; fromMs: number; toMs: number };

/** Every events shard, in order of its number. */
export function shardsOf(env: Env): D1Database[] {
  const shards: D1Database[] = [];
  const bindings = env as unknown as Record<string, D1Database | undefined>;
  for (let shard = bindings["EVENTS_0"]; shard; shard = bindings[`EVENTS_${shards.length}`]) {
    shards.push(shard);
  }
  return shards;
}
