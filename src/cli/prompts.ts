import type { z } from "zod";

import type { PromptAnswer, PromptList } from "../features/prompts/contract.ts";
import { type Api, forEach } from "./api.ts";
import { type PromptFile, writePromptFile } from "./prompt-file.ts";
import type { Terminal } from "./terminal.ts";

export type Remote = z.infer<typeof PromptAnswer>;

const pathOf = (name: string, label: string): string =>
  `/api/public/v2/prompts/${encodeURIComponent(name)}?resolve=false&label=${encodeURIComponent(label)}`;

/** A prompt as it was written, at a label; undefined when there is none. */
export const findRemote = (api: Api, name: string, label: string): Promise<Remote | undefined> =>
  api.find<Remote>(pathOf(name, label));

/** The names of every prompt at a label. */
export async function remoteNames(api: Api, label: string): Promise<string[]> {
  const names: string[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const query = `label=${encodeURIComponent(label)}&limit=100&page=${page}`;
    const list = await api.json<PromptList>("GET", `/api/public/v2/prompts?${query}`);
    names.push(...list.data.map(({ name }) => name));
    pages = list.meta.totalPages;
  }
  return names;
}

/** Prompts by name, at a label; those that are gone meanwhile are left out. */
export async function readRemotes(
  api: Api,
  names: readonly string[],
  { label, terminal }: { label: string; terminal: Terminal },
): Promise<Map<string, Remote>> {
  let done = 0;
  const found = await forEach(names, async (name) => {
    const remote = await findRemote(api, name, label);
    terminal.progress("reading prompts", ++done, names.length);
    return remote;
  });
  return new Map(found.flatMap((remote) => (remote ? [[remote.name, remote]] : [])));
}

/** What a file of a prompt would say. */
export const fileOf = ({ name, type, prompt, config, tags }: Remote): PromptFile => ({
  name,
  type,
  prompt,
  config,
  tags,
});

/** A prompt as text to compare: a file that says nothing of tags keeps the server's. */
export const comparable = (file: PromptFile, remote?: Remote): string =>
  writePromptFile({ ...file, tags: [...(file.tags ?? remote?.tags ?? [])].sort() });
