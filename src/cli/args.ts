import { parseArgs } from "node:util";

import { Complaint, EXIT } from "./complaint.ts";

/** What a command takes. Positional arguments that end in `?` may be left out. */
export type Usage = {
  positionals: readonly string[];
  /** Flags that take a value, and what the help says of them. */
  values?: Readonly<Record<string, string>>;
  /** Flags that stand alone. */
  switches?: Readonly<Record<string, string>>;
};

export type Args = {
  positionals: string[];
  value: (flag: string) => string | undefined;
  is: (flag: string) => boolean;
};

/** Every command's. */
export const COMMON = {
  json: "print the result as JSON, for programs",
} as const;

/** @throws Complaint with exit code 2 for what the command does not take */
export function readArgs(argv: readonly string[], usage: Usage, help: string): Args {
  const refuse = (why: string): never => {
    throw new Complaint(`${why}\n\n${help}`, EXIT.usage);
  };
  const texts = Object.keys(usage.values ?? {}).map((name) => [name, { type: "string" as const }]);
  const flags = Object.keys({ ...usage.switches, ...COMMON }).map((name) => [
    name,
    { type: "boolean" as const },
  ]);
  try {
    const options = Object.fromEntries([...texts, ...flags]) as Record<string, { type: "string" }>;
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
    });
    const needed = usage.positionals.filter((name) => !name.endsWith("?"));
    const missing = needed[positionals.length];
    if (missing !== undefined) refuse(`${missing} is missing`);
    if (positionals.length > usage.positionals.length) {
      refuse(`unexpected argument ${positionals[usage.positionals.length] ?? ""}`);
    }
    const said = values as Record<string, string | boolean | undefined>;
    return {
      positionals,
      value: (flag) => (typeof said[flag] === "string" ? said[flag] : undefined),
      is: (flag) => said[flag] === true,
    };
  } catch (error) {
    if (error instanceof Complaint) throw error;
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** A positional argument that is a version. */
export function versionOf(text: string, what: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Complaint(`${what} is ${text}; it must be the number of a version`, EXIT.usage);
}
