import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fileService } from "../local/host/assets.ts";
import { buildBundle, QUIET_ENV } from "../local/host/bundle.ts";
import { migrate } from "../local/host/migrate.ts";
import { descendants } from "../local/host/process.ts";
import { ROOT } from "../local/host/root.ts";
import { cpuSeconds, peakMegabytes } from "./processes.ts";

Object.assign(process.env, QUIET_ENV, { WRANGLER_LOG: "none" });

export const ADMIN_TOKEN = "bench-admin-token";

/** A Worker on workerd with storage on local disk, and the processes that serve it. */
export type Server = {
  port: number;
  /** CPU seconds its processes have used so far. */
  cpuSeconds: () => number;
  /** Most memory they have held so far, in megabytes. */
  peakMegabytes: () => number;
  kv: () => Promise<KVNamespace>;
  events: () => Promise<D1Database>;
  registry: () => Promise<D1Database>;
  stop: () => Promise<void>;
};

export type ServerOptions = {
  /** The Worker as one ES module. */
  script: string;
  /** Where the simulators keep their data; removed by `cleanUp`. */
  state: string;
  vars?: Record<string, unknown>;
  /** False for a peer that has no queue handler. */
  consumesQueues: boolean;
  /** The folder of the dashboard's files; without it there are none. */
  files?: string;
};

const running = new Set<Server>();
const folders = new Set<string>();

/** A new empty folder for the simulators' data. @param from copies what another server left */
export function newState(from?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "promptside-bench-"));
  folders.add(folder);
  if (from !== undefined) cpSync(from, folder, { recursive: true });
  return folder;
}

// However this process ends: the simulators' own handlers may end it before `cleanUp` is through.
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Ends every server that this run started; what they stored goes with the process. */
export async function cleanUp(): Promise<void> {
  for (const server of running) await server.stop();
}

/** Starts a Worker with the bindings of wrangler.toml and the migrations applied. */
export async function serve(options: ServerOptions): Promise<Server> {
  const { script, state, vars = {}, consumesQueues, files } = options;
  // Imported here because the environment above must be set first: wrangler speaks while it loads.
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");
  const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = await import("miniflare");
  const config = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  const { rootPath: _root, modulesRules: _rules, assets: _assets, ...rest } = workerOptions;
  const { bindings, ...bound } = rest;
  const others = new Set(descendants(process.pid, "workerd").map(({ pid }) => pid));
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...bound,
      ...(consumesQueues ? {} : { queueConsumers: {} }),
      ...(files === undefined ? {} : { serviceBindings: { ASSETS: fileService(files) } }),
      name: "promptside",
      modules: true,
      script,
      bindings: { ...(bindings as object), ADMIN_TOKEN, ...vars },
      host: "127.0.0.1",
      port: 0,
      resourcePersistencePath: state,
      cf: false,
      telemetry: { enabled: false },
      logRequests: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ level, message }) => {
        if (level === "error") console.error(message);
      },
    }),
  );
  const { port } = await runtime.ready;
  const pids = descendants(process.pid, "workerd")
    .map(({ pid }) => pid)
    .filter((pid) => !others.has(pid));
  const server: Server = {
    port: Number(port),
    cpuSeconds: () => cpuSeconds(pids),
    peakMegabytes: () => peakMegabytes(pids),
    kv: async () => (await runtime.getKVNamespace("PROMPTS")) as unknown as KVNamespace,
    events: () => runtime.getD1Database("EVENTS_0"),
    registry: () => runtime.getD1Database("DB"),
    stop: async () => {
      running.delete(server);
      await runtime.dispose();
    },
  };
  running.add(server);
  for (const { binding, migrations_dir: folder } of config.d1_databases) {
    if (folder) await migrate(await runtime.getD1Database(binding), join(ROOT, folder));
  }
  return server;
}

/** The production bundle. */
export const productionScript = (): string =>
  readFileSync(join(buildBundle(), "worker.js"), "utf8");

/** The dashboard's files as the production bundle has them. */
export const dashboardFiles = (): string => join(buildBundle(), "dashboard");

export const bareScript = (name: "bare-kv" | "bare-memory" | "bare-insert"): string =>
  readFileSync(join(import.meta.dirname, "workers", `${name}.js`), "utf8");

/** The production Worker with its D1 bindings wrapped to count what they write. */
export function countingScript(): string {
  const folder = newState();
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, "node_modules/.bin/wrangler"),
    ["deploy", "bench/workers/counting.ts", "--dry-run", "--env=", "--outdir", folder],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...QUIET_ENV } },
  );
  if (status !== 0) throw new Error(`the counting Worker does not build:\n${stdout}\n${stderr}`);
  return readFileSync(join(folder, "counting.js"), "utf8");
}
