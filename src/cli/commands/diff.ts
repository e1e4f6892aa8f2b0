import { statSync } from "node:fs";

import type { z } from "zod";

import type { VersionDiff } from "../../features/prompts/diff/contract.ts";
import type { Command, Context } from "../command.ts";
import { EXIT } from "../complaint.ts";
import { diffFolder } from "./files.ts";

type Diff = z.infer<typeof VersionDiff>;
type Changes = NonNullable<Diff["text"]>;

const shownText = (changes: Changes): string =>
  changes
    .map(({ op, text }) => (op === "same" ? text : op === "added" ? `{+${text}+}` : `[-${text}-]`))
    .join("");

function linesOf({ text, messages, config, variables, placeholders }: Diff): string[] {
  const lists = { variables, placeholders };
  return [
    ...(text ? [shownText(text)] : []),
    ...(messages ?? [])
      .filter(({ op }) => op !== "same")
      .map(
        ({ op, role, placeholder, content }) =>
          `${op} ${role ?? placeholder ?? ""}: ${shownText(content)}`,
      ),
    ...config.map(({ op, path, from, to }) => {
      const [before, after] = [JSON.stringify(from), JSON.stringify(to)];
      return `config ${op} ${path}: ${[before, after].filter((side) => side !== undefined).join(" -> ")}`;
    }),
    ...Object.entries(lists).flatMap(([what, { added, removed }]) => [
      ...(added.length > 0 ? [`${what} added: ${added.join(", ")}`] : []),
      ...(removed.length > 0 ? [`${what} removed: ${removed.join(", ")}`] : []),
    ]),
  ];
}

async function diffVersions({ api, args, terminal }: Context): Promise<number> {
  const [name = "", from = "", to = ""] = args.positionals;
  const said = Object.entries({ from, to }).filter(([, side]) => side !== "");
  const query = new URLSearchParams(said).toString();
  const path = `/api/public/prompts/${encodeURIComponent(name)}/diff?${query}`;
  const diff = await api.json<Diff>("GET", path);
  terminal.line(`${name}: version ${diff.from.version} to ${diff.to.version}`);
  for (const line of diff.identical ? ["identical"] : linesOf(diff)) terminal.line(line);
  terminal.result(diff);
  return !diff.identical && args.is("exit-code") ? EXIT.different : EXIT.ok;
}

export const diff: Command = {
  summary:
    "files against the server; or two versions of a prompt, by number or label: production and latest unless said otherwise",
  positionals: ["folder | name?", "from?", "to?"],
  values: { label: "files are compared with this label's versions: latest unless said otherwise" },
  switches: { "exit-code": "end with 1 when there are differences" },
  run(context) {
    const [first, from] = context.args.positionals;
    const isName = first !== undefined && !statSync(first, { throwIfNoEntry: false });
    return from !== undefined || isName ? diffVersions(context) : diffFolder(context);
  },
};
