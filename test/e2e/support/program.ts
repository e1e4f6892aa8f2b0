import { spawn } from "node:child_process";

import type { Facts } from "./facts.ts";
import type { E2eProject } from "./instance.ts";

const PROGRAM_MS = 90_000;

/**
 * Runs a program in a process of its own, because OpenTelemetry keeps global state.
 *
 * @param settings more environment variables
 * @returns what its last line of output says
 * @throws Error with all of its output when it fails
 */
export function runProgram(
  name: string,
  { url, publicKey, secretKey, abvKey }: E2eProject,
  settings: Record<string, string> = {},
): Promise<Facts> {
  const path = new URL(`../programs/${name}.ts`, import.meta.url).pathname;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--no-warnings", path], {
      env: {
        PATH: process.env["PATH"] ?? "",
        E2E_URL: url,
        E2E_PUBLIC_KEY: publicKey,
        E2E_SECRET_KEY: secretKey,
        E2E_ABV_KEY: abvKey,
        ...settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: PROGRAM_MS,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      const last = stdout.trim().split("\n").at(-1) ?? "";
      if (code === 0 && last.startsWith("{")) resolve(JSON.parse(last) as Facts);
      else reject(new Error(`${name} ended with ${code}\n${stdout}\n${stderr}`));
    });
  });
}
