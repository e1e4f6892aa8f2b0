/** A mistake of the person at the terminal, said in one sentence. */
export class Complaint extends Error {
  readonly exitCode: number;

  /** @param exitCode 2 for a command line that makes no sense, 1 for everything else */
  constructor(sentence: string, exitCode = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** `text`: the flag takes a value; `boolean`: it stands alone; a number: it takes an integer. */
type FlagKind = "text" | "boolean" | { min: number; max: number };

export type Flags = Record<string, string | number | boolean | undefined>;

/**
 * Reads `--flag value`, `--flag=value` and `--switch`.
 *
 * @throws Complaint with the usage and exit code 2 for anything that is not in `known`
 */
export function readFlags(args: string[], known: Record<string, FlagKind>, usage: string): Flags {
  const flags: Flags = {};
  const rest = [...args];
  const refuse = (why: string): never => {
    throw new Complaint(`${why}\n${usage}`, 2);
  };
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name = "", inline] = /^--([a-z-]+)(?:=(.*))?$/.exec(arg) ?? [];
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) refuse(`unknown argument ${arg}`);
    else if (kind === "boolean")
      flags[name] = inline === undefined || refuse(`--${name} takes no value`);
    else {
      const value = inline ?? rest.shift() ?? refuse(`--${name} needs a value`);
      flags[name] = kind === "text" ? value : integer(name, value, kind, refuse);
    }
  }
  return flags;
}

function integer(
  name: string,
  value: string,
  { min, max }: { min: number; max: number },
  refuse: (why: string) => never,
): number {
  const number = Number(value);
  const fits = /^\d+$/.test(value) && number >= min && number <= max;
  return fits
    ? number
    : refuse(`--${name} is ${value}; it must be an integer from ${min} to ${max}`);
}

/** Runs a program's main function; a Complaint becomes its sentence on stderr and its exit code. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
