import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Complaint } from "./complaint.ts";
import {
  EXTENSION,
  pathOf,
  type PromptFile,
  readPromptFile,
  writePromptFile,
} from "./prompt-file.ts";

export const DEFAULT_FOLDER = "prompts";

function pathsIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Complaint(`there is no folder ${folder}`);
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(EXTENSION))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Every prompt file of a folder, by the prompt's name. @throws Complaint for one that cannot be read, or a name twice */
export function readFolder(folder: string): Map<string, { path: string; file: PromptFile }> {
  const files = new Map<string, { path: string; file: PromptFile }>();
  for (const path of pathsIn(folder)) {
    const file = readPromptFile(readFileSync(path, "utf8"), path);
    const other = files.get(file.name);
    if (other) throw new Complaint(`${path} and ${other.path} are both about ${file.name}`);
    files.set(file.name, { path, file });
  }
  return files;
}

/** Writes a prompt where it belongs, or where it already is. @returns whether the file says something new */
export function writeInto(folder: string, file: PromptFile, known?: string): boolean {
  const path = known ?? join(folder, pathOf(file.name));
  const text = writePromptFile(file);
  if (statSync(path, { throwIfNoEntry: false }) && readFileSync(path, "utf8") === text)
    return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return true;
}
