import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

import type { ImportReport } from "../../features/prompts/exchange/contract.ts";
import type { LangfuseReport } from "../../features/prompts/langfuse/contract.ts";
import type { Command, Context } from "../command.ts";
import { Complaint, EXIT } from "../complaint.ts";

/** Bytes of one request of an import; the server takes 4.5 MB. */
const PART_BYTES = 3_000_000;
const STDIO = "-";

const isEnd = (line: string): boolean => {
  try {
    return (JSON.parse(line) as { kind?: unknown }).kind === "end";
  } catch {
    return false;
  }
};

export const exportAll: Command = {
  summary: "everything of the project as NDJSON",
  positionals: ["file?"],
  async run({ api, args, terminal }) {
    const [file = STDIO] = args.positionals;
    const response = await api.send("GET", "/api/public/export");
    if (!response.ok || !response.body) {
      throw new Complaint(`the export was refused: ${(await response.text()).slice(0, 300)}`);
    }
    const out = file === STDIO ? process.stdout.fd : openSync(file, "w");
    const decoder = new TextDecoder();
    let [lines, rest] = [0, ""];
    let last = "";
    for await (const chunk of response.body) {
      writeSync(out, chunk);
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      lines += parts.length;
      last = parts.findLast((line) => line !== "") ?? last;
    }
    if (file !== STDIO) closeSync(out);
    if (!isEnd(rest === "" ? last : rest))
      throw new Complaint("the export broke off before its end");
    // With the export on stdout there is no place for a result.
    if (file !== STDIO) {
      terminal.line(`wrote ${lines} lines to ${file}`);
      terminal.result({ file, lines });
    }
    return EXIT.ok;
  },
};

