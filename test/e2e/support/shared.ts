import { afterAll, beforeAll } from "vitest";

import { type Instance, startInstance } from "./instance.ts";

/** An instance for the tests of one file, running while they run. */
export function runningInstance(): () => Instance {
  let running: Instance | undefined;
  beforeAll(async () => {
    running = await startInstance();
  });
  afterAll(() => running?.stop());
  return () => {
    if (!running) throw new Error("the instance did not start");
    return running;
  };
}
