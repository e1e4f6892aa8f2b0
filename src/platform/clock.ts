import type { Env } from "./env.ts";

// The one piece of time that is not passed in: how far tests have moved this isolate's clock.
let offsetMs = 0;

/** The instant at which this request or run happens. Called once per entry, then handed down. */
export const now = (): Date => new Date(Date.now() + offsetMs);

/** Moves the clock of this isolate, where the deployment allows it. */
export function setNow(env: Env, at: Date): void {
  if (env.TEST_CLOCK !== "1") throw new Error("the clock can only be moved under TEST_CLOCK");
  offsetMs = at.getTime() - Date.now();
}
