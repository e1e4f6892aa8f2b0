import { text } from "node:stream/consumers";

import { describe, expect, it } from "vitest";

import type { Metrics } from "../../src/features/rollups/contract.ts";
import type { Timeseries } from "../../src/features/rollups/timeseries/contract.ts";
import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

/** Four looks at a long page, each walked through by axe-core, on a busy machine. */
const LOOKING_MS = 180_000;

const PROMPT = "support-reply";
const METRICS = `/metrics?prompt=${PROMPT}&range=30d`;

describe("the metrics of a prompt", () => {
  it(
    "are a table and six charts that everybody can read",
    async () => {
      const { page, open, everyLook } = await screen();
      await open(METRICS);
      for (const title of [
        "Volume by version",
        "Latency: p50, p95, p99 of v1",
        "Cost per day",
        "Score quality: mean and 95 % interval",
        "Latency: distribution",
        "Adoption after deployments of production",
      ]) {
        const chart = page.getByRole("region", { name: title, exact: true });
        await chart.getByText(/^n = [\d,]+ · .* UTC/).waitFor();
      }
      await page
        .getByText(/production: v1 to v2/)
        .first()
        .waitFor();
      await everyLook("metrics");
    },
    LOOKING_MS,
  );

  it("are sorted and chosen by the address, and each number leads to its generations", async () => {
    const { page, open } = await screen();
    await open(METRICS);
    const { data } = await api<Metrics>("GET", `/api/public/prompts/${PROMPT}/metrics`);
    const slower = data.toSorted((a, b) => (b.latencyMs.p95 ?? 0) - (a.latencyMs.p95 ?? 0));
    const table = page.getByRole("region", { name: "Metrics by version" });
    await table.getByRole("button", { name: "p95" }).click();
    await page.waitForURL(/sort=-latencyMs\.p95/);
    const versions = table.getByRole("rowheader");
    const shown = (await versions.allTextContents()).map((name) => name.match(/^v\d+/)?.[0]);
    expect(shown).toEqual(slower.map(({ version }) => `v${version}`));

    await page.getByRole("button", { name: /^Columns/ }).click();
    await page.getByRole("group", { name: "Use" }).getByLabel("named a label").check();
    await page.waitForURL(/columns=.*countThroughLabel/);
    await page.keyboard.press("Escape");

    const second = table.getByRole("row").filter({ hasText: /^v2/ });
    const failed = data.find(({ version }) => version === 2)?.errors ?? 0;
    await second.getByRole("link", { name: /%/ }).first().click();
    await page.waitForURL(/\/generations\?.*failed=true/);
    const rows = page.getByRole("region", { name: "Generations" }).getByRole("row");
    await expect.poll(() => rows.count()).toBe(failed + 1);
    expect(page.url()).toContain("range=30d");
  });

  it("tell a score's numbers by their source, for whoever chooses that", async () => {
    const { page, open } = await screen();
    await open(METRICS);
    const { data } = await api<Metrics>("GET", `/api/public/prompts/${PROMPT}/metrics`);
    const first = data.find(({ version }) => version === 1);
    const own = first?.scores.find(({ name, source }) => name === "quality" && source !== null);
    const group = `Score quality from ${own?.source}`;
    const table = page.getByRole("region", { name: "Metrics by version" });
    await table.getByRole("columnheader", { name: "Score quality", exact: true }).waitFor();
    expect(await table.getByRole("columnheader", { name: group }).count()).toBe(0);
    await page.getByRole("button", { name: /^Columns/ }).click();
    await page.getByRole("group", { name: group }).getByLabel("values").check();
    await page.waitForURL(/columns=/);
    await page.keyboard.press("Escape");
    await table.getByRole("columnheader", { name: group }).waitFor();
    const line = table.getByRole("row").filter({ hasText: /^v1/ });
    await line.getByText(`n ${own?.n}`, { exact: true }).first().waitFor();
  });

  it("give every chart as a file and as a table, exactly as the API tells it", async () => {
    const { page, open } = await screen();
    await open(METRICS);
    const chart = page.getByRole("region", { name: /^Latency: p50/ });
    await chart.getByRole("button", { name: /^More of Latency/ }).click();
    const waiting = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Download CSV" }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/^latency-p50.*\.csv$/);
    const lines = (await text(await download.createReadStream())).split("\r\n");
    expect(lines[0]).toBe("at,metric,unit,version,type,n,p50,p95,p99");
    const { data } = await api<Timeseries>(
      "GET",
      `/api/public/prompts/${PROMPT}/timeseries?metric=latencyMs&granularity=day&statistic=p50,p95,p99`,
    );
    const points = data.flatMap(({ version, points }) =>
      points.map(({ at, n, p50, p95, p99 }) =>
        [at, "latencyMs", "ms", version, "", n, p50 ?? "", p95 ?? "", p99 ?? ""].join(","),
      ),
    );
    expect(points.filter((line) => !lines.includes(line))).toEqual([]);

    await chart.getByRole("button", { name: /^More of Latency/ }).click();
    await page.getByRole("menuitem", { name: "Show as a table" }).click();
    await page.getByRole("dialog").getByRole("columnheader", { name: "p99" }).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
  });

  it("say exact numbers to whoever walks along a chart by keyboard", async () => {
    const { page, open } = await screen();
    await open(METRICS);
    const chart = page.getByRole("region", { name: "Volume by version" });
    await chart.getByRole("application").focus();
    await page.keyboard.press("ArrowRight");
    await chart.getByText(/UTC$/).last().waitFor();
    await chart
      .getByText(/n = \d+/)
      .last()
      .waitFor();
  });

  it("have a snippet that makes the first generation of a prompt", async () => {
    const name = "metrics-e2e/unused";
    await api("POST", "/api/public/v2/prompts", { name, prompt: "Hi" });
    const { page, open } = await screen();
    await open(`/metrics?prompt=${encodeURIComponent(name)}`);
    await page.getByRole("heading", { name: "No generation names this prompt yet" }).waitFor();
    const snippet = await page.getByLabel("Link a generation to the prompt").first().textContent();
    expect(snippet).toContain(`${new URL(page.url()).origin}/api/public/ingestion`);
    expect(snippet).toContain(name);
  });

  it("say what went wrong and try again", async () => {
    const { page, open, settled, forgive } = await screen();
    await page.route(/\/timeseries\?/, (route) =>
      route.fulfill({ status: 500, json: { detail: "Something went wrong on our side." } }),
    );
    await open(METRICS);
    const chart = page.getByRole("region", { name: "Volume by version" });
    await chart.getByRole("alert").getByText("Something went wrong on our side.").waitFor();
    await page.unroute(/\/timeseries\?/);
    await chart.getByRole("button", { name: "Try again" }).click();
    await chart.getByText(/^n = /).first().waitFor();
    await settled();
    forgive(/500/);
  });
});
