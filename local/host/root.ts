import { delimiter, join } from "node:path";

/** The repository: every path of ours is said from here. */
export const ROOT = join(import.meta.dirname, "../..");

/** wrangler refuses an older Node than the one in node_modules, wherever it was started from. */
export const TOOL_PATH = [join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
