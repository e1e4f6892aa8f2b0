import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api, instance } = dashboard();

/** Looks like markup and is text wherever it is shown. */
const SCRIPT = `<script>globalThis.wasRun = true</script><img src=x onerror="globalThis.wasRun = true">`;

const create = (body: object): Promise<{ version: number }> =>
  api("POST", "/api/public/v2/prompts", body);

describe("the list of prompts", () => {
  it("shows what each prompt did lately, and can be read by everybody", async () => {
    const { page, open, everyLook } = await screen();
    await open("/prompts");
    const row = page.getByRole("row", { name: /support-reply/ });
    await row
      .getByRole("img", { name: /^\d+ generations in 14 days/ })
      .first()
      .waitFor();
    await row.getByText("production v1").waitFor();
    await row.getByText(/^\$0\.\d+$/).waitFor();
    await everyLook("prompts");
  });
});

describe("what is not there", () => {
  it("yet is told how to begin, with this deployment's address", async () => {
    const response = await fetch(`${instance().url}/api/public/projects`, {
      method: "POST",
      headers: { authorization: `Bearer ${instance().adminToken}` },
      body: JSON.stringify({ name: "empty" }),
    });
    const { secretKey } = (await response.json()) as { secretKey: string };
    const { page, open, everyLook } = await screen({}, secretKey);
    await open("/prompts");
    await page.getByRole("heading", { name: "No prompts yet" }).waitFor();
    const snippet = page.getByLabel("Creates a first prompt", { exact: true });
    expect(await snippet.textContent()).toContain(`${instance().url}/api/public/v2/prompts`);
    await everyLook("prompts-empty");
    await open("/prompts?q=nothing-is-called-so");
    await page.getByRole("heading", { name: "No prompt fits" }).waitFor();
  });

  it("because of an error is asked for again on demand", async () => {
    const { page, open, forgive } = await screen();
    const detail = "the registry cannot be reached <b>now</b>";
    const problem = { title: "internal_error", status: 500, detail, requestId: "r-1", issues: [] };
    await page.route("**/api/public/prompts/search*", (route) =>
      route.fulfill({ status: 500, contentType: "application/problem+json", json: problem }),
    );
    await open("/prompts");
    const alert = page.getByRole("alert");
    await alert.getByText(detail).waitFor();
    await alert.getByText("Request r-1").waitFor();
    forgive(/500/);
    await page.unroute("**/api/public/prompts/search*");
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "support-reply" }).first().waitFor();
  });

  it("at an address leads back", async () => {
    const { page, open } = await screen();
    await open("/nothing-of-the-kind");
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await page.getByRole("link", { name: "To the prompts" }).click();
    await page.waitForURL(/\/prompts$/);
  });
});

