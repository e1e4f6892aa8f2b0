import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

/** Somebody who takes what is sent, on this machine. */
const receiver = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200).end("taken"));
});
let address = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterAll(() => {
  receiver.close();
});

describe("destinations", () => {
  it("are made, shown their secret once, tested, and their deliveries opened", async () => {
    const { page, open, settled, expectAccessible } = await screen();
    await open("/destinations");
    await page.getByRole("button", { name: "New destination" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Kind" }).click();
    await page.getByRole("option", { name: "Signed webhook" }).click();
    await dialog.getByLabel("Name").fill('<script>alert("hook")</script>');
    await dialog.getByLabel("Address").fill(address);
    await expectAccessible();
    await dialog.getByRole("button", { name: "Create" }).click();
    await expect
      .poll(() => dialog.getByLabel("Signing secret").first().textContent())
      .toMatch(/^whsec_/);
    await dialog.getByRole("button", { name: "I have kept it" }).click();

    // The name is text, whatever it looks like.
    const row = page.getByRole("row", { name: /alert\("hook"\)/ });
    await row.getByRole("button").click();
    await page.getByRole("menuitem", { name: "Send a test" }).click();
    await page.getByText("the test arrived").waitFor();

    await page.getByRole("tab", { name: "Delivery log" }).click();
    await page.getByRole("link", { name: "destination.test" }).first().click();
    await page.getByText("taken").waitFor();
    await settled();
    expect(page.url()).toContain("delivery=");
    await expectAccessible();
  });

  it("say beside the field what is wrong with it", async () => {
    const { page, open, forgive } = await screen();
    await open("/destinations");
    await page.getByRole("button", { name: "New destination" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("ours");
    await dialog.getByLabel("Address").fill("not an address");
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.getByText("is not a URL").waitFor();
    forgive(/400/);
  });

  it("look well", async () => {
    await api("POST", "/api/public/destinations", {
      kind: "slack",
      name: "Team",
      url: `${address}/slack`,
      filter: { events: ["incident.*"], prompts: ["support/*"], labels: ["production"] },
    });
    const { open, everyLook } = await screen();
    await open("/destinations");
    await everyLook("destinations");
    await open("/destinations?view=log");
    await everyLook("delivery-log");
  });
});
