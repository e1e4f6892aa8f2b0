import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type StartedInstance, startedInstance, stateFolder } from "../support/instance.ts";
import { dashboard } from "./support/screen.ts";

const folder = stateFolder();
let started: StartedInstance;
const { screen, api } = dashboard(() => started.ready);

const NAME = "loop/prompt";
const MINUTE_MS = 60_000;
/** The instance's clock, which only `tick` moves. */
let clockMs = Date.now();

async function tick(): Promise<void> {
  clockMs += MINUTE_MS;
  const { url, adminToken } = started.ready;
  const response = await fetch(`${url}/api/public/admin/tick`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ at: new Date(clockMs).toISOString() }),
  });
  expect(await response.json()).toMatchObject({ failed: [] });
}

/** One call of a model, within the minute that the clock shows. */
const call = (version: number, place: number, isBad: boolean) => {
  const startMs = clockMs - MINUTE_MS + place * 1_000;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const id = `${version}-${startMs}-${place}`;
  return {
    id,
    type: "generation-create",
    timestamp: iso(startMs),
    body: {
      id,
      traceId: `trace-${id}`,
      name: "answer",
      startTime: iso(startMs),
      endTime: iso(startMs + 400 + place),
      promptName: NAME,
      promptVersion: version,
      ...(isBad ? { level: "ERROR", statusMessage: "<i>no answer</i>" } : {}),
    },
  };
};

/** A minute of traffic as a split of 20 % makes it, the candidate failing always; then the clock moves. */
async function badMinute(): Promise<void> {
  const batch = [
    ...Array.from({ length: 24 }, (_, place) => call(1, place, false)),
    ...Array.from({ length: 6 }, (_, place) => call(2, 30 + place, true)),
  ];
  await api("POST", "/api/public/ingestion", { batch });
  await tick();
}

beforeAll(async () => {
  started = await startedInstance(folder.state, ["--test-clock"]);
  for (const prompt of ["Answer {{question}}", "Answer {{question}} at length"]) {
    await api("POST", "/api/public/v2/prompts", {
      name: NAME,
      type: "text",
      prompt,
      ...(prompt.endsWith("}}") ? { labels: ["production"] } : {}),
    });
  }
  await tick();
});

afterAll(async () => {
  await started.end("SIGTERM");
  folder.dispose();
});

/** The list of prompts says what goes on with one; on a phone below its name. */
async function expectNow(what: RegExp, name: string): Promise<void> {
  const { page, open, everyLook } = await screen();
  await open(`/prompts?folder=${NAME.split("/")[0] ?? ""}`);
  const row = page.getByRole("row", { name: /prompt/ });
  await row.getByText(what).filter({ visible: true }).waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await row.getByText(what).filter({ visible: true }).waitFor();
  await everyLook(name);
  await row.getByRole("link", { name: what }).filter({ visible: true }).click();
  await page.waitForURL(/prompt=loop%2Fprompt/);
}

describe("a rollout of a version that fails", () => {
  it("is started on one screen and seen to roll back on another", async () => {
    const { page, open, settled } = await screen();
    await open(`/rollouts?start=${encodeURIComponent(NAME)}`);
    const dialog = page.getByRole("dialog", { name: "Start a rollout" });
    await dialog.getByText("Now v1: the control").waitFor();
    await dialog.getByRole("combobox", { name: "Candidate" }).click();
    await page.getByRole("option", { name: "v2" }).click();
    await dialog.getByLabel("Stages").fill("20, 50");
    await dialog.getByRole("button", { name: "Forecast" }).click();
    await dialog.getByRole("button", { name: "Start it" }).click();
    await page.waitForURL(/\/rollouts\/[^/?]+/);
    await expectNow(/^1 rollout$/, "prompts-rollout");

    const { data } = await api<{ data: { id: string }[] }>("GET", "/api/public/rollouts");
    const path = `/api/public/rollouts/${data[0]?.id ?? ""}`;
    await expect
      .poll(
        async () => {
          await badMinute();
          return (await api<{ state: string }>("GET", path)).state;
        },
        { timeout: 60_000, interval: 100 },
      )
      .toBe("rolled_back");

    await page.reload();
    await settled();
    await page.getByText("rolled back", { exact: true }).first().waitFor();
    const tile = page.getByRole("region", { name: "Errors" });
    await expect.poll(() => tile.textContent()).toMatch(/candidate .*n = \d/);
    const labels = await api<{ version: number }>(
      "GET",
      `/api/public/v2/prompts/${encodeURIComponent(NAME)}?label=production`,
    );
    expect(labels.version).toBe(1);
  });

  it("looks well afterwards", async () => {
    const { data } = await api<{ data: { id: string }[] }>("GET", "/api/public/rollouts");
    const { open, everyLook } = await screen();
    await open(`/rollouts/${data[0]?.id ?? ""}`);
    await everyLook("rolled-back");
  });
});

describe("a monitor", () => {
  it("is made over a preview, fires, and its incident is acknowledged and resolved", async () => {
    const { page, open, settled, everyLook } = await screen();
    await open(`/monitors/new?prompt=${encodeURIComponent(NAME)}`);
    await page.getByLabel("Name").fill("Errors <script>");
    await page.getByLabel("Metric").fill("errors");
    await page.getByRole("combobox", { name: "Statistic" }).click();
    await page.getByRole("option", { name: "rate" }).click();
    await page.getByRole("combobox", { name: "Window in minutes" }).click();
    await page.getByRole("option", { name: "5", exact: true }).click();
    await page.getByLabel("Fires above").fill("0.05");
    await page.getByText(/would (not )?have fired/).waitFor();
    await settled();
    await everyLook("monitor");
    await page.getByRole("button", { name: "Create" }).click();
    await page.waitForURL(/\/monitors\/(?!new)[^/?]+/);

    const active = "/api/public/incidents?state=active";
    const isOpen = async (): Promise<boolean> => {
      await badMinute();
      const { data } = await api<{ data: { monitor: { name: string } }[] }>("GET", active);
      return data.some(({ monitor }) => monitor.name === "Errors <script>");
    };
    await expect.poll(isOpen, { timeout: 90_000, interval: 100 }).toBe(true);

    await expectNow(/^\d+ incidents?$/, "prompts-incident");
    await open("/incidents");
    await page.getByText("Errors <script>").first().waitFor();
    await everyLook("incidents");
    await page
      .getByRole("row", { name: /Errors <script>/ })
      .getByRole("link")
      .first()
      .click();
    await page.getByRole("heading", { name: "Evidence" }).waitFor();
    await settled();
    await everyLook("incident");
    for (const [verb, state] of [
      ["Acknowledge", "acknowledged"],
      ["Resolve", "resolved"],
    ] as const) {
      await page.getByRole("button", { name: verb }).click();
      const asking = page.getByRole("dialog");
      await asking.getByLabel("Comment").fill("seen <b>here</b>");
      await asking.getByRole("button", { name: verb }).click();
      await asking.waitFor({ state: "detached" });
      await page.getByText(state, { exact: true }).first().waitFor();
    }
    await page.getByText("seen <b>here</b>").first().waitFor();
  });
});