describe("a prompt", () => {
  it("is written, reviewed, saved, deployed and rolled on, by hand alone", async () => {
    const { page, open, settled, expectAccessible } = await screen();
    await open("/prompts");
    await page.getByRole("link", { name: "New prompt" }).click();
    await page.getByLabel("Name").fill("e2e/greeting");
    await page.getByLabel("Text", { exact: true }).last().fill("Hello {{name}}!");
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByLabel("What changes").fill("first");
    await page.getByRole("button", { name: "Save version" }).click();
    await page.getByRole("heading", { name: "Version 1" }).waitFor();

    await page.getByRole("link", { name: "New version" }).click();
    await page.getByLabel("Text", { exact: true }).last().fill("Hello {{name}, welcome!");
    await page.getByText(/is not closed by/).waitFor();
    await page.getByLabel("Text", { exact: true }).last().fill("Good day, {{name}}!");
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByLabel("Changes", { exact: true }).getByText("Hello").waitFor();
    await expectAccessible();
    await page.getByRole("button", { name: "Save version" }).click();
    await page.getByRole("heading", { name: "Version 2" }).waitFor();

    await page.getByRole("button", { name: "Move a label here" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByTestId("move").textContent()).toBe("production: nowhere → v2");
    await dialog.getByLabel("Reason").fill("the second is kinder");
    await expectAccessible();
    await dialog.getByRole("button", { name: "Move production" }).click();
    await page.getByText("the second is kinder").waitFor();
    await settled();
    const states = await api("GET", "/api/public/prompts/e2e%2Fgreeting/labels/production");
    expect(states).toMatchObject({ version: 2 });
  });

  it("is not deployed over a move that was not seen", async () => {
    await create({ name: "e2e-conflict", prompt: "one", labels: ["production"] });
    await create({ name: "e2e-conflict", prompt: "two" });
    await create({ name: "e2e-conflict", prompt: "three" });
    const { page, open, forgive } = await screen();
    await open("/prompts/e2e-conflict?version=2");
    await page.getByRole("button", { name: "Move a label here" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByTestId("move").textContent()).toBe("production: v1 → v2");
    await api("PUT", "/api/public/prompts/e2e-conflict/labels/production", { version: 3 });
    await dialog.getByRole("button", { name: "Move production" }).click();
    await dialog.getByText("Somebody was quicker").waitFor();
    await dialog.getByText("production: v3 → v2").waitFor();
    forgive(/409/);
    await dialog.getByRole("button", { name: "Move production" }).click();
    await dialog.waitFor({ state: "detached" });
  });

  it("shows how a label is split, and ends the split only when told to", async () => {
    await create({ name: "e2e-split", prompt: "one", labels: ["production"] });
    await create({ name: "e2e-split", prompt: "two" });
    await create({ name: "e2e-split", prompt: "three" });
    await api("PUT", "/api/public/prompts/e2e-split/labels/production/split", {
      arms: [
        { version: 1, weight: 9_000 },
        { version: 2, weight: 1_000 },
      ],
    });
    const { page, open, forgive } = await screen();
    await open("/prompts/e2e-split?version=3");
    await page.getByText("Split: v1 90 %, v2 10 %").waitFor();
    await page.getByRole("button", { name: "Move a label here" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The split that runs on production ends.").waitFor();
    await dialog.getByRole("button", { name: "Move production" }).click();
    await dialog.getByText("This was not done").waitFor();
    forgive(/409/);
    await dialog.getByLabel("End the split of production").check();
    await dialog.getByRole("button", { name: "Move production" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("production: v1 → v3").waitFor();
    expect(await page.getByText(/^Split:/).count()).toBe(0);
  });

  it("shows text that looks like markup as text", async () => {
    const name = "e2e/markup";
    await create({
      name,
      type: "chat",
      prompt: [
        { role: SCRIPT, content: `${SCRIPT} {{${SCRIPT}}}` },
        { type: "placeholder", name: `messages ${SCRIPT}` },
      ],
      config: { [SCRIPT]: SCRIPT },
      tags: [SCRIPT],
      commitMessage: SCRIPT,
      labels: ["production"],
    });
    const { page, open } = await screen();
    for (const path of [
      `/prompts/${encodeURIComponent(name)}`,
      `/prompts?q=${encodeURIComponent("wasRun")}`,
      `/prompts?folder=e2e`,
      `/edit?name=${encodeURIComponent(name)}`,
    ]) {
      await open(path);
      const seen = page.getByText("globalThis.wasRun").or(page.locator("textarea")).first();
      await seen.waitFor();
      expect(await page.evaluate(() => "wasRun" in globalThis), path).toBe(false);
    }
  });

  it("offers a viewer nothing that changes it", async () => {
    const made = await api<{ secretKey: string }>("POST", "/api/public/keys", { scopes: ["read"] });
    await create({ name: "e2e-viewed", prompt: "only look", labels: ["production"] });
    const { page, open, expectAccessible } = await screen({}, made.secretKey);
    await open("/prompts/e2e-viewed");
    await page.getByText("only look").waitFor();
    expect(await page.getByRole("link", { name: "New version" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Move a label here" }).count()).toBe(0);
    await open("/edit?name=e2e-viewed");
    await page.getByText("Your key may not do this").waitFor();
    await expectAccessible();
  });

  it("can be read by everybody, and so can its editor", async () => {
    await create({
      name: "e2e-look",
      type: "chat",
      prompt: [
        { role: "system", content: "You answer questions of {{company}}'s customers, briefly." },
        { type: "placeholder", name: "history" },
        { role: "user", content: "{{question}}" },
      ],
      config: { model: "gpt-4o-mini", temperature: 0.2 },
      tags: ["support"],
      commitMessage: "asks for short answers",
      labels: ["production"],
    });
    const { page, open, everyLook } = await screen();
    await open("/prompts/e2e-look");
    await page.getByRole("heading", { name: "Use it" }).waitFor();
    await everyLook("prompt");
    await open("/edit?name=e2e-look");
    await page.getByRole("button", { name: "Review changes" }).waitFor();
    await everyLook("editor");
    await page.getByLabel("Text of message 1").fill("You answer {{company}}'s customers.");
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByLabel("Changes", { exact: true }).waitFor();
    await everyLook("review");
  });
});

describe("the keyboard", () => {
  it("finds a prompt by Ctrl-K, shows help by ?, and goes by g", async () => {
    await create({ name: "e2e-findable", prompt: "needle in the text", labels: ["production"] });
    const { page, open, settled, expectAccessible } = await screen();
    await open("/prompts");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("needle in");
    await page.getByRole("dialog").getByText("needle in the text").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/prompts/e2e-findable*");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await settled();
    await page.keyboard.press("Shift+?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await expectAccessible();
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.waitForURL(/\/prompts(\?|$)/);
  });
});
