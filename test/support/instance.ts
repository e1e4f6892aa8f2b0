import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Ready = {
  url: string;
  projectId: string;
  publicKey: string;
  secretKey: string;
  abvKey: string;
  adminToken: string;
};

export type Ended = { code: number | null; signal: NodeJS.Signals | null };

/** A real `npm start` process. */
export type StartedInstance = {
  ready: Ready;
  child: ChildProcess;
  /** Everything said so far. */
  output: () => { stdout: string; stderr: string };
  /** Signals the process and waits for its end. */
  end: (signal: NodeJS.Signals) => Promise<Ended>;
};

const START = join(import.meta.dirname, "../../local/start.ts");

/** A state folder that is removed by `dispose`. */
export function stateFolder(): { state: string; dispose: () => void } {
  const state = mkdtempSync(join(tmpdir(), "promptside-"));
  return {
    state,
    dispose: () => rmSync(state, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

/** Runs `npm start` with these arguments and hands over the process as it is. */
export function spawnStart(args: string[]) {
  const child = spawn(process.execPath, [START, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  return { child, said, ended };
}

/**
 * Starts an instance on a free port and waits until it is ready.
 *
 * @param args beside `--port 0 --json --state <state>`
 * @throws Error with what the process said when it ends instead
 */
export async function startedInstance(
  state: string,
  args: string[] = [],
): Promise<StartedInstance> {
  const { child, said, ended } = spawnStart(["--port", "0", "--json", "--state", state, ...args]);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", () => {
      const end = said.stdout.indexOf("\n");
      if (end >= 0) resolve(said.stdout.slice(0, end));
    });
    void ended.then(({ code }) => reject(new Error(`start ended with ${code}: ${said.stderr}`)));
  });
  return {
    ready: JSON.parse(line) as Ready,
    child,
    output: () => ({ ...said }),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
