import { beforeAll, describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

const NAME = "dashboard/rolled-out";

beforeAll(async () => {
  for (const prompt of ["first", "second"]) {
    await api("POST", "/api/public/v2/prompts", {
      name: NAME,
      type: "text",
      prompt,
      ...(prompt === "first" ? { labels: ["production"] } : {}),
    });
  }
});

describe("rollouts", () => {
  it("are planned, forecast, started, paused, resumed and aborted", async () => {
    const { page, open, settled, expectAccessible, forgive } = await screen();
    await open(`/rollouts?start=${encodeURIComponent(NAME)}`);
    const dialog = page.getByRole("dialog", { name: "Start a rollout" });
    await dialog.getByText("Now v1: the control").waitFor();

    // Without a candidate the API says what is missing, beside the field.
    await dialog.getByRole("button", { name: "Forecast" }).click();
    await dialog.getByText(/must be the number of a version/).waitFor();
    forgive(/400/);

    await dialog.getByRole("combobox", { name: "Candidate" }).click();
    await page.getByRole("option", { name: "v2" }).click();
    await dialog.getByRole("button", { name: "Forecast" }).click();
    await dialog.getByText("Control is v1.").waitFor();
    await expectAccessible();
    await dialog.getByRole("button", { name: "Start it" }).click();

    await page.waitForURL(/\/rollouts\/[^/?]+/);
    await page.getByRole("heading", { name: "production: v1 → v2" }).waitFor();
    await settled();
    await page.getByRole("list", { name: "Stages" }).getByText("5 %", { exact: true }).waitFor();
    await expectAccessible();

    for (const [verb, state] of [
      ["Pause", "paused"],
      ["Resume", "warming"],
      ["Abort", "aborted"],
    ] as const) {
      await page.getByRole("button", { name: verb, exact: true }).first().click();
      const asking = page.getByRole("dialog");
      await asking.getByLabel("Reason").fill(`<b>${verb}</b> from the screen`);
      await asking.getByRole("button", { name: verb, exact: true }).click();
      await asking.waitFor({ state: "detached" });
      await page.getByText(state, { exact: true }).first().waitFor();
    }
    // Reasons are text, whatever they look like.
    await expect
      .poll(() => page.getByRole("region", { name: "Decisions" }).textContent())
      .toContain("<b>Abort</b> from the screen");
    await expect.poll(() => page.getByRole("button", { name: "Abort" }).count()).toBe(0);
  });

  it("look well", async () => {
    const { data } = await api<{ data: { id: string }[] }>("GET", "/api/public/rollouts");
    const { open, everyLook } = await screen();
    await open("/rollouts?show=all");
    await everyLook("rollouts");
    await open(`/rollouts/${data[0]?.id ?? ""}`);
    await everyLook("rollout");
  });
});
