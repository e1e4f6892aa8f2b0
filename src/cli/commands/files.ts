import { statSync } from "node:fs";

import { forEach } from "../api.ts";
import type { Command } from "../command.ts";
import { Complaint, EXIT } from "../complaint.ts";
import { DEFAULT_FOLDER, readFolder, writeInto } from "../folder.ts";
import { diffLines, shownDiff } from "../line-diff.ts";
import type { PromptFile } from "../prompt-file.ts";
import { comparable, fileOf, findRemote, readRemotes, remoteNames } from "../prompts.ts";

const LATEST = "latest";

export const pull: Command = {
  summary: "write prompts into files, one each",
  positionals: ["folder?"],
  values: { label: "which version of each: latest unless said otherwise" },
  async run({ api, args, terminal }) {
    const folder = args.positionals[0] ?? DEFAULT_FOLDER;
    const label = args.value("label") ?? LATEST;
    const known = statSync(folder, { throwIfNoEntry: false }) ? readFolder(folder) : new Map();
    const names = await remoteNames(api, label);
    const remotes = await readRemotes(api, names, { label, terminal });
    const written: string[] = [];
    for (const remote of remotes.values()) {
      const path = (known.get(remote.name) as { path: string } | undefined)?.path;
      if (writeInto(folder, fileOf(remote), path)) written.push(remote.name);
    }
    for (const name of written) terminal.line(`wrote ${name}`);
    terminal.line(`${written.length} of ${remotes.size} prompts changed in ${folder}`);
    terminal.result({ folder, label, prompts: remotes.size, written });
    return EXIT.ok;
  },
};

type Pushed = {
  name: string;
  outcome: "unchanged" | "created" | "would create" | "refused";
  version: number | null;
  /** Why it was refused. */
  why?: string;
};

/** What became of a new version: one that is refused keeps no other from being made. */
async function outcomeOf(
  create: () => Promise<{ version: number }>,
): Promise<Omit<Pushed, "name">> {
  try {
    return { outcome: "created", version: (await create()).version };
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return { outcome: "refused", version: null, why: error.message };
  }
}

export const push: Command = {
  summary:
    "make a new version of every prompt whose file says something else than its latest version",
  positionals: ["folder?"],
  values: {
    label: "label that each new version gets at once",
    message: "commit message of the new versions",
  },
  switches: { "dry-run": "only say what would be done", force: "end splits that stand in the way" },
  async run({ api, args, terminal }) {
    const folder = args.positionals[0] ?? DEFAULT_FOLDER;
    const files = [...readFolder(folder).values()];
    const [label, commitMessage] = [args.value("label"), args.value("message")];
    const query = args.is("force") ? "?force=true" : "";
    const create = async ({ name, type, prompt, config, tags }: PromptFile) => {
      const labels = label === undefined ? [] : [label];
      const body = { name, type, prompt, config, tags, labels, commitMessage };
      return api.json<{ version: number }>("POST", `/api/public/v2/prompts${query}`, body);
    };
    let done = 0;
    const pushed = await forEach(files, async ({ file }): Promise<Pushed> => {
      const { name } = file;
      const remote = await findRemote(api, name, LATEST);
      const same = remote && comparable(file, remote) === comparable(fileOf(remote));
      const made = same || args.is("dry-run") ? undefined : await outcomeOf(() => create(file));
      terminal.progress("pushing prompts", ++done, files.length);
      if (same) return { name, outcome: "unchanged", version: remote.version };
      return { name, ...(made ?? { outcome: "would create", version: null }) };
    });
    for (const { name, outcome, version, why } of pushed) {
      if (outcome === "unchanged") continue;
      const what = version === null ? (why ?? "") : `version ${version}`;
      terminal.line(`${outcome} ${name}${why === undefined ? " " : ": "}${what}`.trimEnd());
    }
    const refused = pushed.filter(({ outcome }) => outcome === "refused").length;
    const same = pushed.filter(({ outcome }) => outcome === "unchanged").length;
    terminal.line(`${pushed.length - same - refused} of ${pushed.length} prompts changed`);
    terminal.result({ prompts: pushed });
    if (refused > 0) throw new Complaint(`${refused} of ${pushed.length} prompts were refused`);
    return EXIT.ok;
  },
};

/** The two folders of prompts that `diff` compares, told as what pushing the files would change. */
export const diffFolder: Command["run"] = async ({ api, args, terminal }) => {
  const folder = args.positionals[0] ?? DEFAULT_FOLDER;
  const label = args.value("label") ?? LATEST;
  const files = readFolder(folder);
  const names = new Set([...files.keys(), ...(await remoteNames(api, label))]);
  const remotes = await readRemotes(api, [...names].sort(), { label, terminal });
  const prompts = [...names].sort().map((name) => {
    const [file, remote] = [files.get(name)?.file, remotes.get(name)];
    const before = remote ? comparable(fileOf(remote)) : "";
    const after = file ? comparable(file, remote) : "";
    if (before === after) return { name, status: "same" as const, diff: [] };
    const status = !file ? ("no file" as const) : remote ? ("changed" as const) : ("new" as const);
    return { name, status, diff: shownDiff(diffLines(before, after)) };
  });
  const different = prompts.filter(({ status }) => status !== "same");
  for (const { name, status, diff } of different) {
    terminal.line(`${name}: ${status}`);
    if (status === "changed") for (const line of diff) terminal.line(`  ${line}`);
  }
  terminal.line(`${different.length} of ${prompts.length} prompts differ`);
  terminal.result({ folder, label, prompts });
  return different.length > 0 && args.is("exit-code") ? EXIT.different : EXIT.ok;
};
