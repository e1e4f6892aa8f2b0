import { beforeAll, describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

/** Looks at several dialogs, each walked through by axe-core, on a busy machine. */
const LOOKING_MS = 180_000;

type Config = {
  name: string;
  isArchived: boolean;
  minValue: number | null;
  maxValue: number | null;
  categories: object[] | null;
  direction?: string;
  badCategories?: string[];
};
type Margin = { metric: string; margin: number; setBy: string };
type Price = { model: string; validFrom: string; usdPerMillion: Record<string, number> };

const configOf = async (name: string): Promise<Config | undefined> => {
  const { data } = await api<{ data: Config[] }>("GET", "/api/public/score-configs?limit=100");
  return data.find((one) => one.name === name);
};

const marginsOf = async (path: string): Promise<Margin[]> =>
  (await api<{ data: Margin[] }>("GET", path)).data;

const priceOf = async (model: string): Promise<Price | undefined> => {
  const { data } = await api<{ data: Price[] }>("GET", "/api/public/prices");
  return data.find((one) => one.model === model);
};

describe("score configs", () => {
  it(
    "are made with a range and a direction, say what is wrong, change and are archived",
    async () => {
      const { page, open, forgive, everyLook } = await screen();
      await open("/settings?view=scores");
      await page.getByRole("button", { name: "New score config" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name").fill("stars <b>");
      await dialog.getByLabel("Lowest").fill("5");
      await dialog.getByLabel("Highest").fill("1");
      await dialog.getByRole("combobox", { name: "Better is" }).click();
      await page.getByRole("option", { name: "Higher" }).click();
      await dialog.getByRole("button", { name: "Create" }).click();
      await dialog.getByText("must be greater than minValue, which is 5").waitFor();
      forgive(/400/);
      await everyLook("score-config-refused");
      await dialog.getByLabel("Lowest").fill("1");
      await dialog.getByLabel("Highest").fill("5");
      await dialog.getByRole("button", { name: "Create" }).click();
      const row = page.getByRole("row", { name: /stars <b>/ });
      await row.getByText("1 to 5").waitFor();
      await row.getByText("higher is better").waitFor();
      expect(await configOf("stars <b>")).toMatchObject({
        minValue: 1,
        maxValue: 5,
        direction: "higher",
      });

      await row.getByRole("button", { name: "More of stars <b>" }).click();
      await page.getByRole("menuitem", { name: "Change" }).click();
      await dialog.getByLabel("Highest").fill("");
      await dialog.getByRole("combobox", { name: "Better is" }).click();
      await page.getByRole("option", { name: "Not said" }).click();
      await dialog.getByRole("button", { name: "Save" }).click();
      await row.getByText("from 1", { exact: true }).waitFor();
      const changed = await configOf("stars <b>");
      expect(changed).toMatchObject({ minValue: 1, maxValue: null });
      expect(changed?.direction).toBeUndefined();

      await row.getByRole("button", { name: "More of stars <b>" }).click();
      await page.getByRole("menuitem", { name: "Archive" }).click();
      await dialog.getByRole("button", { name: "Archive" }).click();
      await row.getByText("archived").waitFor();
      expect(await configOf("stars <b>")).toMatchObject({ isArchived: true });
      await row.getByRole("button", { name: "More of stars <b>" }).click();
      await page.getByRole("menuitem", { name: "Bring back" }).click();
      await dialog.getByRole("button", { name: "Bring it back" }).click();
      await row.getByText("in use").waitFor();
    },
    LOOKING_MS,
  );

  it(
    "name categories, and which of them are bad",
    async () => {
      const { page, open, forgive, everyLook } = await screen();
      await open("/settings?view=scores");
      await page.getByRole("button", { name: "New score config" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name").fill("e2e tone");
      await dialog.getByRole("combobox", { name: "A score is" }).click();
      await page.getByRole("option", { name: "One of some categories" }).click();
      await dialog.getByLabel("Category 1", { exact: true }).fill("kind");
      await dialog.getByLabel("Category 2", { exact: true }).fill("kind");
      await dialog.getByRole("button", { name: "Create" }).click();
      await dialog.getByText("kind is used twice").waitFor();
      forgive(/400/);
      await dialog.getByLabel("Category 2", { exact: true }).fill("rude");
      await dialog.getByRole("button", { name: "Add a category" }).click();
      await dialog.getByLabel("Category 3", { exact: true }).fill("dull");
      await dialog.getByLabel("Category 2 is bad").check();
      await everyLook("score-config");
      await dialog.getByRole("button", { name: "Create" }).click();
      const row = page.getByRole("row", { name: /e2e tone/ });
      await row.getByText("kind (1), rude (0), dull (2)").waitFor();
      await row.getByText("bad: rude").waitFor();
      expect(await configOf("e2e tone")).toMatchObject({ badCategories: ["rude"] });

      await row.getByRole("button", { name: "More of e2e tone" }).click();
      await page.getByRole("menuitem", { name: "Change" }).click();
      await dialog.getByRole("button", { name: "Remove category 3" }).click();
      await dialog.getByLabel("Category 1 is bad").check();
      await dialog.getByRole("button", { name: "Save" }).click();
      await row.getByText("bad: kind, rude").waitFor();
      await everyLook("score-configs");
    },
    LOOKING_MS,
  );
});

describe("prices", () => {
  it(
    "of one's own are set, changed, used for stored calls, and removed",
    async () => {
      const { page, open, everyLook } = await screen();
      await open("/settings?view=prices");
      await page.getByRole("button", { name: "New price" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Model").fill("e2e-model*");
      await dialog.getByLabel("From the day").fill("2026-01-01");
      await dialog.getByLabel("USD per million of kind 1").fill("1.25");
      await dialog.getByLabel("USD per million of kind 2").fill("10");
      await everyLook("price");
      await dialog.getByRole("button", { name: "Save" }).click();
      const row = page.getByRole("row", { name: /e2e-model/ });
      await row.getByText("input: $1.25").waitFor();
      expect(await priceOf("e2e-model*")).toMatchObject({
        validFrom: "2026-01-01T00:00:00.000Z",
        usdPerMillion: { input: 1.25, output: 10 },
      });

      await row.getByRole("button", { name: "More of e2e-model*" }).click();
      await page.getByRole("menuitem", { name: "Change" }).click();
      await dialog.getByRole("button", { name: "Add a kind" }).click();
      await dialog.getByLabel("Kind 3", { exact: true }).fill("input_cached_tokens");
      await dialog.getByLabel("USD per million of kind 3").fill("0.125");
      await dialog.getByRole("button", { name: "Save" }).click();
      await row.getByText("input_cached_tokens: $0.125").waitFor();
      await everyLook("prices");

      await page.getByRole("button", { name: "Price stored calls anew" }).click();
      await dialog.getByRole("button", { name: "Price them anew" }).click();
      await dialog.waitFor({ state: "detached" });

      await row.getByRole("button", { name: "More of e2e-model*" }).click();
      await page.getByRole("menuitem", { name: "Remove" }).click();
      await dialog.getByRole("button", { name: "Remove" }).click();
      await row.waitFor({ state: "detached" });
      expect(await priceOf("e2e-model*")).toBeUndefined();
    },
    LOOKING_MS,
  );
});

describe("margins", () => {
  const NAME = "settings-margins";
  beforeAll(() => api("POST", "/api/public/v2/prompts", { name: NAME, prompt: "Hi" }));

  it("are the project's, which the next comparison judges by, and name what is wrong", async () => {
    const { page, open, forgive } = await screen();
    await open("/settings?view=margins");
    const latency = page.getByLabel("Margin of latencyMs", { exact: true });
    await latency.fill("0.9");
    await page.getByRole("button", { name: "Save margins" }).click();
    await page.getByText("the margin of latencyMs is a ratio and must be above 1").waitFor();
    forgive(/400/);
    await latency.fill("1.4");
    await page.getByLabel("Score", { exact: true }).fill("e2e-quality");
    await page.getByRole("button", { name: "Add its margin" }).click();
    await page.getByLabel("Margin of score:e2e-quality").fill("0.25");
    await page.getByRole("button", { name: "Save margins" }).click();
    await page.getByText("The margins are saved.").waitFor();
    const margins = await marginsOf("/api/public/margins");
    expect(margins).toContainEqual(
      expect.objectContaining({ metric: "latencyMs", margin: 1.4, setBy: "project" }),
    );
    expect(margins).toContainEqual(
      expect.objectContaining({ metric: "score:e2e-quality", margin: 0.25, setBy: "project" }),
    );
  });

  it("are one prompt's own, by its menu, and the project's again", async () => {
    const path = `/api/public/prompts/${NAME}/margins`;
    const { secretKey } = await api<{ secretKey: string }>("POST", "/api/public/keys", {
      scopes: ["read", "write"],
    });
    const { page, open, settled, everyLook } = await screen({}, secretKey);
    await open(`/prompts/${NAME}`);
    await page.getByRole("button", { name: `More of ${NAME}` }).click();
    await page.getByRole("menuitem", { name: "Margins" }).click();
    await page.getByRole("button", { name: `prompt: ${NAME}; show every prompt` }).waitFor();
    await settled();
    await page.getByLabel("Margin of timeToFirstTokenMs", { exact: true }).fill("1.6");
    await everyLook("margins");
    await page.getByRole("button", { name: "Save margins" }).click();
    await page.getByText("The margins are saved.").waitFor();
    expect((await marginsOf(path)).filter(({ setBy }) => setBy === "prompt")).toMatchObject([
      { metric: "timeToFirstTokenMs", margin: 1.6 },
    ]);
    await page.getByRole("button", { name: "Back to those of the project" }).click();
    await expect
      .poll(async () => (await marginsOf(path)).some(({ setBy }) => setBy === "prompt"))
      .toBe(false);
    // Those of the project are only for admins to change.
    await page.getByRole("button", { name: `prompt: ${NAME}; show every prompt` }).click();
    await settled();
    expect(
      await page.getByLabel("Margin of timeToFirstTokenMs", { exact: true }).isDisabled(),
    ).toBe(true);
  });
});

describe("whoever may only look", () => {
  it("is offered no change of scores, prices and margins", async () => {
    await api("POST", "/api/public/score-configs", { name: "e2e looked at", dataType: "BOOLEAN" });
    const { secretKey } = await api<{ secretKey: string }>("POST", "/api/public/keys", {
      scopes: ["read"],
    });
    const { page, open } = await screen({}, secretKey);
    await open("/settings?view=scores");
    await page.getByText("e2e looked at").waitFor();
    expect(await page.getByRole("button", { name: /New|More of/ }).count()).toBe(0);
    await open("/settings?view=prices");
    expect(await page.getByRole("button", { name: /New|anew/ }).count()).toBe(0);
    await open("/settings?view=margins");
    await page.getByLabel("Margin of latencyMs", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: /Save|Back to/ }).count()).toBe(0);
  });
});
