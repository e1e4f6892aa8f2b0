import { describe, expect, it } from "vitest";

import type { Dashboard } from "../../src/features/dashboards/contract.ts";
import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

/** Four looks at a long page, each walked through by axe-core, on a busy machine. */
const LOOKING_MS = 180_000;

const PROMPT = "support-reply";
const create = (body: object): Promise<Dashboard> => api("POST", "/api/public/dashboards", body);
const read = (id: string): Promise<Dashboard> => api("GET", `/api/public/dashboards/${id}`);

describe("dashboards", () => {
  it("are made, filled, arranged and shared by hand alone", async () => {
    const { page, open, settled, expectAccessible } = await screen();
    await open("/dashboards");
    await page.getByRole("button", { name: "New dashboard" }).click();
    await page.getByLabel("Name").fill("Ours");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "This dashboard is empty" }).waitFor();
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";

    await page.getByRole("button", { name: "Add a chart" }).click();
    const form = page.getByRole("dialog", { name: "New chart" });
    await form.getByRole("combobox", { name: "Prompt" }).fill(PROMPT);
    await page.getByRole("option", { name: PROMPT }).click();
    await form.getByRole("combobox", { name: "Chart" }).click();
    await page.getByRole("option", { name: "One number over time" }).click();
    await form.getByRole("combobox", { name: "Metric" }).click();
    await page.getByRole("option", { name: "Latency", exact: true }).click();
    await form.getByRole("combobox", { name: "Number" }).click();
    await page.getByRole("option", { name: "p95" }).click();
    await expectAccessible();
    await form.getByRole("button", { name: "Save the chart" }).click();
    await page.getByRole("region", { name: `${PROMPT}: Latency, p95` }).waitFor();

    await page.getByRole("button", { name: "Add a chart" }).click();
    await form.getByRole("button", { name: "Save the chart" }).click();
    const volume = `${PROMPT}: Volume by version`;
    await page.getByRole("region", { name: volume }).waitFor();
    await settled();
    expect((await read(id)).panels.map(({ chart }) => chart)).toEqual(["line", "volume"]);

    await page.getByRole("button", { name: `More of ${volume}` }).click();
    await page.getByRole("menuitem", { name: "Move earlier" }).click();
    await expect
      .poll(async () => (await read(id)).panels.map(({ chart }) => chart))
      .toEqual(["volume", "line"]);
    await page.getByRole("combobox", { name: "Time" }).click();
    await page.getByRole("option", { name: "Last 14 days" }).click();
    await expect.poll(async () => (await read(id)).window.days).toBe(14);
    await settled();

    // Its address is the link: another person sees the same, and may only look.
    const { secretKey } = await api<{ secretKey: string }>("POST", "/api/public/keys", {
      scopes: ["read"],
    });
    const other = await screen({}, secretKey);
    await other.page.goto(page.url());
    await other.page.getByRole("region", { name: volume }).waitFor();
    await other.settled();
    expect(await other.page.getByRole("button", { name: "Add a chart" }).count()).toBe(0);
    expect(await other.page.getByRole("button", { name: "Delete" }).count()).toBe(0);

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(/\/dashboards$/);
    await page.getByRole("heading", { name: "Dashboards" }).waitFor();
    expect(await page.getByRole("link", { name: "Ours" }).count()).toBe(0);
  });

  it(
    "show every kind of chart, and can be read by everybody",
    async () => {
      const { id } = await create({
        name: "Everything",
        window: { days: 30 },
        panels: [
          { chart: "volume", prompt: PROMPT },
          { chart: "percentiles", prompt: PROMPT, metric: "latencyMs" },
          { chart: "cost", prompt: PROMPT, width: "third" },
          { chart: "score", prompt: PROMPT, metric: "score:quality", width: "third" },
          { chart: "distribution", prompt: PROMPT, metric: "score:tone", width: "third" },
          { chart: "line", prompt: "summarise-ticket", metric: "errors", statistic: "rate" },
          { chart: "adoption", prompt: PROMPT, width: "full" },
        ],
      });
      const { page, open, everyLook } = await screen();
      await open(`/dashboards/${id}`);
      await expect.poll(() => page.getByText(/^n = [\d,]+ · /).count()).toBe(7);
      await everyLook("dashboard");
      await open("/dashboards");
      await page.getByRole("link", { name: "Everything" }).waitFor();
      await everyLook("dashboards");
    },
    LOOKING_MS,
  );

  it("are not written over what somebody else did meanwhile", async () => {
    const { id } = await create({ name: "Both", panels: [{ chart: "cost", prompt: PROMPT }] });
    const { page, open, settled, forgive } = await screen();
    await open(`/dashboards/${id}`);
    await api("PATCH", `/api/public/dashboards/${id}`, { rev: 1, name: "Theirs" });
    await page.getByRole("combobox", { name: "Time" }).click();
    await page.getByRole("option", { name: "Last 14 days" }).click();
    await page
      .getByRole("alert")
      .getByText(/was changed meanwhile/)
      .waitFor();
    await page.getByRole("heading", { name: "Theirs" }).waitFor();
    await settled();
    expect(await read(id)).toMatchObject({ name: "Theirs", window: { days: 30 }, rev: 2 });
    forgive(/409/);
  });
});
