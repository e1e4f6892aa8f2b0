/** Where a command says things: results to stdout, progress to stderr. */
export type Terminal = {
  /** A line of the result, for people. Nothing under --json. */
  line: (text: string) => void;
  /** The result for programs: one JSON value on stdout, under --json only. */
  result: (value: unknown) => void;
  /** How far long work has come. */
  progress: (what: string, done: number, total: number) => void;
};

const LINES_OF_PROGRESS = 10;

/** @param streams where to write; a terminal's progress stays on one line */
export function openTerminal(
  json: boolean,
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">,
): Terminal {
  return {
    line: (text) => void (json || stdout.write(`${text}\n`)),
    result: (value) => void (json && stdout.write(`${JSON.stringify(value)}\n`)),
    progress(what, done, total) {
      if (stderr.isTTY) {
        stderr.write(`\r${what}: ${done} of ${total}${done === total ? "\n" : ""}`);
        return;
      }
      const step = Math.max(1, Math.ceil(total / LINES_OF_PROGRESS));
      if (done % step === 0 || done === total) stderr.write(`${what}: ${done} of ${total}\n`);
    },
  };
}
