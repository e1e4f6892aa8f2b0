import { describe, expect, it } from "vitest";

import { dashboard } from "./support/screen.ts";

const { screen, api, instance } = dashboard();

/** Looks at several dialogs, each walked through by axe-core, on a busy machine. */
const LOOKING_MS = 180_000;

type Settings = { keys: Record<string, object>; limits: object };
type Source = { id: string; name: string; path: string; secret: string };

const settings = (): Promise<Settings> => api("GET", "/api/public/settings");

describe("keys and sources", () => {
  it("are made and shown once, may what was chosen, and are revoked", async () => {
    const { page, open, settled, expectAccessible } = await screen();
    await open("/keys");
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What for").fill("<b>for Ada</b>");
    for (const scope of ["ingest", "write", "admin", "scores"]) {
      await dialog.getByRole("checkbox", { name: new RegExp(`^${scope}`) }).uncheck();
    }
    await expectAccessible();
    await dialog.getByRole("button", { name: "Create" }).click();
    const secretKey = await dialog.getByLabel("Secret key", { exact: true }).textContent();
    expect(secretKey).toMatch(/^sk-ps-/);
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    const row = page.getByRole("row", { name: /<b>for Ada<\/b>/ });
    await row.getByText("read", { exact: true }).waitFor();

    const authorization = `Bearer ${secretKey ?? ""}`;
    const status = async (): Promise<number> => {
      const headers = { authorization };
      return (await fetch(`${instance().url}/api/public/settings`, { headers })).status;
    };
    expect(await status()).toBe(200);
    await row.getByRole("button", { name: /^More of/ }).click();
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await row.getByText("revoked").waitFor();
    await settled();
    expect(await status()).toBe(401);
  });

  it("of other systems get an address and a secret", async () => {
    const { page, open, expectAccessible } = await screen();
    await open("/keys?view=sources");
    await page.getByRole("button", { name: "New source" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("feedback form");
    await expectAccessible();
    await dialog.getByRole("button", { name: "Create" }).click();
    const address = await dialog.getByLabel("Address to post to", { exact: true }).textContent();
    expect(address).toMatch(/^http:.*\/api\/public\/hooks\//);
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("row", { name: /feedback form/ }).waitFor();
  });
});

describe("the rules of one key", () => {
  it(
    "differ from the project's where it was said, whatever others change meanwhile",
    async () => {
      const key = await api<{ id: string }>("POST", "/api/public/keys", { label: "noisy" });
      const other = await api<{ id: string }>("POST", "/api/public/keys", { label: "other" });
      const { page, open, everyLook } = await screen();
      await open("/keys");
      const row = page.getByRole("row", { name: /noisy/ });
      await row.getByRole("button", { name: "More of noisy" }).click();
      await page.getByRole("menuitem", { name: "Limits and capture" }).click();
      const dialog = page.getByRole("dialog", { name: "Limits and capture of noisy" });
      await dialog.getByLabel("Keep inputs, outputs and metadata").uncheck();
      await dialog.getByRole("combobox", { name: "Ingestion" }).click();
      await page.getByRole("option", { name: "A limit of its own" }).click();
      await dialog.getByLabel("Ingestion: requests a minute").fill("50");
      await dialog.getByRole("combobox", { name: "Reads" }).click();
      await page.getByRole("option", { name: "Without limit", exact: true }).click();
      await everyLook("key-rules");
      // Somebody else gives another key rules meanwhile: both stay.
      await api("PATCH", "/api/public/settings", {
        keys: { ...(await settings()).keys, [other.id]: { readsPerMinute: 7 } },
      });
      await dialog.getByRole("button", { name: "Save" }).click();
      await dialog.waitFor({ state: "detached" });
      expect((await settings()).keys).toMatchObject({
        [key.id]: { capturePayloads: false, ingestPerMinute: 50, readsPerMinute: null },
        [other.id]: { readsPerMinute: 7 },
      });
      await row.getByText("ingestion 50 a minute").waitFor();
      await row.getByText("payloads are dropped").waitFor();

      await row.getByRole("button", { name: "More of noisy" }).click();
      await page.getByRole("menuitem", { name: "Limits and capture" }).click();
      await dialog.getByLabel("Keep inputs, outputs and metadata").check();
      for (const name of ["Ingestion", "Reads"]) {
        await dialog.getByRole("combobox", { name, exact: true }).click();
        await page.getByRole("option", { name: /^As the project/ }).click();
      }
      await dialog.getByRole("button", { name: "Save" }).click();
      await dialog.waitFor({ state: "detached" });
      expect(key.id in (await settings()).keys).toBe(false);
    },
    LOOKING_MS,
  );
});

describe("a source", () => {
  const MAPPING = "{type: 'score', data: {traceId: trace, name: 'stars', value: rating}}";

  it(
    "that maps is tried before it is made, changed, and its secret replaced",
    async () => {
      const { page, open, forgive, everyLook } = await screen();
      await open("/keys?view=sources");
      await page.getByRole("button", { name: "New source" }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name").fill("<b>ratings</b>");
      await dialog.getByRole("combobox", { name: "Kind" }).click();
      await page.getByRole("option", { name: /^Mapped/ }).click();
      await dialog.getByRole("combobox", { name: "Proves itself by" }).click();
      await page.getByRole("option", { name: /Bearer token/ }).click();
      await dialog.getByLabel("Expression").fill("{type: ");
      await dialog.getByRole("button", { name: "Try it" }).click();
      await expect
        .poll(() => dialog.getByLabel("Expression").getAttribute("aria-invalid"))
        .toBe("true");
      forgive(/400/);
      await dialog.getByLabel("Expression").fill(MAPPING);
      await dialog.getByRole("button", { name: "Try it" }).click();
      await dialog.getByText("It makes 1 event; 1 would be taken").waitFor();
      await dialog.getByLabel("Events that it makes", { exact: true }).getByText("stars").waitFor();
      await everyLook("source-new");
      await dialog.getByLabel("A body to try it on").fill('{"trace": "t"}');
      await dialog.getByRole("button", { name: "Try it" }).click();
      await dialog.getByText("It makes 1 event; 0 would be taken").waitFor();
      await dialog.getByRole("button", { name: "Create" }).click();
      const made = page.getByRole("dialog", { name: "The new source" });
      const first = await made.getByLabel("Secret", { exact: true }).textContent();
      const address = await dialog.getByLabel("Address to post to", { exact: true }).textContent();
      await dialog.getByRole("button", { name: "I have kept it" }).click();

      const more = page.getByRole("button", { name: "More of <b>ratings</b>" });
      await more.click();
      await page.getByRole("menuitem", { name: "Change" }).click();
      await dialog.getByLabel("Name").fill("ratings");
      await dialog.getByLabel("Expression").fill(MAPPING.replace("stars", "grade"));
      await everyLook("source-edit");
      await dialog.getByRole("button", { name: "Save" }).click();
      await dialog.waitFor({ state: "detached" });
      const { data } = await api<{ data: { name: string; mapping: string }[] }>(
        "GET",
        "/api/public/sources",
      );
      expect(data.find(({ name }) => name === "ratings")?.mapping).toContain("grade");

      await page.getByRole("button", { name: "More of ratings" }).click();
      await page.getByRole("menuitem", { name: "New secret" }).click();
      await dialog.getByLabel("Hours that the old one still holds").fill("48");
      await everyLook("source-rotate");
      await dialog.getByRole("button", { name: "Make it" }).click();
      const renewed = page.getByRole("dialog", { name: "The new secret of ratings" });
      const second = await renewed.getByLabel("Secret", { exact: true }).textContent();
      await dialog.getByRole("button", { name: "I have kept it" }).click();
      await page.getByText(/an old secret until/).waitFor();
      await everyLook("sources");
      const statusWith = async (secret: string | null): Promise<number> => {
        const answer = await fetch(address ?? "", {
          method: "POST",
          headers: { authorization: `Bearer ${secret ?? ""}` },
          body: JSON.stringify({ trace: "keys-e2e", rating: 4 }),
        });
        return answer.status;
      };
      expect(second).not.toBe(first);
      expect(await statusWith(first)).toBe(200);
      await expect.poll(() => statusWith(second)).toBe(200);
    },
    LOOKING_MS,
  );

  it("has limits of its own, and is deleted when its name is typed", async () => {
    const { id } = await api<Source>("POST", "/api/public/sources", {
      name: "leaving",
      kind: "feedback",
    });
    const { page, open } = await screen();
    await open("/keys?view=sources");
    const more = page.getByRole("button", { name: "More of leaving" });
    const dialog = page.getByRole("dialog");
    await more.click();
    await page.getByRole("menuitem", { name: "Limits and capture" }).click();
    expect(await dialog.getByRole("combobox", { name: "Reads" }).count()).toBe(0);
    await dialog.getByLabel("Keep inputs, outputs and metadata").uncheck();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    expect((await settings()).keys[id]).toEqual({ capturePayloads: false });
    expect(await more.evaluate((one) => one === document.activeElement)).toBe(true);

    await more.click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type leaving to confirm").fill("leaving");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await more.waitFor({ state: "detached" });
  });
});

describe("keys", () => {
  it("can be read by everybody", async () => {
    const { page, open, everyLook } = await screen();
    await open("/keys");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await everyLook("keys");
  });
});
