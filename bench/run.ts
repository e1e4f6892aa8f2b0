/** `npm run bench`: the production bundle beside bare Workers that do the same work with no logic. */
import { cpus, totalmem } from "node:os";

import { Complaint, readFlags, runMain } from "../local/host/flags.ts";
import { benchFetch } from "./fetch.ts";
import { benchIngest } from "./ingest.ts";
import { benchRows } from "./rows.ts";
import { cleanUp } from "./server.ts";

const USAGE = `usage: npm run bench -- [--only fetch|ingest|rows] [--quick]

  --only NAME  one part of it
  --quick      fewer and shorter rounds: a look, not a figure`;

const PARTS: Record<string, (quick: boolean) => Promise<void>> = {
  fetch: (quick) => benchFetch(quick ? { rounds: 3, seconds: 1 } : { rounds: 8, seconds: 2 }),
  ingest: (quick) =>
    benchIngest([
      { rounds: quick ? 2 : 5, spansPerRequest: 100, requests: quick ? 20 : 60 },
      { rounds: quick ? 2 : 5, spansPerRequest: 500, requests: 20 },
    ]),
  rows: (quick) => benchRows({ minutes: quick ? 2 : 10, versions: 2, requests: 2, traces: 50 }),
};

const BYTES_PER_GIB = 2 ** 30;

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), { only: "text", quick: "boolean" }, USAGE);
  const only = flags["only"];
  const names = only === undefined ? Object.keys(PARTS) : [String(only)];
  const [model = "unknown processor"] = cpus().map((cpu) => cpu.model);
  console.log(
    `${cpus().length} × ${model}, ${(totalmem() / BYTES_PER_GIB).toFixed(0)} GiB, Node ${process.version}; client and servers share them`,
  );
  try {
    for (const name of names) {
      const part = PARTS[name];
      if (!part) throw new Complaint(`there is no part ${name}\n${USAGE}`, 2);
      await part(flags["quick"] === true);
    }
  } finally {
    await cleanUp();
  }
}

await runMain(main);
