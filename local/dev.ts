/** `npm run dev`: `wrangler dev` and the dashboard, both with hot reload, on storage of its own under .wrangler/. */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { QUIET_ENV } from "./host/bundle.ts";
import { everyMinute } from "./host/cron.ts";
import { Complaint, runMain } from "./host/flags.ts";
import { ROOT, TOOL_PATH } from "./host/root.ts";

const WRANGLER = join(ROOT, "node_modules/.bin/wrangler");
const ENV = { ...process.env, ...QUIET_ENV, PATH: TOOL_PATH };
/** Time that wrangler has to end its own processes before they are killed. */
const PATIENCE_MS = 5_000;

/** The secrets that wrangler.toml requires, made once. */
function ensureSecrets(): void {
  const file = join(ROOT, ".dev.vars");
  if (existsSync(file) && /^ADMIN_TOKEN=/m.test(readFileSync(file, "utf8"))) return;
  const token = randomBytes(24).toString("base64url");
  writeFileSync(file, `ADMIN_TOKEN=${token}\n`, { flag: "a", mode: 0o600 });
  console.error("made an ADMIN_TOKEN in .dev.vars");
}

function applyMigrations(): void {
  const config = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  const [local = ""] = config.split(/^\[env\./m, 1);
  const databases = [...local.matchAll(/^\[\[d1_databases\]\]\s+binding = "(\w+)"/gm)];
  for (const [, binding = ""] of databases) {
    const args = ["d1", "migrations", "apply", binding, "--local", "--env="];
    const { status, stdout, stderr } = spawnSync(WRANGLER, args, {
      cwd: ROOT,
      encoding: "utf8",
      env: ENV,
    });
    if (status !== 0) {
      throw new Complaint(`the migrations of ${binding} failed:\n${stdout}\n${stderr}`);
    }
  }
}

/** The port is said to wrangler and to the ticks alike. */
function takePort(args: string[]): { port: string; rest: string[] } {
  const at = args.indexOf("--port");
  const port = args[at + 1];
  if (at < 0 || port === undefined) return { port: "8787", rest: args };
  return { port, rest: args.toSpliced(at, 2) };
}

/** `wrangler dev` never runs cron by itself. */
async function tick(port: string): Promise<void> {
  const cron = encodeURIComponent("* * * * *");
  const address = `http://localhost:${port}/cdn-cgi/handler/scheduled?cron=${cron}`;
  const { ok, status } = await fetch(address);
  if (!ok) throw new Error(`the scheduled handler answered ${status}`);
}

/** A program of ours in a group of its own: one signal reaches all that it starts, and a hard end leaves none behind. */
function run(program: string, args: string[], env: NodeJS.ProcessEnv = ENV) {
  const child = spawn(join(ROOT, "node_modules/.bin", program), args, {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // The group is gone already.
    }
  };
  return { child, signal };
}

/** The dashboard's sources as they are, with the API of the Worker beside it. */
const serveDashboard = (port: string, ownPort: number) =>
  run("vite", ["--config", "vite.dashboard.config.ts", "--port", String(ownPort)], {
    ...ENV,
    PROMPTSIDE_WORKER: `http://localhost:${port}`,
  });

function serve(args: string[]): void {
  const { port, rest } = takePort(args);
  const worker = run("wrangler", [
    "dev",
    "--env=",
    "--show-interactive-dev-session=false",
    "--port",
    port,
    ...rest,
  ]);
  const ownPort = Number(port) + 1;
  const dashboard = serveDashboard(port, ownPort);
  console.error(`the dashboard, reloading as you edit: http://localhost:${ownPort}`);
  const stopCron = everyMinute(
    () => tick(port),
    (error) => console.error(`cron: ${String(error)}`),
  );
  const signalAll = (signal: NodeJS.Signals): void => {
    worker.signal(signal);
    dashboard.signal(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      signalAll(signal);
      setTimeout(() => signalAll("SIGKILL"), PATIENCE_MS).unref();
    });
  }
  worker.child.on("error", (error) => {
    void stopCron();
    console.error(`wrangler cannot be started: ${error.message}`);
    process.exitCode = 1;
  });
  worker.child.on("close", (code, signal) => {
    void stopCron();
    signalAll("SIGKILL");
    process.exitCode = signal ? 0 : (code ?? 1);
  });
}

await runMain(async () => {
  ensureSecrets();
  applyMigrations();
  serve(process.argv.slice(2));
});
