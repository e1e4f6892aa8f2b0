import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

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
    for (const path of ["/keys", "/audit", "/destinations"]) {
      await open(path);
      await page.getByText("Your key may not do this").waitFor();
      expect(await page.getByRole("button", { name: /^New / }).count(), path).toBe(0);
    }
    await open("/rollouts?start=support-reply");
    await page.getByRole("heading", { name: "Rollouts" }).waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
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

describe.each(["audit", "settings"])("%s", (name) => {
  it("can be read by everybody", async () => {
    const { page, open, everyLook } = await screen();
    await open(`/${name}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await everyLook(name);
  });
});
