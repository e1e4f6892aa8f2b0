/** `npm run test:python`: pytest with the real Python SDKs, in a virtual environment of its own. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Complaint, runMain } from "./host/flags.ts";
import { ROOT } from "./host/root.ts";

const REQUIREMENTS = join(ROOT, "test/python/requirements.txt");
const VENV = join(ROOT, ".venv");
const PYTHON = join(VENV, "bin/python");
/** Says for which requirements the environment was made; written last. */
const STAMP = join(VENV, "requirements.sha256");
/** Where a JUnit report goes, if anybody wants one. */
const REPORT = process.env["PROMPTSIDE_JUNIT"];

function run(command: string, args: string[], quiet: boolean): { status: number; said: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: quiet ? "pipe" : "inherit",
    env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1" },
  });
  const said = [stdout, stderr, error?.message].filter(Boolean).join("\n");
  return { status: status ?? 1, said };
}

/** The last lines hold what went wrong; pip's progress above them does not. */
const lastLines = (text: string): string => text.trim().split("\n").slice(-8).join("\n");

function makeEnvironment(): void {
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  rmSync(VENV, { recursive: true, force: true });
  const made = run("python3", ["-m", "venv", VENV], true);
  if (made.status !== 0) {
    throw new Complaint(
      `the Python tests need python3 with venv, and it failed:\n${lastLines(made.said)}`,
    );
  }
  const install = run(PYTHON, ["-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], true);
  if (install.status !== 0) {
    throw new Complaint(
      `the Python tests need the SDKs from PyPI, and pip could not install them:\n${lastLines(install.said)}`,
    );
  }
  writeFileSync(STAMP, wanted);
}

await runMain(async () => {
  makeEnvironment();
  const report = REPORT ? [`--junitxml=${REPORT}`] : [];
  const { status } = run(
    PYTHON,
    ["-m", "pytest", "test/python", ...report, ...process.argv.slice(2)],
    false,
  );
  process.exitCode = status;
});
