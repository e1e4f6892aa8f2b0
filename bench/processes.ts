import { readFileSync } from "node:fs";

/** Linux counts CPU time in ticks of this many per second (USER_HZ), on every architecture we run on. */
const TICKS_PER_SECOND = 100;

/**
 * CPU time, in seconds, that processes have used so far: user and system, all threads.
 * A tick is 10 ms, so measure stretches of a second and more.
 */
export function cpuSeconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the name, which may itself hold spaces and brackets: fields 14 and 15 of proc(5).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Most memory that processes have held so far, in megabytes (VmHWM of proc(5)). */
export function peakMegabytes(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    kilobytes += Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  }
  return (kilobytes * 1024) / 1e6;
}
