/** `npm run replay`: accepted requests that were given up on go back into the queue. */
import { Complaint, readFlags, runMain } from "./host/flags.ts";
import { DEFAULT_STATE, openState, readSecrets, runningOn } from "./host/state.ts";

const USAGE = `usage: npm run replay -- [--url URL] [--state DIR] [--wait SECONDS]

  --url URL       the deployment (the one that serves the state folder); its ADMIN_TOKEN is then
                  taken from the environment
  --state DIR     where the local instance keeps its data (${DEFAULT_STATE})
  --wait SECONDS  how long to wait for the queue to work them off (60)`;

const FLAGS = { url: "text", state: "text", wait: { min: 0, max: 3600 } } as const;

const PAGE = 500;
const POLL_MS = 500;
const SHOWN = 20;

type Parked = { object: string; project: number; error: string };
type List = { data: Parked[]; parked: number; nextCursor: string | null };
type Replayed = { queued: number; parked: number; nextCursor: string | null };

type Deployment = { url: string; token: string };

function deploymentOf(flags: { url: string | undefined; state: string }): Deployment {
  const token = process.env["ADMIN_TOKEN"];
  if (flags.url !== undefined && token) return { url: flags.url.replace(/\/+$/, ""), token };
  const state = openState(flags.state);
  const url = flags.url ?? runningOn(state)?.url;
  if (!url) throw new Complaint(`no instance serves ${state}; run \`npm start\`, or give --url`);
  return { url: url.replace(/\/+$/, ""), token: readSecrets(state).adminToken };
}

async function ask<T>({ url, token }: Deployment, path: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(`${url}${path}`, init).catch(() => {
    throw new Complaint(`nothing answers at ${url}`);
  });
  const said = await response.text();
  if (!response.ok) throw new Complaint(`${path} answered ${response.status}: ${said}`);
  return JSON.parse(said) as T;
}

const listed = (deployment: Deployment): Promise<List> =>
  ask<List>(deployment, `/api/public/admin/parked?limit=${SHOWN}`);

async function putBack(deployment: Deployment): Promise<number> {
  let queued = 0;
  for (let cursor: string | null | undefined; cursor !== null;) {
    const done: Replayed = await ask(deployment, "/api/public/admin/replay", {
      cursor,
      limit: PAGE,
    });
    queued += done.queued;
    cursor = done.nextCursor;
    console.error(`${queued} put back`);
  }
  return queued;
}

/** Until nothing is parked any more, or the time is over. @returns what is parked then */
async function workedOff(deployment: Deployment, waitMs: number): Promise<List> {
  const endMs = Date.now() + waitMs;
  for (;;) {
    const list = await listed(deployment);
    if (list.parked === 0 || Date.now() >= endMs) return list;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), FLAGS, USAGE);
  const deployment = deploymentOf({
    url: flags["url"] === undefined ? undefined : String(flags["url"]),
    state: String(flags["state"] ?? DEFAULT_STATE),
  });
  const { parked } = await listed(deployment);
  if (parked === 0) {
    console.log("nothing is parked");
    return;
  }
  const queued = await putBack(deployment);
  const left = await workedOff(deployment, Number(flags["wait"] ?? 60) * 1000);
  console.log(`${queued} put back, ${queued - Math.min(queued, left.parked)} now in the rows`);
  if (left.parked === 0) return;
  for (const { object, error } of left.data) console.log(`still parked: ${object}: ${error}`);
  throw new Complaint(`${left.parked} still parked; the queue may need longer, or they fail again`);
}

await runMain(main);
