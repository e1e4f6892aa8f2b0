import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./root.ts";

function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort();
}

/**
 * What something is built from, as one digest.
 *
 * @param sources files and folders of the repository
 * @param without folders below them that do not count
 */
export function digestOf(sources: readonly string[], without: readonly string[] = []): string {
  const hash = createHash("sha256");
  const left = without.map((folder) => join(ROOT, folder, "/"));
  for (const file of sources.flatMap((name) => filesOf(join(ROOT, name)))) {
    if (left.some((folder) => file.startsWith(folder))) continue;
    hash.update(file.slice(ROOT.length)).update("\0").update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}
