import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What `npm start -- --json` prints when it is ready. */
type Ready = {
  url: string;
  projectId: string;
  publicKey: string;
  secretKey: string;
  abvKey: string;
  adminToken: string;
};

/** A project of one test's own on a running instance. */
export type E2eProject = {
  url: string;
  projectId: string;
  publicKey: string;
  secretKey: string;
  abvKey: string;
  /** Answers a route's status and body, asked with the project's pair of keys. */
  ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: unknown }>;
};

export type Instance = {
  url: string;
  adminToken: string;
  /** Folder in which the simulators keep D1, KV, R2 and queues. */
  state: string;
  /** Everything that the process wrote to stdout and stderr. */
  output: () => string;
  createProject: (name: string) => Promise<E2eProject>;
  /** Moves the clock and runs every job that is due. */
  tick: (at?: Date) => Promise<{ ran: string[]; failed: string[] }>;
  stop: () => Promise<void>;
};

const START_MS = 120_000;
const STOP_MS = 15_000;
const POLL_MS = 100;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Asks again until the answer is not undefined. @throws Error with `what` when it takes too long */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(POLL_MS);
  }
  throw new Error(`${what}: not within ${withinMs / 1000} s`);
}

/** Ends the process and everything it started: it leads a group of its own. */
async function endGroup(child: ChildProcess): Promise<void> {
  const group = child.pid;
  if (group === undefined) return;
  const isAlive = (): boolean => {
    try {
      process.kill(-group, 0);
      return true;
    } catch {
      return false;
    }
  };
  if (isAlive()) process.kill(-group, "SIGTERM");
  for (const end = Date.now() + STOP_MS; isAlive() && Date.now() < end;) await pause(POLL_MS);
  if (isAlive()) process.kill(-group, "SIGKILL");
}

/** The one line that `--json` prints. @throws Error with all output when the process ends first */
function readyLine(child: ChildProcess, output: () => string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`npm start was not ready in time:\n${output()}`)),
      START_MS,
    );
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`npm start ended with ${code}:\n${output()}`));
    });
    if (!child.stdout) throw new Error("npm start has no stdout");
    createInterface(child.stdout).on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
  });
}

const basic = (publicKey: string, secretKey: string): string =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;

async function ask(
  url: string,
  authorization: string,
  method: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(url, {
    method,
    headers: { authorization, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? null : (JSON.parse(text) as unknown) };
}

/** Starts the real thing, as a user would, on a free port and a state folder of its own. */
export async function startInstance(): Promise<Instance> {
  const state = await mkdtemp(join(tmpdir(), "promptside-e2e-"));
  const child = spawn(
    "npm",
    ["start", "--silent", "--", "--json", "--test-clock", "--port", "0", "--state", state],
    { detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  let written = "";
  const output = (): string => written;
  child.stdout.on("data", (chunk: Buffer) => (written += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (written += chunk.toString()));
  const stop = async (): Promise<void> => {
    await endGroup(child);
    await rm(state, { recursive: true, force: true });
  };
  try {
    const { url, adminToken } = await readyLine(child, output);
    return {
      url,
      adminToken,
      state,
      output,
      stop,
      createProject: (name) => createProject(url, adminToken, name),
      tick: async (at = new Date()) => {
        const path = `${url}/api/public/admin/tick`;
        const answer = await ask(path, `Bearer ${adminToken}`, "POST", { at: at.toISOString() });
        if (answer.status !== 200) throw new Error(`tick: ${JSON.stringify(answer)}`);
        return answer.json as { ran: string[]; failed: string[] };
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createProject(url: string, adminToken: string, name: string): Promise<E2eProject> {
  const path = `${url}/api/public/projects`;
  const { status, json } = await ask(path, `Bearer ${adminToken}`, "POST", { name });
  if (status !== 201) throw new Error(`project ${name}: ${status} ${JSON.stringify(json)}`);
  const created = json as Ready & { project: { id: string } };
  const { publicKey, secretKey, abvKey } = created;
  return {
    url,
    projectId: created.project.id,
    publicKey,
    secretKey,
    abvKey,
    ask: (method, route, body) => ask(`${url}${route}`, basic(publicKey, secretKey), method, body),
  };
}

/** Waits until every observation can be read: all of them are rows then. */
export async function readable(project: E2eProject, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await until(`observation ${id}`, async () => {
      const path = `/api/public/observations/${encodeURIComponent(id)}`;
      const { status } = await project.ask("GET", path);
      return status === 200 ? true : undefined;
    });
  }
}
