/** `npm start`: the production bundle on this machine, with all its storage on local disk. */
import { everyMinute } from "./host/cron.ts";
import { Complaint, type Flags, readFlags, runMain } from "./host/flags.ts";
import { greeting, type Ready } from "./host/greeting.ts";
import { type Instance, startInstance } from "./host/instance.ts";
import {
  DEFAULT_STATE,
  noteRunning,
  openState,
  readSecrets,
  releaseState,
  type Secrets,
  takeState,
  writeSecrets,
} from "./host/state.ts";

const USAGE = `usage: npm start -- [--port N] [--state DIR] [--json] [--test-clock] [--shards N]

  --port N      port to listen on; 0 takes any free one (8787)
  --state DIR   where the data is kept (${DEFAULT_STATE})
  --json        print one JSON line when ready, and nothing else on stdout
  --test-clock  let POST /api/public/admin/tick move the clock; cron does not tick
  --shards N    databases that share the events (1); fixed by the first start`;

const FLAGS = {
  port: { min: 0, max: 65_535 },
  state: "text",
  json: "boolean",
  "test-clock": "boolean",
  shards: { min: 1, max: 16 },
} as const;

/** Longest a running request or tick may hold up the end. */
const STOP_LIMIT_MS = 10_000;

const log = (line: string): void => console.error(line);

/** The project `demo`, made at the first start; its keys are kept in the state folder. */
async function ensureProject(
  instance: Instance,
  secrets: Secrets,
): Promise<NonNullable<Secrets["project"]>> {
  const known = secrets.project;
  if (known && (await instance.hasProject(known.projectId))) return known;
  const response = await instance.fetch("/api/public/projects", {
    method: "POST",
    headers: { authorization: `Bearer ${secrets.adminToken}` },
    body: JSON.stringify({ name: "demo" }),
  });
  if (response.status !== 201) {
    throw new Complaint(`the project demo could not be made: ${await response.text()}`);
  }
  const { project, ...keys } = (await response.json()) as Omit<Ready, "projectId"> & {
    project: { id: string };
  };
  const { publicKey, secretKey, abvKey } = keys;
  return { projectId: project.id, publicKey, secretKey, abvKey };
}

/** Which shard a trace lives in follows from their number, so a folder with data keeps its own. */
function settleShards(state: string, secrets: Secrets, wanted: Flags[string]): void {
  if (secrets.project === null) secrets.shards = Number(wanted ?? 1);
  else if (wanted !== undefined && wanted !== secrets.shards) {
    throw new Complaint(
      `${state} keeps its events in ${secrets.shards} shards, which cannot become ${String(wanted)}; choose another --state`,
    );
  }
}

/**
 * Resolves when somebody wants this process to end. npm passes signals on, so they may come twice.
 * `claim` takes the signals from miniflare, which would exit before anything is put away.
 */
function stopSignal(): { stopped: Promise<void>; claim: () => void } {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const claim = (): void => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.removeAllListeners(signal);
      process.on(signal, () => resolve());
    }
  };
  return { stopped, claim };
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), FLAGS, USAGE);
  const { stopped, claim } = stopSignal();
  claim();
  const state = openState(String(flags["state"] ?? DEFAULT_STATE));
  await takeState(state);
  const testClock = flags["test-clock"] === true;
  let instance: Instance | undefined;
  try {
    const secrets = readSecrets(state);
    settleShards(state, secrets, flags["shards"]);
    writeSecrets(state, secrets);
    const { adminToken, shards } = secrets;
    const port = Number(flags["port"] ?? 8787);
    const options = { state, port, adminToken, shards, testClock };
    instance = await startInstance(options, { log, spawned: () => noteRunning(state, null) });
    claim();
    noteRunning(state, instance.url);
    secrets.project = await ensureProject(instance, secrets);
    writeSecrets(state, secrets);
    const ready: Ready = { url: instance.url, ...secrets.project, adminToken };
    process.stdout.write(flags["json"] === true ? `${JSON.stringify(ready)}\n` : greeting(ready));
    instance.recover().catch((error: unknown) => log(`recovery: ${String(error)}`));
    const stopCron = testClock
      ? () => Promise.resolve()
      : everyMinute(instance.tick, (error) => log(`cron: ${String(error)}`));
    await stopped;
    const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref());
    await Promise.race([stopCron(), limit]);
  } finally {
    await instance?.stop();
    releaseState(state);
  }
  process.exit(0);
}

await runMain(main);
