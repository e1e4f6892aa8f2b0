import type { Api } from "./api.ts";
import type { Args, Usage } from "./args.ts";
import type { Terminal } from "./terminal.ts";

export type Context = {
  api: Api;
  args: Args;
  terminal: Terminal;
  /** Of the process that runs. */
  env: Readonly<Record<string, string | undefined>>;
};

/** A command of the program; `run` gives its exit code. */
export type Command = Usage & { summary: string; run: (context: Context) => Promise<number> };
