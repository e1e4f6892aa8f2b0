import type { Server } from "./server.ts";

export const OTLP_PATH = "/api/public/otel/v1/traces";

const POLL_MS = 50;
const GIVE_UP_MS = 120_000;

/** Objects that are in D1: when all of a round's are, its rows are readable. */
export async function recordedObjects(server: Server): Promise<number> {
  const events = await server.events();
  const count = await events.prepare("SELECT count(*) AS n FROM object").first<number>("n");
  return count ?? 0;
}

/** @throws Error when the queue has not been worked off after two minutes */
export async function untilRecorded(server: Server, objects: number): Promise<void> {
  const endMs = performance.now() + GIVE_UP_MS;
  while ((await recordedObjects(server)) < objects) {
    if (performance.now() > endMs) throw new Error(`${objects} objects were not all consumed`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
