import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

import { Complaint } from "./flags.ts";

/** The repository: every path of ours is said from here. */
export const ROOT = join(import.meta.dirname, "../..");

const SOURCES = ["src", "wrangler.toml", "tsconfig.json", "package-lock.json"];

/** wrangler refuses an older Node than the one in node_modules, wherever it was started from. */
export const TOOL_PATH = [join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(delimiter);

/** Settings under which no tool of ours calls home, asks a question or writes to stdout. */
export const QUIET_ENV = {
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  CI: "1",
};

function filesOf(path: string): string[] {
  const entry = readdirSync(path, { withFileTypes: true, recursive: true });
  return entry.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}

/** What the bundle is made from, as one digest. */
function digestOfSources(): string {
  const hash = createHash("sha256");
  const files = SOURCES.flatMap((name) => {
    const path = join(ROOT, name);
    return name === "src" ? filesOf(path).sort() : [path];
  });
  for (const file of files) hash.update(file).update("\0").update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/**
 * The production bundle, built by `wrangler deploy --dry-run` unless these very sources were built before.
 *
 * @returns the folder with `worker.js` and its source map
 * @throws Complaint with the builder's words when the sources do not build
 */
export function buildBundle(): string {
  const builds = join(ROOT, ".build/start");
  const digest = digestOfSources();
  const folder = join(builds, digest);
  if (existsSync(join(folder, "worker.js"))) return folder;
  const fresh = join(builds, `building-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, "node_modules/.bin/wrangler"),
    ["deploy", "--dry-run", "--env=", "--outdir", fresh],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...QUIET_ENV, PATH: TOOL_PATH } },
  );
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Complaint(`the Worker does not build:\n${stdout}\n${stderr}`);
  }
  for (const old of readdirSync(builds)) {
    if (/^[0-9a-f]{16}$/.test(old)) rmSync(join(builds, old), { recursive: true, force: true });
  }
  try {
    renameSync(fresh, folder);
  } catch (error) {
    // Another start may have built the same sources meanwhile.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(folder, "worker.js"))) throw error;
  }
  return folder;
}
