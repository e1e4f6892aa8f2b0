#!/usr/bin/env node
// A Node that runs TypeScript takes the source; an older one takes what `npm run build:cli` made of it.
import { existsSync } from "node:fs";

const source = new URL("./main.ts", import.meta.url);
const built = new URL("../../dist/cli/cli/main.js", import.meta.url);
const runsSource = Boolean(process.features.typescript) && existsSync(source);

if (runsSource) await import(source.href);
else if (existsSync(built)) await import(built.href);
else {
  process.stderr.write(
    `Node ${process.version} does not run TypeScript: run \`npm run build:cli\` once\n`,
  );
  process.exitCode = 3;
}
