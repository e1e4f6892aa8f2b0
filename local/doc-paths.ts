/** Fails when a page of the documentation names a file, a link or an npm script that is not there. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDERS = "src|test|docs|local|bench|examples|migrations|\\.ci";

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

const isThere = (path: string): boolean =>
  path.includes("*") ? globSync(path, { cwd: ROOT }).length > 0 : existsSync(join(ROOT, path));

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);

/** What a page names in vain. Links count from the page, paths in backticks from the root. */
function complaintsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const links = all(text, /\]\(([^)#\s]+)[^)]*\)/g)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => !isThere(join(dirname(page), link)));
  const paths = all(text, new RegExp(`\`((?:${FOLDERS})/[\\w./*@-]+)\``, "g")).filter(
    (path) => !isThere(path),
  );
  const commands = all(text, /npm run ([\w:-]+)/g).filter((name) => !(name in scripts));
  return [
    ...links.map((link) => `${page}: there is no ${link}`),
    ...paths.map((path) => `${page}: there is no ${path}`),
    ...commands.map((name) => `${page}: there is no script ${name}`),
  ];
}

const { stdout } = spawnSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" });
const pages = stdout.split("\n").filter((page) => page !== "" && existsSync(join(ROOT, page)));
const complaints = pages.flatMap(complaintsOf);
for (const complaint of complaints) console.error(complaint);
if (pages.length === 0) console.error("no pages were found; is this a clone?");
process.exitCode = complaints.length > 0 || pages.length === 0 ? 1 : 0;
