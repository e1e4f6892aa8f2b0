import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

const DAY_MS = 86_400_000;
const dayBefore = (days: number): string =>
  new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

type Summary = { id: string; state: string };

/** A report of the week before yesterday, ready. */
async function readyReport(): Promise<string> {
  const { id } = await api<Summary>("POST", "/api/public/reports", {
    from: dayBefore(8),
    to: dayBefore(2),
  });
  await expect
    .poll(async () => (await api<Summary>("GET", `/api/public/reports/${id}`)).state, {
      timeout: 30_000,
      interval: 500,
    })
    .toBe("ready");
  return id;
}

describe("reports", () => {
  it("are asked for, made while one looks, and open as a page without a key", async () => {
    const { page, open } = await screen();
    await open("/reports");
    await page.getByRole("button", { name: "New report" }).click();
    await page.getByLabel("First day").fill(dayBefore(6));
    await page.getByLabel("Last day").fill(dayBefore(2));
    await page.getByRole("button", { name: "Make it" }).click();
    const link = page.getByRole("link", { name: "Open as a page" });
    await link.waitFor({ timeout: 30_000 });
    await page.getByRole("region", { name: "Prompts" }).waitFor();

    const path = await link.getAttribute("href");
    const shared = await screen({}, null);
    await shared.page.goto(path ?? "");
    await shared.page.getByRole("heading", { level: 1 }).waitFor();
    await shared.expectAccessible();
  });

  it("say beside the field that a day is not over", async () => {
    const { page, open, forgive } = await screen();
    await open("/reports");
    await page.getByRole("button", { name: "New report" }).click();
    await page.getByLabel("First day").fill(dayBefore(2));
    await page.getByLabel("Last day").fill(dayBefore(4));
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByText("must not be after to").first().waitFor();
    forgive(/400/);
  });

  it("look well", async () => {
    const id = await readyReport();
    const { open, everyLook } = await screen();
    await open("/reports");
    await everyLook("reports");
    await open(`/reports/${id}`);
    await everyLook("report");
  });
});
