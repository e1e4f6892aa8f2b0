/** Builds the dashboard into .build/dashboard, unless these very sources are there. wrangler.toml runs it before every bundle. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "vite";

import { digestOf } from "./host/digest.ts";
import { ROOT } from "./host/root.ts";

const FOLDER = join(ROOT, ".build/dashboard");
const MARK = `${FOLDER}.digest`;

// Whoever starts this may be a test; React would then be its development build.
process.env["NODE_ENV"] = "production";

// Contracts and models may be part of it.
const digest = digestOf([
  "src/dashboard",
  "src/features",
  "src/lib",
  "vite.dashboard.config.ts",
  "package-lock.json",
]);

const isThere = (): boolean =>
  existsSync(join(FOLDER, "index.html")) &&
  existsSync(MARK) &&
  readFileSync(MARK, "utf8") === digest;

if (!isThere()) {
  const fresh = `${FOLDER}.${process.pid}`;
  await build({
    configFile: join(ROOT, "vite.dashboard.config.ts"),
    logLevel: "warn",
    build: { outDir: fresh },
  });
  try {
    rmSync(FOLDER, { recursive: true, force: true });
    renameSync(fresh, FOLDER);
    writeFileSync(MARK, digest);
  } catch (error) {
    // Another build of the same sources may have come first.
    rmSync(fresh, { recursive: true, force: true });
    if (!isThere()) throw error;
  }
}
