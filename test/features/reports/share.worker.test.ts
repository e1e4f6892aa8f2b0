import { describe, it } from "vitest";

import type { Report } from "../../../src/features/reports/contract.ts";
import { advance } from "../../../src/features/reports/make/actions.ts";
import { linkTo, openingOf, urlOf } from "../../../src/features/reports/share/actions.ts";
import { insertReport } from "../../../src/features/reports/store.ts";
import { call } from "../../support/call.ts";
import { testEnv } from "../../support/env.ts";
import { freshProject } from "../../support/project.ts";
import { lab } from "./lab.ts";

const NOW = new Date("2026-11-23T08:30:00Z");
const DAY_MS = 86_400_000;

const partsOf = (path: string) => {
  const query = new URL(path, "http://promptside.test").searchParams;
  return { expires: query.get("expires") ?? "", signature: query.get("signature") ?? "" };
};

async function readyReport() {
  // Links end by the clock of the isolate.
  const on = await lab(new Date());
  const scope = on.scopeAt(new Date());
  const days = { firstDay: "2026-11-16", lastDay: "2026-11-17", timeZone: "UTC" };
  const { id } = await insertReport(scope, { ...days, kind: "custom", notify: false });
  await advance(scope, id);
  await advance(scope, id);
  return { ...on, id, page: `/reports/${id}` };
}

describe("a link to a report", () => {
  it("opens for 30 days, and is the same all day", async ({ expect }) => {
    const env = testEnv();
    const link = await linkTo(env, "rep_1", NOW);
    const later = await linkTo(env, "rep_1", new Date("2026-11-23T23:59:59Z"));
    expect(later?.path).toBe(link?.path);
    expect(link?.expiresAt.toISOString()).toBe("2026-12-24T00:00:00.000Z");
    const parts = partsOf(link?.path ?? "");
    const openAt = (days: number) =>
      openingOf(env, "rep_1", parts, new Date(NOW.getTime() + days * DAY_MS));
    expect([await openAt(0), await openAt(30), await openAt(31)]).toEqual([
      "opens",
      "opens",
      "expired",
    ]);
  });

  it("is worth nothing for another report, another end, another secret, or when it is changed", async ({
    expect,
  }) => {
    const env = testEnv();
    const parts = partsOf((await linkTo(env, "rep_1", NOW))?.path ?? "");
    const forged = async (change: Partial<typeof parts>, id = "rep_1", on = env) =>
      openingOf(on, id, { ...parts, ...change }, NOW);
    expect(await forged({}, "rep_2")).toBe("forged");
    expect(await forged({ expires: String(Number(parts.expires) + 1) })).toBe("forged");
    const other = parts.signature.startsWith("A") ? "B" : "A";
    expect(await forged({ signature: `${other}${parts.signature.slice(1)}` })).toBe("forged");
    expect(await forged({ signature: "" })).toBe("forged");
    expect(await forged({ signature: "%%%" })).toBe("forged");
    expect(await forged({}, "rep_1", { ...env, SEALING_KEY: "another" })).toBe("forged");
  });

  it("is not made by a deployment without a secret, nor opened", async ({ expect }) => {
    const env = { ...testEnv(), ADMIN_TOKEN: "" };
    expect(await linkTo(env, "rep_1", NOW)).toBeNull();
    const parts = partsOf((await linkTo(testEnv(), "rep_1", NOW))?.path ?? "");
    expect(await openingOf(env, "rep_1", parts, NOW)).toBe("forged");
  });

  it("says the whole address where the deployment knows its own", ({ expect }) => {
    const env = testEnv();
    expect(urlOf({ ...env, PUBLIC_URL: "https://p.example.com/" }, "/reports/x")).toBe(
      "https://p.example.com/reports/x",
    );
    expect(urlOf(env, "/reports/x")).toBeNull();
  });
});

describe("the page", () => {
  it("opens by the link that the report says, without a key", async ({ expect }) => {
    const { ok, id, page } = await readyReport();
    const { share } = await ok<Report>("GET", `/reports/${id}`);
    const { status, text, headers } = await call("GET", share?.path ?? "");
    expect(status).toBe(200);
    expect(text).toMatch(/^<!doctype html>/);
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    const broken = (share?.path ?? "").replace(/expires=\d/, "expires=9");
    const refused = await call("GET", broken);
    expect(refused.status).toBe(401);
    expect(refused.text).toMatch(/signature is not ours/);
    expect((await call("GET", `${page}?expires=soon&signature=x`)).status).toBe(400);
  });

  it("opens with a key of the project that may read, and with no other", async ({ expect }) => {
    const on = await readyReport();
    const as = (authorization: string | undefined) => call("GET", on.page, { authorization });
    expect((await as(on.basic)).status).toBe(200);
    expect((await as(on.bearer)).status).toBe(200);
    expect((await as(undefined)).status).toBe(401);
    expect((await as(on.publicBearer)).status).toBe(403);
    const stranger = await freshProject();
    expect((await as(stranger.basic)).status).toBe(404);
    const markdown = await call("GET", `${on.page}?format=markdown`, { authorization: on.basic });
    expect(markdown.text).toMatch(/^# Report, 16 to 17 November 2026/);
  });
});
