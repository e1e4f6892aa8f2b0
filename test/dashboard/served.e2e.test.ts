import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, instance } = dashboard();

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${instance().url}${path}`, { headers, redirect: "manual" });

/** Largest first load, in bytes of gzipped JavaScript. */
const MAX_FIRST_LOAD = 350 * 1024;

describe("the dashboard's files", () => {
  it("run no script but their own, from nowhere else, in no frame", async () => {
    const { headers } = await get("/");
    const policy = headers.get("content-security-policy") ?? "";
    const rules = new Map(policy.split("; ").map((rule) => [rule.split(" ")[0], rule]));
    expect(rules.get("default-src")).toBe("default-src 'none'");
    expect(rules.get("script-src")).toBe("script-src 'self'");
    expect(rules.get("connect-src")).toBe("connect-src 'self'");
    expect(rules.get("frame-ancestors")).toBe("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("are one page at every address of the dashboard, asked for anew each time", async () => {
    for (const path of ["/", "/sign-in", "/projects/prj_x/prompts/a%2Fb?version=3"]) {
      const { status, headers } = await get(path);
      expect(status, path).toBe(200);
      expect(headers.get("content-type"), path).toMatch(/^text\/html/);
      expect(headers.get("cache-control"), path).toBe("no-cache");
    }
    const etag = (await get("/")).headers.get("etag") ?? "";
    expect((await get("/", { "if-none-match": etag })).status).toBe(304);
  });

  it("are kept for good where their name holds their digest, and are never the page when missing", async () => {
    const page = await (await get("/")).text();
    const [script = ""] = /\/assets\/[\w.-]+\.js/.exec(page) ?? [];
    expect((await get(script)).headers.get("cache-control")).toContain("immutable");
    const missing = await get("/assets/index-00000000.js");
    expect(missing.status).toBe(404);
    expect(missing.headers.get("cache-control")).toBe("no-store");
    expect(await missing.text()).not.toContain("<html");
  });

  it("are found where the SDKs' links to traces lead", async () => {
    const { status, headers } = await get("/project/prj_x/traces/a%2Fb?observation=o");
    expect(status).toBe(302);
    expect(headers.get("location")).toBe("/projects/prj_x/traces/a%2Fb?observation=o");
  });

  it("leave every other address to the API", async () => {
    for (const path of ["/nothing", "/api/public/nothing", "/projectsx", "/sign-in/x"]) {
      const { status, headers } = await get(path);
      expect(status, path).toBe(404);
      expect(headers.get("content-type"), path).toBe("application/problem+json");
    }
  });
});

describe("the first load", () => {
  it("of the prompts is small, and brings no chart, calendar or editor along", async () => {
    const { page, open } = await screen();
    const scripts: { name: string; bytes: number }[] = [];
    const reading: Promise<void>[] = [];
    page.on("response", (response) => {
      const name = new URL(response.url()).pathname;
      if (!name.endsWith(".js")) return;
      const read = async (): Promise<void> => {
        scripts.push({ name, bytes: gzipSync(await response.body()).byteLength });
      };
      reading.push(read());
    });
    await open("/prompts");
    await Promise.all(reading);
    const total = scripts.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(MAX_FIRST_LOAD);
    expect(scripts.map(({ name }) => name).join(" ")).not.toMatch(
      /chart-drawing|dates|source-diff/,
    );
    const bodies = await Promise.all(scripts.map(async ({ name }) => (await get(name)).text()));
    // Words of zod's own messages.
    expect(bodies.filter((body) => body.includes("Unrecognized key")).length).toBe(0);
  });
});
