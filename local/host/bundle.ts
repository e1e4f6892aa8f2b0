import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { digestOf } from "./digest.ts";
import { Complaint } from "./flags.ts";
import { ROOT, TOOL_PATH } from "./root.ts";

const SOURCES = [
  "src",
  "wrangler.toml",
  "tsconfig.json",
  "vite.dashboard.config.ts",
  "package-lock.json",
];

/** Settings under which no tool of ours calls home, asks a question or writes to stdout. */
export const QUIET_ENV = {
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  CI: "1",
};

/**
 * The production bundle, built by `wrangler deploy --dry-run` unless these very sources were built before.
 *
 * @returns the folder with `worker.js`, its source map, and the dashboard's files
 * @throws Complaint with the builder's words when the sources do not build
 */
export function buildBundle(): string {
  const builds = join(ROOT, ".build/start");
  const digest = digestOf(SOURCES, ["src/cli"]);
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
  // wrangler has just had it built; a copy, because the next build of other sources replaces it.
  cpSync(join(ROOT, ".build/dashboard"), join(fresh, "dashboard"), { recursive: true });
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
