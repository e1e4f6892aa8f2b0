import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import type { Miniflare } from "miniflare";

import { fileService } from "./assets.ts";
import { buildBundle, QUIET_ENV } from "./bundle.ts";
import { Complaint } from "./flags.ts";
import { migrate } from "./migrate.ts";
import { ROOT } from "./root.ts";

Object.assign(process.env, QUIET_ENV, { WRANGLER_LOG: "none" });

export type InstanceOptions = {
  /** Where the simulators keep their data. */
  state: string;
  /** 0 takes any free port. */
  port: number;
  adminToken: string;
  shards: number;
  /** Lets tests and the demo move the Worker's clock. */
  testClock: boolean;
};

export type Instance = {
  url: string;
  /** Brings in what was accepted before the process ended: the queue is in its memory only. */
  recover: () => Promise<void>;
  /** A minute of cron, as Cloudflare would call it. */
  tick: (at: Date) => Promise<void>;
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  hasProject: (projectId: string) => Promise<boolean>;
  stop: () => Promise<void>;
};

const HOST = "localhost";
const FIRST_SHARD = "EVENTS_0";

/** miniflare would silently take another port; a person who named one wants that one. */
async function assertFree(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${error.code})`;
      reject(new Complaint(`port ${port} ${why}; choose another with --port N, or --port 0`));
    });
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}

type D1Binding = { binding: string; migrations_dir?: string };
type Databases = Record<string, { id: string }>;

/** More events shards than wrangler.toml names, each with a database of its own. */
function withShards(databases: Databases, shards: number): Databases {
  const first = databases[FIRST_SHARD]?.id ?? "local-events-0";
  const extra = Array.from({ length: shards }, (_, shard) => [
    `EVENTS_${shard}`,
    { id: first.replace(/0$/, String(shard)) },
  ]);
  return { ...databases, ...(Object.fromEntries(extra) as Databases) };
}

/** Every database beside the folder of its migrations, which the shards share. */
function migrationsOf(bindings: readonly D1Binding[], databases: Databases): [string, string][] {
  const folderOf = (name: string): string | undefined =>
    bindings.find(({ binding }) => binding === name)?.migrations_dir;
  return Object.keys(databases).flatMap((name): [string, string][] => {
    const folder = folderOf(name) ?? folderOf(FIRST_SHARD);
    return folder ? [[name, join(ROOT, folder)]] : [];
  });
}

/**
 * Runs the production bundle on workerd, with D1, KV, R2 and queues on local disk. What is bound
 * is read from wrangler.toml.
 *
 * @param log takes each line that the Worker writes; `spawned` is called once the runtime's process
 *   is there, before anything is stored
 * @throws Complaint when the port is taken or the sources do not build
 */
export async function startInstance(
  { state, port, adminToken, shards, testClock }: InstanceOptions,
  { log, spawned }: { log: (line: string) => void; spawned: () => void },
): Promise<Instance> {
  if (port !== 0) await assertFree(port);
  const bundle = buildBundle();
  const script = readFileSync(join(bundle, "worker.js"), "utf8");
  // Imported here because the environment above must be set first: wrangler speaks while it loads.
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");
  const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = await import("miniflare");
  const config = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  // miniflare's own assets would put a Worker before ours, which every fetch of a prompt would pass.
  const { rootPath: _root, modulesRules: _rules, assets: _assets, ...options } = workerOptions;
  const { bindings: vars, ...bound } = options;
  const databases = withShards(bound["d1Databases"] as Databases, shards);
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...bound,
      name: "promptside",
      modules: true,
      script,
      d1Databases: databases,
      serviceBindings: { ASSETS: fileService(join(bundle, "dashboard")) },
      bindings: {
        ...(vars as Record<string, string>),
        ADMIN_TOKEN: adminToken,
        LOCAL: "1",
        ...(testClock ? { TEST_CLOCK: "1" } : {}),
      },
      host: HOST,
      port,
      resourcePersistencePath: state,
      cf: false,
      telemetry: { enabled: false },
      logRequests: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ message }) => log(message),
    }),
  );
  try {
    const { port: taken } = await runtime.ready;
    spawned();
    await migrateAll(runtime, migrationsOf(config.d1_databases, databases));
    return instanceOf(runtime, `http://${HOST}:${taken}`);
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

async function migrateAll(runtime: Miniflare, folders: [string, string][]): Promise<void> {
  for (const [name, folder] of folders) {
    await migrate(await databaseOf(runtime, name), folder);
  }
}

const databaseOf = (runtime: Miniflare, name: string): Promise<D1Database> =>
  runtime.getD1Database(name);

const instanceOf = (runtime: Miniflare, url: string): Instance => ({
  url,
  async recover() {
    const worker = await runtime.getWorker();
    await worker.scheduled({ cron: "@start" });
  },
  async tick(at) {
    const worker = await runtime.getWorker();
    await worker.scheduled({ cron: "* * * * *", scheduledTime: at });
  },
  async fetch(path, init) {
    const response = await runtime.dispatchFetch(new URL(path, url).href, init as never);
    return response as unknown as Response;
  },
  async hasProject(projectId) {
    const database = await databaseOf(runtime, "DB");
    const row = await database
      .prepare("SELECT 1 AS found FROM project WHERE id = ?")
      .bind(projectId)
      .first();
    return row !== null;
  },
  stop: () => runtime.dispose(),
});
