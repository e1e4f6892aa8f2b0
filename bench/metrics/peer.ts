import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..", "duckdb");

/** Milliseconds of the peer's query over the raw rows, one per round; undefined where it is not installed. */
export function duckdbMs(rawPath: string, rounds: number): number[] | undefined {
  if (!existsSync(join(FOLDER, "node_modules"))) return undefined;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(FOLDER, "quantiles.js"), rawPath, String(rounds)],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`DuckDB failed:\n${stderr}`);
  return JSON.parse(stdout) as number[];
}
