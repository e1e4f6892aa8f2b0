import { readFileSync } from "node:fs";
import { join } from "node:path";

import { startedInstance, type StartedInstance } from "../../support/instance.ts";

type Runtime = { pid: number };

const runtimesOf = (state: string): Runtime[] => {
  const text = readFileSync(join(state, "promptside.pid"), "utf8");
  return (JSON.parse(text) as { runtimes: Runtime[] }).runtimes;
};

/** A real `npm start` on one state folder, that can be killed and comes back. */
export type LastingInstance = {
  url: () => string;
  adminToken: () => string;
  authorization: () => string;
  /** SIGKILL to the server and its runtime at once: nothing is put away. Resolves when it is up again. */
  crash: () => Promise<void>;
  stop: () => Promise<unknown>;
};

export async function lastingInstance(state: string): Promise<LastingInstance> {
  const start = (): Promise<StartedInstance> => startedInstance(state, ["--test-clock"]);
  let instance = await start();
  return {
    url: () => instance.ready.url,
    adminToken: () => instance.ready.adminToken,
    authorization() {
      const { publicKey, secretKey } = instance.ready;
      return `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;
    },
    async crash() {
      const runtimes = runtimesOf(state);
      const ended = instance.end("SIGKILL");
      for (const { pid } of runtimes) process.kill(pid, "SIGKILL");
      await ended;
      instance = await start();
    },
    stop: () => instance.end("SIGTERM"),
  };
}
