import { readdirSync, readFileSync } from "node:fs";

/** A process that cannot be mistaken for a later one with the same number. */
export type ProcessMark = { pid: number; startTicks: string };

/** `threads`: 0 for a process that ended, and those that are left of one that is ending. */
type Stat = { parent: number; startTicks: string; isZombie: boolean; threads: number };

/** Fields of /proc/<pid>/stat behind the name, which may itself hold spaces and brackets. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state, parent] = fields;
    const isZombie = state === "Z";
    const threads = readdirSync(`/proc/${pid}/task`).length - (isZombie ? 1 : 0);
    return { parent: Number(parent), startTicks: fields[19] ?? "", isZombie, threads };
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

export function markOf(pid: number): ProcessMark {
  return { pid, startTicks: statOf(pid)?.startTicks ?? "" };
}

/** Whether that very process still runs, and is the program that we think it is. */
export function isAlive({ pid, startTicks }: ProcessMark, program: string): boolean {
  const stat = statOf(pid);
  if (!stat || stat.isZombie || stat.startTicks !== startTicks) return false;
  return commandOf(pid).includes(program);
}

/**
 * Whether that very process is ending: it still listens, and has its files open. The kernel takes
 * its memory first, so its command is empty before it is a zombie; then threads may be left.
 */
function isEnding({ pid, startTicks }: ProcessMark): boolean {
  const stat = statOf(pid);
  if (!stat || stat.startTicks !== startTicks) return false;
  return stat.threads > 0 && (stat.isZombie || commandOf(pid) === "");
}

/** Processes below `pid`, at any depth, whose command names `program`. */
export function descendants(pid: number, program: string): ProcessMark[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), stat: statOf(Number(name)) }));
  const family = new Set([pid]);
  for (let grew = true; grew;) {
    const before = family.size;
    for (const each of all) if (each.stat && family.has(each.stat.parent)) family.add(each.pid);
    grew = family.size > before;
  }
  family.delete(pid);
  return [...family].filter((each) => commandOf(each).includes(program)).map(markOf);
}

const STEP_MS = 20;

/** Waits until `done`, at most `limitMs`. @returns whether it came true */
export async function eventually(done: () => boolean, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += STEP_MS) {
    if (done()) return true;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  return done();
}

/** Ends that very process, and nothing else: a number that went to another program is left alone. */
export async function end(mark: ProcessMark, program: string): Promise<boolean> {
  const isThere = (): boolean => isAlive(mark, program) || isEnding(mark);
  if (!isThere()) return false;
  if (isAlive(mark, program)) process.kill(mark.pid, "SIGKILL");
  return eventually(() => !isThere(), 5_000);
}
