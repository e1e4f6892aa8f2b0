import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { Complaint } from "./flags.ts";
import { descendants, end, isAlive, markOf, type ProcessMark } from "./process.ts";

export const DEFAULT_STATE = ".promptside";

/** What the state folder knows of its deployment; readable by its owner only. */
export type Secrets = {
  adminToken: string;
  /** Events shards; fixed once there is a project. */
  shards: number;
  project: { projectId: string; publicKey: string; secretKey: string; abvKey: string } | null;
};

/** Who serves this state folder. */
export type Running = { owner: ProcessMark; runtimes: ProcessMark[]; url: string | null };

/** The program that owns a state folder, as its command line names it. */
const OWNER_PROGRAM = "start.ts";
const RUNTIME_PROGRAM = "workerd";

const secretsFile = (state: string): string => join(state, "secrets.json");
const pidFile = (state: string): string => join(state, "promptside.pid");

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch {
    return undefined;
  }
}

/** In one step, so that no reader and no crash ever sees half a file. */
function writeJson(file: string, value: unknown): void {
  const half = `${file}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(half, file);
}

/** The folder itself, made if there is none. @returns its absolute path */
export function openState(folder: string): string {
  const state = resolve(folder);
  try {
    mkdirSync(state, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Complaint(`the state folder ${state} cannot be made: ${String(error)}`);
  }
  return state;
}

export const readSecrets = (state: string): Secrets =>
  (readJson(secretsFile(state)) as Secrets | undefined) ?? {
    adminToken: randomBytes(24).toString("base64url"),
    shards: 1,
    project: null,
  };

export const writeSecrets = (state: string, secrets: Secrets): void =>
  writeJson(secretsFile(state), secrets);

const readRunning = (state: string): Running | undefined =>
  readJson(pidFile(state)) as Running | undefined;

/** The instance that serves the folder now, if one does. */
export function runningOn(state: string): Running | undefined {
  const running = readRunning(state);
  return running && isAlive(running.owner, OWNER_PROGRAM) ? running : undefined;
}

/**
 * Takes the folder for this process. Runtimes that a hard kill left behind are ended first: two
 * of them on one set of files would corrupt it.
 *
 * @throws Complaint when another instance serves the folder
 */
export async function takeState(state: string): Promise<void> {
  const running = runningOn(state);
  if (running) {
    const where = running.url ? `, at ${running.url}` : "";
    throw new Complaint(
      `Promptside already runs on ${state} (process ${running.owner.pid}${where}); stop it first or choose another --state`,
    );
  }
  for (const orphan of readRunning(state)?.runtimes ?? []) {
    if (await end(orphan, RUNTIME_PROGRAM)) {
      console.error(`ended the ${RUNTIME_PROGRAM} process ${orphan.pid} that a hard kill left`);
    }
  }
  rmSync(pidFile(state), { force: true });
  claim(state);
}

/** Two starts at the same moment both find the folder free; linking lets only one of them in. */
function claim(state: string): void {
  const own = `${pidFile(state)}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ owner: markOf(process.pid), runtimes: [], url: null }));
  try {
    linkSync(own, pidFile(state));
  } catch {
    throw new Complaint(`another start is taking ${state} at this moment; try again`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Writes down who serves the folder, with every runtime that this process has started by now. */
export const noteRunning = (state: string, url: string | null): void =>
  writeJson(pidFile(state), {
    owner: markOf(process.pid),
    runtimes: descendants(process.pid, RUNTIME_PROGRAM),
    url,
  } satisfies Running);

export const releaseState = (state: string): void => rmSync(pidFile(state), { force: true });
