/** `npm run bench`: the production bundle beside bare Workers that do the same work with no logic. */
import { cpus, totalmem } from "node:os";

import { Complaint, readFlags, runMain } from "../local/host/flags.ts";
import { benchFetch } from "./fetch.ts";
import { benchFreshness } from "./freshness.ts";
import { benchIngest } from "./ingest.ts";
import { benchMetrics } from "./metrics.ts";
import { benchMonitors } from "./monitors.ts";
import { benchRows } from "./rows.ts";
import { benchScreens } from "./screens.ts";
import { cleanUp } from "./server.ts";
import { benchMemory, benchWires } from "./wires.ts";

const USAGE = `usage: npm run bench -- [--only fetch|ingest|wires|memory|rows|freshness|metrics|monitors|screens|costs] [--quick]

  --only NAME  one part of it; costs: rows written at 1, 10 and 100 spans a request
  --quick      fewer and shorter rounds: a look, not a figure`;

const PARTS: Record<string, (quick: boolean) => Promise<void>> = {
  fetch: (quick) => benchFetch(quick ? { rounds: 3, seconds: 1 } : { rounds: 16, seconds: 1 }),
  ingest: (quick) =>
    benchIngest([
      { rounds: quick ? 2 : 4, spansPerRequest: 100, requests: quick ? 20 : 40 },
      { rounds: quick ? 2 : 4, spansPerRequest: 500, requests: 20 },
    ]),
  wires: (quick) => benchWires({ rounds: quick ? 1 : 3, spans: quick ? 1_000 : 4_000 }),
  memory: benchMemory,
  rows: (quick) =>
    benchRows(
      {
        minutes: quick ? 2 : 10,
        versions: 2,
        traces: 100,
        spansPerRequest: 100,
        together: 4,
      },
      { atMost: 8 },
    ),
  freshness: (quick) => benchFreshness({ moves: quick ? 5 : 20 }),
  metrics: (quick) =>
    benchMetrics(
      quick
        ? { sizes: [10_000, 40_000], rounds: 6, peerRounds: 3 }
        : { sizes: [10_000, 100_000, 1_000_000], rounds: 20, peerRounds: 7 },
    ),
  monitors: (quick) =>
    benchMonitors(
      quick
        ? { rows: 20_000, monitors: 40, rounds: 2 }
        : { rows: 100_000, monitors: 100, rounds: 5 },
    ),
  screens: (quick) =>
    benchScreens(quick ? { rows: 40_000, rounds: 2 } : { rows: 1_000_000, rounds: 5 }),
  costs: async () => {
    for (const traffic of COSTS) await benchRows(traffic);
  },
};

/** What `npm run bench` runs; `costs` is for docs/costs.md. */
const USUAL = [
  "fetch",
  "ingest",
  "wires",
  "memory",
  "rows",
  "freshness",
  "metrics",
  "monitors",
  "screens",
];

const BUSY = { minutes: 2, versions: 1, traces: 100 };
const COSTS = [
  { ...BUSY, spansPerRequest: 1, together: 20 },
  { ...BUSY, spansPerRequest: 10, together: 20 },
  { ...BUSY, spansPerRequest: 100, together: 20 },
  // A deployment with little traffic: every request is a transaction of its own.
  { minutes: 1, versions: 1, traces: 5, spansPerRequest: 1, together: 1 },
  { minutes: 1, versions: 1, traces: 20, spansPerRequest: 10, together: 1 },
  { ...BUSY, spansPerRequest: 100, together: 1 },
];

const BYTES_PER_GIB = 2 ** 30;

/** Ctrl-C leaves no server and no folder behind either. */
function stopOnSignal(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      cleanUp().then(
        () => process.exit(1),
        () => process.exit(1),
      );
    });
  }
}

async function main(): Promise<void> {
  stopOnSignal();
  const flags = readFlags(process.argv.slice(2), { only: "text", quick: "boolean" }, USAGE);
  const only = flags["only"];
  const names = only === undefined ? USUAL : [String(only)];
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