const nameOf = (line: string): string | undefined => {
  try {
    const { name } = JSON.parse(line) as { name?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
};

/** Lines in parts that a server takes at once; what is about one prompt stays together. `first` is counted from 1. */
export function partsOf(text: string, maxBytes: number): { first: number; text: string }[] {
  const parts: { first: number; text: string }[] = [];
  let part: { first: number; lines: string[]; bytes: number } | undefined;
  let name: string | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const bytes = Buffer.byteLength(line) + 1;
    const about = nameOf(line) ?? name;
    if (part && part.bytes + bytes > maxBytes && about !== name) {
      parts.push({ first: part.first, text: part.lines.join("\n") });
      part = undefined;
    }
    part ??= { first: index + 1, lines: [], bytes: 0 };
    part.lines.push(line);
    part.bytes += bytes;
    name = about;
  }
  if (part) parts.push({ first: part.first, text: part.lines.join("\n") });
  return parts;
}

type Counted = Omit<ImportReport, "complete" | "errors" | "warnings">;

const sumOf = (a: Counted["others"], b: Counted["others"]): Counted["others"] => {
  const kinds = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(kinds.map((kind) => [kind, (a[kind] ?? 0) + (b[kind] ?? 0)]));
};

const added = (a: Counted, b: Counted): Counted => ({
  prompts: a.prompts + b.prompts,
  versions: {
    added: a.versions.added + b.versions.added,
    unchanged: a.versions.unchanged + b.versions.unchanged,
  },
  labels: a.labels + b.labels,
  splits: a.splits + b.splits,
  settings: a.settings || b.settings,
  scoreConfigs: a.scoreConfigs + b.scoreConfigs,
  prices: a.prices + b.prices,
  others: sumOf(a.others, b.others),
});

/** What came, in words. */
function summaryOf(counted: Counted): string[] {
  const { prompts, versions, splits, settings, scoreConfigs, prices } = counted;
  const others = Object.entries(counted.others).map(([kind, n]) => `${kind}: ${n} came or changed`);
  const registry = `${prompts} prompts changed, ${versions.added} versions added, ${versions.unchanged} were here`;
  if (!settings && splits + scoreConfigs + prices === 0) return [registry, ...others];
  const project = `${splits} splits, ${scoreConfigs} score configs and ${prices} prices came`;
  const ofSettings = settings ? "were changed" : "are as they were";
  return [registry, `${project}; settings ${ofSettings}`, ...others];
}

const sendPart = async ({ api }: Context, body: string): Promise<ImportReport> => {
  const init = { body, type: "application/x-ndjson" };
  const response = await api.send("POST", "/api/public/import", init);
  const answer = await response.text();
  if (!response.ok) throw new Complaint(`the import was refused: ${answer.slice(0, 300)}`);
  return JSON.parse(answer) as ImportReport;
};

async function importFile(context: Context): Promise<number> {
  const { args, terminal } = context;
  const [file = STDIO] = args.positionals;
  const parts = partsOf(readFileSync(file === STDIO ? 0 : file, "utf8"), PART_BYTES);
  const reports: ImportReport[] = [];
  const errors: ImportReport["errors"] = [];
  for (const { first, text } of parts) {
    const report = await sendPart(context, text);
    reports.push(report);
    errors.push(...report.errors.map(({ line, message }) => ({ line: line + first - 1, message })));
    terminal.progress("importing", reports.length, parts.length);
  }
  const total = reports.map(({ complete: _c, errors: _e, warnings: _w, ...rest }) => rest);
  const counted = total.reduce(added);
  const complete = reports.some((report) => report.complete);
  const warnings = reports.flatMap((report) => report.warnings);
  for (const { line, message } of errors) terminal.line(`line ${line}: ${message}`);
  for (const warning of warnings) terminal.line(warning);
  if (!complete) terminal.line("the file has no end: the export may have broken off");
  for (const line of summaryOf(counted)) terminal.line(line);
  terminal.result({ ...counted, complete, errors, warnings });
  return errors.length > 0 ? EXIT.failed : EXIT.ok;
}

async function importLangfuse(
  { api, env, terminal }: Context,
  baseUrl: string,
  start: string | undefined,
): Promise<number> {
  const [publicKey, secretKey] = [env["SOURCE_PUBLIC_KEY"], env["SOURCE_SECRET_KEY"]];
  if (!publicKey || !secretKey) {
    const needs =
      "set SOURCE_PUBLIC_KEY and SOURCE_SECRET_KEY, the keys of the Langfuse to read from";
    throw new Complaint(needs, EXIT.usage);
  }
  const total = { versions: { added: 0, unchanged: 0 }, labels: 0 };
  const errors: LangfuseReport["errors"] = [];
  let cursor: string | undefined = start;
  for (let done = false; !done;) {
    const said = { baseUrl, publicKey, secretKey, cursor };
    const step: LangfuseReport = await api
      .json<LangfuseReport>("POST", "/api/public/import/langfuse", said)
      .catch((error: unknown) => {
        if (!(error instanceof Complaint) || cursor === undefined) throw error;
        throw new Complaint(`${error.message}\ngo on with --cursor ${cursor}`);
      });
    total.versions.added += step.versions.added;
    total.versions.unchanged += step.versions.unchanged;
    total.labels += step.labels;
    errors.push(...step.errors);
    terminal.progress("importing prompts", step.progress.prompts, step.progress.of);
    done = step.done;
    cursor = step.cursor ?? undefined;
  }
  for (const { name, version, message } of errors) {
    terminal.line(`${name}${version === null ? "" : ` version ${version}`}: ${message}`);
  }
  const { added, unchanged } = total.versions;
  terminal.line(`${added} versions added, ${unchanged} were here, ${total.labels} labels moved`);
  terminal.result({ ...total, errors });
  return errors.length > 0 ? EXIT.failed : EXIT.ok;
}

export const importAll: Command = {
  summary: "bring in an export, or with --langfuse the prompts of a running Langfuse",
  positionals: ["file?"],
  values: {
    langfuse: "base URL to read from; its keys are in SOURCE_PUBLIC_KEY and SOURCE_SECRET_KEY",
    cursor: "where an import from Langfuse goes on",
  },
  run(context) {
    const source = context.args.value("langfuse");
    return source === undefined
      ? importFile(context)
      : importLangfuse(context, source, context.args.value("cursor"));
  },
};
