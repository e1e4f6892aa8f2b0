import { parseArgs } from "node:util";

import { play } from "../test/features/rollouts/simulation/play.ts";
import { HEADER, lineOf } from "../test/features/rollouts/simulation/report.ts";
import { WORLDS } from "../test/features/rollouts/simulation/worlds.ts";

/*
 * `npm run simulate`: plays rollouts through the code that decides them, and prints the table of
 * docs/rollouts.md. Seeded: the same table every time. `--runs 40` is ten times quicker;
 * `--only sticky` plays the lines whose name has the word.
 */

const { values } = parseArgs({
  options: { runs: { type: "string", default: "400" }, only: { type: "string", default: "" } },
});
const runs = Number(values.runs);
if (!(Number.isSafeInteger(runs) && runs > 0)) {
  console.error("--runs must be a whole number above 0");
  process.exit(1);
}

let failed = false;
console.log(HEADER);
for (const named of WORLDS.filter(({ name }) => name.includes(values.only))) {
  const endings = play(named.world, runs);
  console.log(lineOf(named, endings));
  failed ||= named.limits.some(({ holds }) => !holds(endings));
}
process.exitCode = failed ? 1 : 0;
