/** Runs the boundary rules, and fails too when the tool saw (nearly) nothing: it can go blind and say 0. */
import { spawnSync } from "node:child_process";

const LEAST_MODULES = 20;

const run = spawnSync("depcruise", ["src", "--output-type", "json"], {
  encoding: "utf8",
  maxBuffer: 256 * 1024 * 1024,
});
const { summary } = JSON.parse(run.stdout) as {
  summary: {
    totalCruised: number;
    violations: { from: string; to: string; rule: { name: string; severity: string } }[];
  };
};
for (const { rule, from, to } of summary.violations)
  console.error(`${rule.name}: ${from} -> ${to}`);
const blind = summary.totalCruised < LEAST_MODULES;
if (blind) console.error(`only ${summary.totalCruised} modules were seen; the tool is blind`);
console.log(`${summary.totalCruised} modules, ${summary.violations.length} violations`);
process.exitCode = blind || summary.violations.length > 0 || run.status !== 0 ? 1 : 0;
