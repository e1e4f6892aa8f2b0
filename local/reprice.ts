/** `npm run reprice`: stored calls are priced anew, and the numbers of versions follow. */
import { type Client, client } from "./demo/client.ts";
import { progress } from "./demo/progress.ts";
import { Complaint, readFlags, runMain } from "./host/flags.ts";
import { DEFAULT_STATE, openState, readSecrets, runningOn } from "./host/state.ts";

const USAGE = `usage: npm run reprice -- [--from INSTANT] [--to INSTANT] [--url URL] [--state DIR]

  --from INSTANT  only calls that began then or later, such as 2026-11-01T00:00:00Z
  --to INSTANT    only calls that began before
  --url URL       the deployment (the one that serves the state folder); the project's keys are
                  then PROMPTSIDE_PUBLIC_KEY and PROMPTSIDE_SECRET_KEY of the environment
  --state DIR     where the local instance keeps its data (${DEFAULT_STATE})`;

const FLAGS = { from: "text", to: "text", url: "text", state: "text" } as const;

type Step = {
  scanned: number;
  changed: number;
  total: number | null;
  nextCursor: string | null;
  reachesBackTo: string;
  retentionDays: number;
};

function connect(url: string | undefined, folder: string): Client {
  const publicKey = process.env["PROMPTSIDE_PUBLIC_KEY"];
  const secretKey = process.env["PROMPTSIDE_SECRET_KEY"];
  if (url !== undefined && publicKey && secretKey) return client(url, publicKey, secretKey);
  const state = openState(folder);
  const { project } = readSecrets(state);
  const served = url ?? runningOn(state)?.url;
  if (!project) throw new Complaint(`${state} holds no keys; run \`npm start\`, or give --state`);
  if (!served) throw new Complaint(`no instance serves ${state}; run \`npm start\`, or give --url`);
  return client(served.replace(/\/+$/, ""), project.publicKey, project.secretKey);
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), FLAGS, USAGE);
  const said = (name: keyof typeof FLAGS): string | undefined =>
    flags[name] === undefined ? undefined : String(flags[name]);
  const api = connect(said("url"), said("state") ?? DEFAULT_STATE);
  const range = { from: said("from"), to: said("to") };
  let [scanned, changed, total] = [0, 0, 0];
  let show: ((done: number) => void) | undefined;
  for (let cursor: string | null | undefined; cursor !== null;) {
    const step = (await api.post("/api/public/admin/reprice", { ...range, cursor })) as Step;
    total = step.total ?? total;
    show ??= progress(total, "observations");
    scanned += step.scanned;
    changed += step.changed;
    // What arrives meanwhile may make it more than there were.
    show(Math.min(scanned, total));
    cursor = step.nextCursor;
    if (cursor !== null) continue;
    console.log(`${changed} of ${scanned} now cost something else; buckets follow within a minute`);
    console.log(
      `rows reach back to ${step.reachesBackTo} (${step.retentionDays} days); ` +
        "what older calls cost is final",
    );
  }
}

await runMain(main);
