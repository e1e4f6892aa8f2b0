import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api, instance } = dashboard();

describe("keys and sources", () => {
  it("are made and shown once, may what was chosen, and are revoked", async () => {
    const { page, open, settled, expectAccessible } = await screen();
    await open("/keys");
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What for").fill("<b>for Ada</b>");
    for (const scope of ["ingest", "write", "admin", "scores"]) {
      await dialog.getByRole("checkbox", { name: new RegExp(`^${scope}`) }).uncheck();
    }
    await expectAccessible();
    await dialog.getByRole("button", { name: "Create" }).click();
    const secretKey = await dialog.getByLabel("Secret key", { exact: true }).textContent();
    expect(secretKey).toMatch(/^sk-ps-/);
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    const row = page.getByRole("row", { name: /<b>for Ada<\/b>/ });
    await row.getByText("read", { exact: true }).waitFor();

    const authorization = `Bearer ${secretKey ?? ""}`;
    const status = async (): Promise<number> => {
      const headers = { authorization };
      return (await fetch(`${instance().url}/api/public/settings`, { headers })).status;
    };
    expect(await status()).toBe(200);
    await row.getByRole("button", { name: /^Revoke/ }).click();
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await row.getByText("revoked").waitFor();
    await settled();
    expect(await status()).toBe(401);
  });

  it("of other systems get an address and a secret", async () => {
    const { page, open, expectAccessible } = await screen();
    await open("/keys?view=sources");
    await page.getByRole("button", { name: "New source" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("feedback form");
    await expectAccessible();
    await dialog.getByRole("button", { name: "Create" }).click();
    const address = await dialog.getByLabel("Address to post to", { exact: true }).textContent();
    expect(address).toMatch(/^http:.*\/api\/public\/hooks\//);
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("row", { name: /feedback form/ }).waitFor();
  });
});

describe("the settings", () => {
  it("are changed where they were changed only, and say what is wrong", async () => {
    const { page, open, forgive, settled } = await screen();
    await open("/settings");
    await page.getByLabel("Masks").fill("(");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page
      .getByText(/neither a regular expression/)
      .first()
      .waitFor();
    forgive(/400/);
    await page.getByLabel("Masks").fill("\\d{16}\n$.input..email");
    // Somebody else changes something else meanwhile.
    await api("PATCH", "/api/public/settings", { retentionDays: 21 });
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("The settings are saved.").waitFor();
    await settled();
    expect(await api("GET", "/api/public/settings")).toMatchObject({
      masks: ["\\d{16}", "$.input..email"],
      retentionDays: 21,
    });
    expect(await page.getByLabel("Retention, days").inputValue()).toBe("21");
  });

  it("hold margins, which the next comparison judges by", async () => {
    const { page, open } = await screen();
    await open("/settings");
    await page.getByLabel("Margin of latencyMs", { exact: true }).fill("1.4");
    await page.getByRole("button", { name: "Save margins" }).click();
    await page.getByText("The margins are saved.").waitFor();
    const { data } = await api<{ data: { metric: string; margin: number; setBy: string }[] }>(
      "GET",
      "/api/public/margins",
    );
    expect(data.find(({ metric }) => metric === "latencyMs")).toMatchObject({
      margin: 1.4,
      setBy: "project",
    });
  });

  it("are only looked at by a viewer, who is offered neither keys nor audit", async () => {
    const { secretKey } = await api<{ secretKey: string }>("POST", "/api/public/keys", {
      label: "viewer",
      scopes: ["read"],
    });
    const { page, open } = await screen({}, secretKey);
    await open("/settings");
    await page.getByText("Only keys with the scope admin change settings.").waitFor();
    expect(await page.getByLabel("Retention, days").isDisabled()).toBe(true);
    expect(await page.getByRole("link", { name: "Audit" }).count()).toBe(0);
    expect(await page.getByRole("link", { name: "Keys" }).count()).toBe(0);
  });
});

describe("the audit", () => {
  it("tells who did what, and is narrowed by what was done", async () => {
    await api("PATCH", "/api/public/settings", { timeZone: "Europe/Paris" });
    await api("PATCH", "/api/public/settings", { timeZone: "UTC" });
    const { page, open } = await screen();
    await open("/audit");
    await page.getByRole("cell", { name: "session.start" }).first().waitFor();
    await page.getByRole("combobox", { name: "What was done" }).click();
    await page.getByRole("option", { name: "Settings" }).click();
    await page.waitForURL(/action=settings/);
    await page.getByText("Europe/Paris").first().waitFor();
    expect(await page.getByRole("cell", { name: "session.start" }).count()).toBe(0);
  });
});

describe.each(["keys", "audit", "settings"])("%s", (name) => {
  it("can be read by everybody", async () => {
    const { page, open, everyLook } = await screen();
    await open(`/${name}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await everyLook(name);
  });
});
