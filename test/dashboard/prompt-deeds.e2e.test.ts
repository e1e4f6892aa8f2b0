import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api } = dashboard();

/** Looks at several dialogs, each walked through by axe-core, on a busy machine. */
const LOOKING_MS = 180_000;

const create = (body: object): Promise<{ version: number }> =>
  api("POST", "/api/public/v2/prompts", body);

/** A prompt of three versions; production is on the last. */
async function three(name: string): Promise<void> {
  for (const prompt of ["one", "two", "three"]) {
    await create({ name, prompt, labels: ["production"], tags: ["ours"] });
  }
}

const labels = async (name: string): Promise<Record<string, number>> => {
  const { data } = await api<{ data: { label: string; version: number }[] }>(
    "GET",
    `/api/public/prompts/${encodeURIComponent(name)}/labels`,
  );
  return Object.fromEntries(data.map(({ label, version }) => [label, version]));
};

describe("a label", () => {
  it("is rolled back in one step, unless somebody moved it unseen", async () => {
    const name = "deeds-back";
    await three(name);
    const { page, open, forgive, everyLook } = await screen();
    await open(`/prompts/${name}`);
    const button = page.getByRole("button", { name: "production: back to v2" });
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Roll production back" });
    await dialog.getByText("production: v3 → v2").waitFor();
    await everyLook("prompt-rollback");

    await api("PUT", `/api/public/prompts/${name}/labels/production`, { version: 1 });
    await dialog.getByRole("button", { name: "Roll back to v2" }).click();
    await dialog.getByText("Somebody was quicker").waitFor();
    await dialog.getByText("production: v1 → v3").waitFor();
    forgive(/409/);
    expect(await labels(name)).toMatchObject({ production: 1 });

    await dialog.getByLabel("Reason").fill("three was better");
    await dialog.getByRole("button", { name: "Roll back to v3" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("three was better").waitFor();
    expect(await labels(name)).toMatchObject({ production: 3 });
    // Who works by keyboard goes on where the dialog was opened.
    const back = page.getByRole("button", { name: "production: back to v1" });
    expect(await back.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  it("is split, weighted anew, and whole again", async () => {
    const name = "deeds-split";
    await three(name);
    const { page, open, everyLook } = await screen();
    await open(`/prompts/${name}`);
    const more = page.getByRole("button", { name: "More of production" });
    await more.click();
    await page.getByRole("menuitem", { name: "Split the traffic" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("v3, the control, keeps 90 %").waitFor();
    expect(await dialog.getByRole("button", { name: "Split it" }).isDisabled()).toBe(true);
    await dialog.getByRole("combobox", { name: "Version of arm 1" }).click();
    await page.getByRole("option", { name: "v1" }).click();
    await dialog.getByLabel("Share of arm 1 in per cent").fill("25");
    await dialog.getByText("v3, the control, keeps 75 %").waitFor();
    await everyLook("prompt-split");
    await dialog.getByRole("button", { name: "Split it" }).click();
    await page.getByText("Split: v3 75 %, v1 25 %").waitFor();

    await more.click();
    await page.getByRole("menuitem", { name: "Change the split" }).click();
    await dialog.getByLabel("Share of arm 1 in per cent").fill("125");
    await dialog.getByLabel("Reason").focus();
    await dialog.getByText("v3, the control, keeps 0 %").waitFor();
    await dialog.getByRole("button", { name: "Add a version" }).click();
    await dialog.getByRole("combobox", { name: "Version of arm 2" }).click();
    await page.getByRole("option", { name: "v2" }).click();
    await dialog.getByLabel("Share of arm 2 in per cent").fill("10");
    await dialog.getByText("nothing is left to v3").waitFor();
    expect(await dialog.getByRole("button", { name: "Change the split" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Share of arm 1 in per cent").fill("12.5");
    await dialog.getByRole("button", { name: "Change the split" }).click();
    await page.getByText("Split: v3 77.5 %, v1 12.5 %, v2 10 %").waitFor();

    await more.click();
    await page.getByRole("menuitem", { name: "End the split" }).click();
    await dialog.getByLabel("Reason").fill("seen enough");
    await dialog.getByRole("button", { name: "End the split" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("seen enough").waitFor();
    expect(await page.getByText(/^Split:/).count()).toBe(0);
  });

  it("that a rollout steers is left to it, or taken from it on purpose", async () => {
    const name = "deeds-rollout";
    await three(name);
    await create({ name, prompt: "four" });
    const { id } = await api<{ id: string }>("POST", "/api/public/rollouts", {
      prompt: name,
      label: "production",
      candidate: 4,
    });
    const { page, open, forgive } = await screen();
    await open(`/prompts/${name}`);
    await page.getByRole("link", { name: "by its rollout" }).waitFor();
    await page.getByRole("button", { name: "More of production" }).click();
    await page.getByRole("menuitem", { name: "End the split" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("A rollout steers production").waitFor();
    await dialog.getByRole("button", { name: "End the split" }).click();
    await dialog.getByText(/is steered by rollout/).waitFor();
    forgive(/409/);
    await dialog.getByLabel("Abort the rollout of production").check();
    await dialog.getByRole("button", { name: "End the split" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await api("GET", `/api/public/rollouts/${id}`)).toMatchObject({ isLive: false });
  });

  it("is removed, and set again", async () => {
    const name = "deeds-remove";
    await three(name);
    const { page, open } = await screen();
    await open(`/prompts/${name}`);
    await page.getByRole("button", { name: "More of production" }).click();
    await page.getByRole("menuitem", { name: "Remove the label" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("production: v3 → nowhere").waitFor();
    await dialog.getByRole("button", { name: "Remove production" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await labels(name)).toEqual({ latest: 3 });
    await page.getByRole("button", { name: "Move a label here" }).click();
    await dialog.getByText("production: nowhere → v3").waitFor();
  });

  it("that is protected is moved by admins only", async () => {
    const name = "deeds-protected";
    await three(name);
    await api("PATCH", "/api/public/settings", { protectedLabels: ["guarded"] });
    await api("PUT", `/api/public/prompts/${name}/labels/guarded`, { version: 1 });
    const { secretKey } = await api<{ secretKey: string }>("POST", "/api/public/keys", {
      scopes: ["read", "write"],
    });
    const { page, open } = await screen({}, secretKey);
    await open(`/prompts/${name}?version=1`);
    await page.getByText("protected", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "More of guarded" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "More of production" }).count()).toBe(1);

    await page.getByRole("button", { name: "More of version 1" }).click();
    await page.getByRole("menuitem", { name: "Delete this version" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("guarded: protected in this project").waitFor();
    await dialog.getByLabel("Type v1 to confirm").fill("v1");
    expect(await dialog.getByRole("button", { name: "Delete for good" }).isDisabled()).toBe(true);
    await api("PATCH", "/api/public/settings", { protectedLabels: [] });
  });
});

describe("a version", () => {
  it("is deleted when its number is typed, and not while a prompt inserts it", async () => {
    const name = "deeds-inserted";
    await three(name);
    await create({
      name: "deeds-inserts",
      prompt: `Begin. @@@langfusePrompt:name=${name}|version=1@@@`,
    });
    const { page, open } = await screen();
    const dialog = page.getByRole("dialog");
    const ask = async (version: number): Promise<void> => {
      await open(`/prompts/${name}?version=${version}`);
      await page.getByRole("button", { name: `More of version ${version}` }).click();
      await page.getByRole("menuitem", { name: "Delete this version" }).click();
    };
    await ask(1);
    await dialog.getByRole("link", { name: "deeds-inserts v1" }).waitFor();
    await dialog.getByLabel("Type v1 to confirm").fill("v1");
    expect(await dialog.getByRole("button", { name: "Delete for good" }).isDisabled()).toBe(true);

    await ask(2);
    const confirm = dialog.getByRole("button", { name: "Delete for good" });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel("Type v2 to confirm").fill("v2");
    await confirm.click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Version 3" }).waitFor();
    expect(await page.getByRole("link", { name: /^v2/ }).count()).toBe(0);
  });

  it("with a live split is deleted only when that is ended", async () => {
    const name = "deeds-split-version";
    await three(name);
    await api("PUT", `/api/public/prompts/${name}/labels/production/split`, {
      arms: [
        { version: 3, weight: 9_000 },
        { version: 2, weight: 1_000 },
      ],
    });
    const { page, open, forgive } = await screen();
    await open(`/prompts/${name}?version=2`);
    await page.getByRole("button", { name: "More of version 2" }).click();
    await page.getByRole("menuitem", { name: "Delete this version" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Type v2 to confirm").fill("v2");
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await dialog.getByText("This was not done").waitFor();
    forgive(/409/);
    await dialog.getByLabel("End the split of production").check();
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await labels(name)).toEqual({ latest: 3, production: 3 });
  });
});

describe("a prompt", () => {
  it(
    "gets other tags, a copy, and is deleted when its name is typed",
    async () => {
      const name = "deeds/whole";
      const path = `/prompts/${encodeURIComponent(name)}`;
      await three(name);
      const { page, open, forgive, everyLook } = await screen();
      await open(path);
      const more = page.getByRole("button", { name: `More of ${name}` });
      const dialog = page.getByRole("dialog");
      await more.click();
      await page.getByRole("menuitem", { name: "Edit tags" }).click();
      await dialog.getByLabel("Tags", { exact: true }).fill("<i>new</i>");
      await page.keyboard.press("Enter");
      await everyLook("prompt-tags");
      await dialog.getByRole("button", { name: "Save tags" }).click();
      await dialog.waitFor({ state: "detached" });
      await page.getByText("<i>new</i>", { exact: true }).waitFor();
      await page.getByText("ours", { exact: true }).waitFor();

      await more.click();
      await page.getByRole("menuitem", { name: "Duplicate" }).click();
      await dialog.getByLabel("New name").fill("support-reply");
      await dialog.getByRole("button", { name: "Duplicate" }).click();
      await dialog.getByText(/there is, or was, a prompt/).waitFor();
      forgive(/409/);
      await dialog.getByLabel("New name").fill("deeds/copied");
      await dialog.getByLabel("Every version, with its number").check();
      await everyLook("prompt-duplicate");
      await dialog.getByRole("button", { name: "Duplicate" }).click();
      await page.waitForURL(/deeds%2Fcopied/);
      await page.getByRole("heading", { name: "Version 3" }).waitFor();
      expect(await labels("deeds/copied")).toEqual({ latest: 3 });

      await open(path);
      await more.click();
      await page.getByRole("menuitem", { name: "Delete the prompt" }).click();
      await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
      await everyLook("prompt-delete");
      await dialog.getByRole("button", { name: "Delete for good" }).click();
      await page.waitForURL(/\/prompts$/);
      await page.getByRole("heading", { name: "Prompts" }).waitFor();
      const { data } = await api<{ data: { name: string }[] }>(
        "GET",
        "/api/public/prompts/search?prefix=deeds/",
      );
      expect(data.map((one) => one.name)).toEqual(["deeds/copied"]);
    },
    LOOKING_MS,
  );
});
