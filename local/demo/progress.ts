const WIDTH = 30;
const PLAIN_STEP = 0.1;

/** A bar on stderr; where that is no terminal, a line at every tenth. */
export function progress(total: number, what: string): (done: number) => void {
  let nextPlain = PLAIN_STEP;
  return (done) => {
    const share = total === 0 ? 1 : done / total;
    const text = `${what} ${done}/${total}`;
    if (process.stderr.isTTY) {
      const filled = Math.round(share * WIDTH);
      const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
      process.stderr.write(`\r${bar} ${text}${done >= total ? "\n" : ""}`);
    } else if (share + 1e-9 >= nextPlain) {
      process.stderr.write(`${Math.round(share * 100)} % ${text}\n`);
      while (nextPlain <= share + 1e-9) nextPlain += PLAIN_STEP;
    }
  };
}
