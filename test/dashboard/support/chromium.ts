import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import chromium, { inflate } from "@sparticuz/chromium";
import { type BrowserServer, chromium as playwright } from "playwright-core";

const ROOT = join(import.meta.dirname, "../../..");
const PACKAGE = join(ROOT, "node_modules/@sparticuz/chromium");

/** The package unpacks to the folder for temporary files, and takes half a file there for a whole one. */
async function unpackInto(folder: string): Promise<void> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    if (tmpdir() !== folder) throw new Error(`${folder} is not taken for temporary files`);
    await chromium.executablePath();
    await inflate(join(PACKAGE, "bin/al2023.tar.br"));
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** Unpacked once a version: 190 MB, some seconds. @returns its folder */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as {
    version: string;
  };
  const folder = join(ROOT, ".build", `chromium-${version}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  await unpackInto(fresh);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    // Another run may have unpacked it meanwhile.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Whether this system has every library that the program is linked with. */
const isLinked = (program: string): boolean => {
  const { status, stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
  return status === 0 && !stdout.includes("not found");
};

/** The system's fonts, and those of the package where it has none. @returns a file for fontconfig */
function fontsOf(folder: string): string {
  const file = join(folder, "fonts.conf");
  const dirs = ["/usr/share/fonts", "/usr/local/share/fonts", join(folder, "fonts")];
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${dirs
      .map((dir) => `<dir>${dir}</dir>`)
      .join("")}<cachedir>${join(folder, "fonts-cache")}</cachedir></fontconfig>`,
  );
  return file;
}

/** A browser that comes from npm alone, and its own libraries and fonts where the system lacks them. */
export async function startBrowser(): Promise<BrowserServer> {
  const folder = await unpacked();
  const executablePath = join(folder, "chromium");
  const libraries = isLinked(executablePath) ? {} : { LD_LIBRARY_PATH: join(folder, "al2023/lib") };
  return playwright.launchServer({
    executablePath,
    // The package's own flags would switch off what is tested here, such as the same-origin rules.
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
    env: { ...process.env, ...libraries, FONTCONFIG_FILE: fontsOf(folder) },
  });
}
