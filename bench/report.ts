import { medianRound, type Ratio, ratioOf, type Round, type Sides } from "./rounds.ts";

/** What a figure should be: at least or at most a value. */
export type Aim = { atLeast: number } | { atMost: number };

const two = (value: number): string => value.toFixed(2);

function verdict(value: number, aim: Aim): string {
  const isReached = "atLeast" in aim ? value >= aim.atLeast : value <= aim.atMost;
  const wanted = "atLeast" in aim ? `≥ ${two(aim.atLeast)}` : `≤ ${two(aim.atMost)}`;
  return `aim ${wanted}: ${isReached ? "reached" : "missed"}`;
}

export function printHeading(heading: string): void {
  console.log(`\n${heading}`);
}

export function printAim(name: string, value: number, aim: Aim, spread = ""): void {
  console.log(`  ${name.padEnd(34)} ${two(value)}${spread}   ${verdict(value, aim)}`);
}

const spreadOf = ({ least, greatest }: Ratio): string =>
  ` (single rounds ${two(least)} to ${two(greatest)})`;

const line = (name: string, unit: string, round: Round): string =>
  `  ${name.padEnd(34)} ${round.perSecond.toFixed(0).padStart(7)} ${unit}/s` +
  `   p50 ${round.p50Ms.toFixed(1).padStart(6)} ms   p99 ${round.p99Ms.toFixed(1).padStart(6)} ms` +
  `   ${round.cpuUs.toFixed(0).padStart(6)} µs CPU/${unit}`;

/** Both sides as medians of their rounds, then their ratios beside the aims. */
export function printSides(
  { subject, peer, unit }: { subject: string; peer: string; unit: string },
  sides: Sides,
  aims: { perSecond?: Aim; p99?: Aim },
): void {
  console.log(line(subject, unit, medianRound(sides.subject)));
  console.log(line(peer, unit, medianRound(sides.peer)));
  const rate = ratioOf(sides, "perSecond");
  const what = `ratio of ${unit}/s`;
  if (aims.perSecond) printAim(what, rate.value, aims.perSecond, spreadOf(rate));
  else console.log(`  ${what.padEnd(34)} ${two(rate.value)}${spreadOf(rate)}`);
  const cpu = ratioOf(sides, "cpuUs");
  console.log(`  ${"ratio of CPU".padEnd(34)} ${two(cpu.value)}${spreadOf(cpu)}`);
  if (!aims.p99) return;
  const p99 = ratioOf(sides, "p99Ms");
  printAim("ratio of p99", p99.value, aims.p99, spreadOf(p99));
}
