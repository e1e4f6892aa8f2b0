/** `promptside`: prompts as files, releases and numbers from a terminal or from CI. Talks HTTP only. */
import { openApi } from "./api.ts";
import { COMMON, readArgs } from "./args.ts";
import type { Command } from "./command.ts";
import { compare } from "./commands/compare.ts";
import { diff } from "./commands/diff.ts";
import { exportAll, importAll } from "./commands/exchange.ts";
import { pull, push } from "./commands/files.ts";
import { deploy, rollback } from "./commands/release.ts";
import { Complaint, complaintOf, EXIT } from "./complaint.ts";
import { openTerminal } from "./terminal.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  push,
  pull,
  diff,
  deploy,
  rollback,
  compare,
  import: importAll,
  export: exportAll,
};

const usageOf = (name: string, { positionals }: Command): string =>
  [
    name,
    ...positionals.map((one) => (one.endsWith("?") ? `[${one.slice(0, -1)}]` : `<${one}>`)),
  ].join(" ");

const OVERVIEW = `usage: promptside <command> [flags]

${Object.entries(COMMANDS)
  .map(([name, command]) => `  ${usageOf(name, command)}\n      ${command.summary}`)
  .join("\n")}

promptside <command> --help says more. In the environment: PROMPTSIDE_URL, and
PROMPTSIDE_PUBLIC_KEY with PROMPTSIDE_SECRET_KEY or PROMPTSIDE_API_KEY; the SDKs' variables will do.
Ends with 0, 1 for differences under diff --exit-code, 2 for a wrong command line, 3 for a failure.`;

function helpOf(name: string, command: Command): string {
  const flags = [
    ...Object.entries(command.values ?? {}).map(([flag, what]) => [`--${flag} X`, what]),
    ...Object.entries({ ...command.switches, ...COMMON }).map(([flag, what]) => [
      `--${flag}`,
      what,
    ]),
  ];
  const width = Math.max(...flags.map(([flag = ""]) => flag.length)) + 2;
  const lines = flags.map(([flag = "", what = ""]) => `  ${flag.padEnd(width)}${what}`);
  return `usage: promptside ${usageOf(name, command)}\n\n${command.summary}\n\n${lines.join("\n")}`;
}

/** Runs one command line. @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  const [name = "", ...rest] = argv;
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  if (name === "" || name === "help" || name === "--help") {
    say(OVERVIEW);
    return name === "" ? EXIT.usage : EXIT.ok;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Complaint(`there is no command ${name}\n\n${OVERVIEW}`, EXIT.usage);
  const help = helpOf(name, command);
  if (rest.includes("--help")) {
    say(help);
    return EXIT.ok;
  }
  const args = readArgs(rest, command, help);
  const terminal = openTerminal(args.is("json"), process);
  return command.run({ api: openApi(process.env), args, terminal, env: process.env });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const complaint = complaintOf(error);
  if (!complaint) throw error;
  process.stderr.write(`${complaint.message}\n`);
  process.exitCode = complaint.exitCode;
}
