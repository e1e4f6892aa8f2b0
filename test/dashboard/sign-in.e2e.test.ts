import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, instance } = dashboard();

describe("signing in", () => {
  it("takes a secret key, shows the project, and ends on sign out", async () => {
    const { page, settled } = await screen({}, null);
    await page.goto("/");
    await page.waitForURL("**/sign-in");
    await page.getByLabel("Secret key").fill(instance().secretKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`**/projects/${instance().projectId}/prompts`);
    await page.getByRole("heading", { name: "Prompts" }).waitFor();
    await page.getByRole("button", { name: "Project demo" }).click();
    await page.getByRole("menuitem", { name: "Sign out of demo" }).click();
    await page.waitForURL("**/sign-in");
    await settled();
    const cookies = await page.context().cookies();
    expect(cookies).toEqual([]);
  });

  it("says why a key is refused", async () => {
    const { page, forgive } = await screen({}, null);
    await page.goto("/sign-in");
    await page.getByLabel("Secret key").fill("sk-ps-nobody-has-this");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("the key is unknown or was revoked").waitFor();
    forgive(/401/);
  });

  it("can be read by everybody", async () => {
    const { page, everyLook } = await screen({}, null);
    await page.goto("/sign-in");
    await page.getByLabel("Secret key").waitFor();
    await everyLook("sign-in");
  });
});
